"""The pages in each language: chosen by the browser, loaded alone, and with room enough."""

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.console import LOADED_MS, console_url, failed_recording
from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

NARROW = {"width": 320, "height": 568}
DOOR = {
    "en-GB": ("Your name", "Join"),
    "es-ES": ("Tu nombre", "Entrar"),
    "de-AT": ("Ihr Name", "Teilnehmen"),
    "fr-FR": ("Votre nom", "Participer"),
}
MORE = {"en": "More", "es": "Más", "de": "Mehr", "fr": "Plus"}
LOGIN = {
    "en-GB": "Log in",
    "es-ES": "Iniciar sesión",
    "de-AT": "Anmelden",
    "fr-FR": "Se connecter",
}


def files_of_words(somebody: Visitor) -> list[str]:
    """Return the languages whose files were loaded."""
    names = [each.url.rsplit("/", 1)[-1] for each in somebody.requests if "/assets/" in each.url]
    return sorted({each[:2] for each in names if each[:3] in {"en-", "es-", "de-", "fr-"}})


def has_no_sideways_scroll(somebody: Visitor) -> bool:
    wide = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    return int(somebody.page.evaluate(wide)) == 0


@pytest.mark.parametrize("locale", DOOR)
def test_the_door_is_in_the_browsers_language(api: Client, browser: Browser, locale: str) -> None:
    room = api.create_room()
    name, join = DOOR[locale]
    language = locale[:2]
    with visitor(browser, "Ada", locale=locale, viewport=NARROW) as ada:
        ada.open(room["publisherURL"])
        expect(ada.button(join)).to_be_visible(timeout=JOIN_MS)
        expect(ada.page.get_by_label(name)).to_be_visible()
        assert ada.page.locator("html").get_attribute("lang") == language
        assert files_of_words(ada) == ([] if language == "en" else [language])
        assert has_no_sideways_scroll(ada)
        assert not ada.complaints()


@pytest.mark.parametrize("locale", LOGIN)
def test_the_console_is_in_the_browsers_language(
    api: Client, browser: Browser, locale: str
) -> None:
    language = locale[:2]
    with visitor(browser, "admin", locale=locale, viewport=NARROW) as somebody:
        somebody.open(console_url(api))
        expect(somebody.button(LOGIN[locale])).to_be_visible(timeout=LOADED_MS)
        assert somebody.page.locator("html").get_attribute("lang") == language
        assert files_of_words(somebody) == ([] if language == "en" else [language])
        assert has_no_sideways_scroll(somebody)
        assert not somebody.complaints()


def test_a_language_that_cannot_be_loaded_leaves_the_page_in_english(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Ada", locale="de-DE") as ada:

        def lose(route: Route) -> None:
            route.fulfill(status=404)

        ada.page.route("**/assets/de-*.js", lose)
        ada.open(room["publisherURL"])
        ada.at_the_door()
        assert ada.page.locator("html").get_attribute("lang") == "en"


def test_numbers_and_times_are_written_as_the_region_does(api: Client, browser: Browser) -> None:
    room = api.create_room(maxParticipants=1000)
    times = {"de-DE": "1.000", "fr-FR": "1\u202f000", "en-GB": "1,000"}
    for locale, written in times.items():
        with visitor(browser, "admin", locale=locale) as somebody:
            log_in_wordlessly(somebody, api)
            somebody.page.goto(console_url(api, f"#/rooms/{room['roomName']}"))
            expect(somebody.page.locator("dl")).to_contain_text(written, timeout=LOADED_MS)


CONSOLE_PAGES = (
    "#/rooms",
    "#/rooms/new",
    "#/rooms/{room}",
    "#/recordings",
    "#/events",
    "#/webhooks",
    "#/webhooks/new",
    "#/api",
)


@pytest.mark.parametrize("locale", LOGIN)
def test_every_page_of_the_console_fits_a_phone_in_each_language(
    api: Client, browser: Browser, locale: str
) -> None:
    room = api.create_room(lobby={"enabled": True}, maxParticipants=1000)["roomName"]
    failed_recording(api, room, "The recorder failed.")
    with visitor(browser, "admin", locale=locale, viewport=NARROW) as somebody:
        log_in_wordlessly(somebody, api)
        page = somebody.page
        for path in CONSOLE_PAGES:
            page.goto(console_url(api, path.format(room=room)))
            expect(page.locator("main h1")).to_be_visible(timeout=LOADED_MS)
            expect(page.locator(".late")).to_have_count(0, timeout=LOADED_MS)
            for more in page.locator("summary").all()[:1]:
                more.click()
            assert has_no_sideways_scroll(somebody), path
            assert not somebody.complaints(), path


@pytest.mark.parametrize("locale", DOOR)
def test_a_meeting_fits_a_phone_in_each_language(
    api: Client, browser: Browser, locale: str
) -> None:
    room = api.create_room(lobby={"enabled": True})
    with visitor(browser, "Ada Lovelace", locale=locale, viewport=NARROW) as ada:
        ada.open(room["moderatorURL"])
        name, join = DOOR[locale]
        expect(ada.button(join)).to_be_visible(timeout=JOIN_MS)
        ada.page.get_by_label(name).fill(ada.name)
        ada.button(join).click()
        controls = ada.page.locator(".controls")
        expect(controls).to_be_visible(timeout=JOIN_MS)
        expect(ada.page.locator(".tile").first).to_be_visible(timeout=JOIN_MS)
        assert has_no_sideways_scroll(ada)
        assert not ada.complaints()
        ada.button(MORE[locale[:2]]).click()
        assert has_no_sideways_scroll(ada)
        assert not ada.complaints()


def log_in_wordlessly(somebody: Visitor, api: Client) -> None:
    """Log in by the fields' kinds, whatever their labels are."""
    page = somebody.page
    page.goto(console_url(api))
    name = page.locator("input[autocomplete=username]")
    expect(name).to_be_visible(timeout=LOADED_MS)
    name.fill(api.stack.admin_username)
    page.locator("input[type=password]").fill(api.stack.admin_password)
    page.locator("form button.primary").click()
    expect(page.locator(".shell h1")).to_be_visible(timeout=LOADED_MS)
