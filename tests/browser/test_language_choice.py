"""The language that somebody chooses in a page, whatever their browser asks for."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.console import LOADED_MS, console_url, log_in
from tests.browser.test_languages import files_of_words, has_no_sideways_scroll
from tests.browser.test_returning import NOTHING_IS_KEPT
from tests.browser.visitors import JOIN_MS, visitor
from tests.live import Client
from tools import ROOT

pytestmark = pytest.mark.usefixtures("pages")

BRITISH = {"locale": "en-GB"}
OWN_NAMES = {"de": "Deutsch", "en": "English", "es": "Español", "fr": "Français"}
LABEL = {"de": "Sprache", "en": "Language", "es": "Idioma", "fr": "Langue"}


def chooser(page: Page, language: str = "en") -> Locator:
    """Find the choice, labelled in the language that the page has now."""
    return page.get_by_role("combobox", name=LABEL[language], exact=True)


def choose(page: Page, language: str, now: str = "en") -> None:
    chooser(page, now).focus()
    chooser(page, now).select_option(label=OWN_NAMES[language])
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(chooser(page, language)).to_have_value(language)


def press(page: Page, name: str, more: str) -> None:
    """Press a control of a meeting in another language, which may be in More."""
    control = page.locator(".controls").get_by_role("button", name=name, exact=True)
    if not control.is_visible():
        page.get_by_role("button", name=more, exact=True).click()
    control.click()


def words_of(page: str) -> list[str]:
    folder: Path = ROOT / "web" / "src" / page / "words"
    return sorted(each.stem for each in folder.glob("*.ts") if each.stem != "index")


@pytest.mark.parametrize("page", ["meeting", "console", "watch"])
def test_each_page_offers_the_languages_that_it_has_words_for(
    api: Client, browser: Browser, page: str
) -> None:
    urls = {
        "meeting": api.create_room()["viewerURL"],
        "console": console_url(api),
        "watch": f"{api.stack.origin}/meet/watch/none#none",
    }
    with visitor(browser, "Ada", **BRITISH, viewport={"width": 320, "height": 568}) as ada:
        ada.open(urls[page])
        expect(chooser(ada.page)).to_be_visible(timeout=JOIN_MS)
        offered = chooser(ada.page).locator("option")
        assert [each.get_attribute("value") for each in offered.all()] == words_of(page)
        assert offered.all_inner_texts() == [OWN_NAMES[each] for each in words_of(page)]
        for now, wanted in (("en", "de"), ("de", "fr"), ("fr", "es"), ("es", "en")):
            choose(ada.page, wanted, now)
            assert has_no_sideways_scroll(ada)
            assert ada.complaints() == []


def test_a_language_chosen_at_the_door_goes_inside_and_is_changed_without_leaving(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Bob", **BRITISH) as bob, visitor(browser, "Ada", **BRITISH) as ada:
        bob.enter(room["publisherURL"])
        page = ada.page
        ada.open(room["publisherURL"])
        ada.at_the_door()
        page.get_by_label("Your name").fill("Ada")
        choose(page, "de")
        expect(chooser(page, "de")).to_be_focused()
        expect(page.get_by_label("Ihr Name")).to_have_value("Ada")
        assert files_of_words(ada) == ["de"]
        ada.button("Teilnehmen").click()
        expect(ada.button("Verlassen")).to_be_visible(timeout=JOIN_MS)
        ada.sees_moving("Bob")

        page.evaluate("window.picture = document.querySelector('.tile[data-name=Bob] video')")
        asked = len(ada.requests)
        press(page, "Einstellungen", "Mehr")
        panel = page.get_by_role("complementary")
        panel.get_by_label("Sprache").focus()
        panel.get_by_label("Sprache").select_option(label="Français")
        expect(ada.button("Quitter")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        expect(panel.get_by_label("Langue")).to_be_focused()
        ada.sees_moving("Bob")
        assert page.evaluate("window.picture.isConnected"), "the page was loaded or drawn anew"
        later = [each.url for each in ada.requests[asked:]]
        assert [url for url in later if "/assets/fr-" in url]
        assert not [url for url in later if "/participants/" in url]
        expect(bob.page.get_by_text("Ada left.")).to_have_count(0)
        assert ada.complaints() == []

        page.reload()
        expect(ada.button("Quitter")).to_be_visible(timeout=JOIN_MS)


def test_the_console_remembers_the_language_and_writes_times_in_it(
    api: Client, browser: Browser
) -> None:
    room = api.create_room(maxParticipants=1000)["roomName"]
    with visitor(browser, "admin", **BRITISH) as somebody:
        page = somebody.page
        somebody.open(console_url(api, f"#/rooms/{room}"))
        expect(chooser(page)).to_be_visible(timeout=LOADED_MS)
        choose(page, "de")
        expect(somebody.button("Anmelden")).to_be_visible()
        expect(page).to_have_title("Anmelden · Meet-Konsole")
        choose(page, "en", "de")
        log_in(somebody, api)
        expect(page.locator("dl")).to_contain_text("1,000", timeout=LOADED_MS)
        choose(page, "es")
        expect(somebody.button("Cerrar sesión")).to_be_visible()
        choose(page, "de", "es")
        expect(page.locator("dl")).to_contain_text("1.000")
        page.reload()
        expect(somebody.button("Abmelden")).to_be_visible(timeout=LOADED_MS)
        somebody.open(api.create_room()["viewerURL"])  # the choice is of all pages
        expect(page.get_by_label("Ihr Name")).to_be_visible(timeout=JOIN_MS)


def test_the_list_of_rooms_fits_a_tablet_in_each_language(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="tablet")["roomName"]
    with visitor(browser, "admin", **BRITISH, viewport={"width": 768, "height": 1024}) as somebody:
        page = somebody.page
        somebody.open(console_url(api, "#/rooms"))
        log_in(somebody, api)
        mine = page.locator("tbody tr", has_text=room)
        expect(mine).to_be_visible(timeout=LOADED_MS)
        for now, wanted in (("en", "de"), ("de", "es"), ("es", "fr")):
            choose(page, wanted, now)
            assert has_no_sideways_scroll(somebody)
            for each in (*mine.get_by_role("button").all(), *page.locator(".bar button").all()):
                expect(each).to_be_in_viewport(ratio=1)
            assert somebody.complaints() == []


def test_without_storage_a_choice_lasts_until_the_page_is_loaded_again(
    api: Client, browser: Browser
) -> None:
    with visitor(browser, "Ada", **BRITISH) as ada:
        ada.page.add_init_script(NOTHING_IS_KEPT)
        ada.open(api.create_room()["viewerURL"])
        ada.at_the_door()
        choose(ada.page, "es")
        ada.page.get_by_label("Tu nombre").fill("Ada")
        ada.button("Entrar").click()
        expect(ada.button("Salir")).to_be_visible(timeout=JOIN_MS)
        ada.button("Salir").click()
        expect(chooser(ada.page, "es")).to_have_value("es")
        ada.page.reload()
        expect(chooser(ada.page)).to_have_value("en", timeout=JOIN_MS)


def test_a_language_that_does_not_come_is_told_and_can_be_chosen_again(
    api: Client, browser: Browser
) -> None:
    with visitor(browser, "Ada", **BRITISH) as ada:
        ada.open(api.create_room()["publisherURL"])
        ada.at_the_door()

        def lose(route: Route) -> None:
            route.fulfill(status=404)

        ada.page.route("**/assets/de-*.js", lose)
        chooser(ada.page).select_option(label="Deutsch")
        told = ada.page.get_by_role("alert").filter(has_text="The language could not be loaded.")
        expect(told).to_be_visible(timeout=JOIN_MS)
        expect(chooser(ada.page)).to_have_value("en")
        assert ada.complaints() == []
        ada.page.unroute("**/assets/de-*.js", lose)
        choose(ada.page, "de")
        expect(told).to_have_count(0)
