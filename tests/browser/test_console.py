"""The console's door and what holds on each of its pages, in a real browser on the real stack."""

from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.console import (
    LOADED_MS,
    admin,
    console_url,
    failed_recording,
    is_clean,
    log_in,
    row,
    sees_the_reference,
    shows,
)
from tests.browser.visitors import visitor
from tests.live import Client, eventually

pytestmark = pytest.mark.usefixtures("pages")

NASTY = "<img src=x onerror=alert(1)><script>alert(2)</script>"
FIRST_LOAD_BYTES = 150 * 1024


@pytest.mark.every_browser
def test_a_wrong_password_is_told_and_the_right_one_opens_the_page_that_was_asked_for(
    api: Client, browser: Browser
) -> None:
    with visitor(browser, "admin") as somebody:
        somebody.open(console_url(api, "#/recordings"))
        log_in(somebody, api, "wrong")
        alert = somebody.page.get_by_role("alert")
        expect(alert).to_have_text("The name or the password is wrong.", timeout=LOADED_MS)
        somebody.button("Show password").click()
        shown = somebody.page.get_by_label("Password", exact=True)
        expect(shown).to_have_attribute("type", "text")
        expect(shown).to_have_value("wrong")
        log_in(somebody, api)
        shows(somebody, "Recordings")
        (cookie,) = [
            each for each in somebody.page.context.cookies() if each["name"] == "OvMeetAccessToken"
        ]
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
        somebody.button("Log out").click()
        expect(somebody.button("Log in")).to_be_visible(timeout=LOADED_MS)
        assert api.stack.admin_password not in str([request.url for request in somebody.requests])
        is_clean(somebody)


def test_however_many_guesses_failed_the_right_password_gets_in(
    api: Client, browser: Browser
) -> None:
    with visitor(browser, "admin") as somebody:
        somebody.open(console_url(api))
        for count in range(1, 10):
            with somebody.page.expect_response("**/login") as answer:
                log_in(somebody, api, f"guess {count}")
            assert answer.value.status == 401
            expect(somebody.button("Log in")).to_be_enabled()
        log_in(somebody, api)
        shows(somebody, "Rooms")


def test_logging_out_ends_the_session_for_a_copied_cookie_too(
    api: Client, browser: Browser
) -> None:
    with admin(browser, api) as somebody, visitor(browser, "thief") as thief:
        cookies: Any = somebody.page.context.cookies()
        thief.page.context.add_cookies(cookies)
        thief.open(console_url(api))
        shows(thief, "Rooms")
        somebody.button("Log out").click()
        expect(somebody.button("Log in")).to_be_visible(timeout=LOADED_MS)
        thief.page.reload()
        expect(thief.button("Log in")).to_be_visible(timeout=LOADED_MS)


def test_a_session_that_ended_asks_for_the_password_and_loses_nothing(
    api: Client, browser: Browser
) -> None:
    with admin(browser, api, "#/rooms/new") as somebody:
        shows(somebody, "New room")
        somebody.page.get_by_label("Name", exact=True).fill("kept")
        somebody.page.context.clear_cookies(name="OvMeetAccessToken")
        somebody.button("Create room").click()
        dialog = somebody.page.get_by_role("dialog", name="Your session has ended")
        expect(dialog).to_be_visible(timeout=LOADED_MS)
        expect(dialog.get_by_label("Password", exact=True)).to_be_focused()
        assert somebody.complaints() == []
        somebody.page.keyboard.type(api.stack.admin_password)
        somebody.page.keyboard.press("Enter")
        shows(somebody, "kept-")
        is_clean(somebody)


def test_a_session_is_renewed_while_somebody_is_active_and_not_for_an_open_page(
    api: Client, browser: Browser
) -> None:
    with visitor(browser, "admin") as somebody:
        renewals: list[str] = []
        somebody.page.on(
            "request",
            lambda request: (
                renewals.append(request.url)
                if request.method == "POST" and request.url.endswith("/session")
                else None
            ),
        )
        somebody.page.clock.install()
        somebody.open(console_url(api))
        log_in(somebody, api)
        shows(somebody, "Rooms").click()
        somebody.page.clock.run_for(5 * 60_000)
        assert not renewals
        somebody.page.clock.run_for(160_000)
        eventually(lambda: somebody.page.title() and len(renewals) == 1, 10, "it is renewed")
        somebody.page.clock.run_for(12 * 60_000)
        assert len(renewals) == 1


ATTEMPTS = """async ([origin, room]) => {
  const send = (path, options) => fetch(origin + path, {credentials: "include", ...options})
    .catch(() => "refused by the browser");
  await send("/meet/console/logout", {method: "POST", mode: "no-cors"});
  await send("/meet/api/v1/rooms", {method: "POST", mode: "no-cors",
    body: JSON.stringify({roomNamePrefix: "forged", expirationDate: Date.now() + 3600000})});
  await send(`/meet/api/v1/rooms/${room}`, {method: "DELETE"});
  const form = document.createElement("form");
  form.method = "POST";
  form.action = origin + "/meet/console/logout";
  document.body.append(form);
  form.submit();
}"""


@pytest.mark.parametrize("other", ["http://localhost:9999", "http://127.0.0.1:9999"])
def test_a_page_of_another_origin_can_do_nothing_with_the_cookie(
    api: Client, browser: Browser, other: str
) -> None:
    room = api.create_room()["roomName"]
    with admin(browser, api) as somebody:
        shows(somebody, "Rooms")
        evil = somebody.page.context.new_page()
        evil.route(
            f"{other}/**", lambda route: route.fulfill(body="<title>evil</title>", status=200)
        )
        evil.goto(f"{other}/")
        answers: list[tuple[str, int]] = []
        evil.on("response", lambda answer: answers.append((answer.url, answer.status)))
        evil.evaluate(ATTEMPTS, [api.stack.origin, room])
        evil.wait_for_url("**/meet/console/logout", timeout=LOADED_MS)
        logouts = [status for url, status in answers if url.endswith("/logout")]
        assert logouts
        assert set(logouts) == {403}
        assert {status for url, status in answers if "/api/v1/" in url} <= {401, 403}
        names = [each["roomName"] for each in api.call("GET", "/rooms").body]
        assert room in names
        assert not [name for name in names if name.startswith("forged")]
        somebody.page.reload()
        shows(somebody, "Rooms")


def test_nothing_that_people_wrote_runs(api: Client, browser: Browser) -> None:
    api.create_room(roomNamePrefix="<img src=x onerror=alert(1)>")
    recording = failed_recording(api, f"markup{NASTY}", f"It broke: {NASTY}")
    with admin(browser, api, "#/recordings") as somebody:
        somebody.page.add_init_script("window.alert = () => { window.hasRun = true; };")
        somebody.page.reload()
        listed = row(somebody, "It broke: ")
        expect(listed).to_contain_text(f"It broke: {NASTY}", timeout=LOADED_MS)
        expect(listed.get_by_role("rowheader")).to_contain_text(NASTY)
        listed.get_by_role("button", name="Delete").click()
        expect(somebody.page.get_by_role("dialog")).to_contain_text(NASTY)
        somebody.button("Cancel").click()
        somebody.open(console_url(api, f"#/recordings/{recording}"))
        expect(somebody.page.get_by_text(f"It broke: {NASTY}")).to_be_visible(timeout=LOADED_MS)
        somebody.open(console_url(api, "#/rooms/new"))
        somebody.page.get_by_label("Name", exact=True).fill(NASTY)
        preview = somebody.page.locator(".preview")
        expect(preview).to_contain_text("img-srcx-onerroralert1scriptalert2script-")
        somebody.open(console_url(api, f"#/rooms/{quote(NASTY, safe='')}"))
        shows(somebody, "This room is over")
        somebody.open(
            console_url(api, f"#/recordings?{urlencode({'room': NASTY, 'status': NASTY})}")
        )
        expect(somebody.page.locator(".chip")).to_contain_text(NASTY)
        assert somebody.page.locator("main img, main script").count() == 0
        assert not somebody.page.evaluate("window.hasRun")
        is_clean(somebody)
    api.call("DELETE", f"/recordings/{recording}")


@pytest.mark.every_browser
def test_axe_finds_nothing_on_any_page(api: Client, browser: Browser) -> None:
    _has_no_complaints(api, browser, "light")


def test_axe_finds_nothing_on_any_page_in_the_dark(api: Client, browser: Browser) -> None:
    _has_no_complaints(api, browser, "dark")


def _has_no_complaints(api: Client, browser: Browser, scheme: str) -> None:
    room = api.create_room(roomNamePrefix="axe", maxParticipants=3)["roomName"]
    recording = failed_recording(api, room, "The recorder failed.")
    with visitor(browser, "admin", color_scheme=scheme) as somebody:
        somebody.open(console_url(api))
        expect(somebody.button("Log in")).to_be_visible(timeout=LOADED_MS)
        somebody.button("Log in").click()
        expect(somebody.page.get_by_role("alert")).to_be_visible()
        assert somebody.complaints() == []
        log_in(somebody, api)
        for page, heading in (
            ("#/rooms", "Rooms"),
            ("#/rooms/new", "New room"),
            (f"#/rooms/{room}", "axe-"),
            ("#/rooms/gone", "This room is over"),
            ("#/recordings", "Recordings"),
            ("#/recordings?status=READY&room=nothing", "Recordings"),
            (f"#/recordings/{recording}", "axe-"),
            ("#/recordings/rec_0", "This recording does not exist"),
            ("#/events", "Events"),
            ("#/webhooks", "Webhooks"),
            ("#/webhooks/new", "New webhook"),
            ("#/webhooks/wh-0", "This webhook does not exist"),
            ("#/api", "API"),
            ("#/nowhere", "This page does not exist"),
        ):
            somebody.open(console_url(api, page))
            shows(somebody, heading)
            expect(somebody.page.locator(".skeleton")).to_have_count(0, timeout=LOADED_MS)
            if page == "#/api":
                sees_the_reference(somebody, api)
            assert somebody.complaints() == [], page
        somebody.open(console_url(api, f"#/rooms/{room}"))
        for opens, closes in (("Show QR code of the Viewer link", "Close"), ("End room", "Cancel")):
            somebody.button(opens).click()
            assert somebody.complaints() == [], opens
            somebody.page.get_by_role("dialog").get_by_role("button", name=closes).click()
            expect(somebody.button(opens)).to_be_focused()
        is_clean(somebody)


@pytest.mark.every_browser
def test_titles_the_focus_and_the_back_button_follow_the_pages(
    api: Client, browser: Browser
) -> None:
    with admin(browser, api) as somebody:
        page = somebody.page
        shows(somebody, "Rooms")
        expect(page).to_have_title("Rooms · Meet console")
        page.get_by_role("link", name="Recordings").focus()
        page.keyboard.press("Enter")
        expect(shows(somebody, "Recordings")).to_be_focused()
        expect(page).to_have_title("Recordings · Meet console")
        page.get_by_role("link", name="Failed").click()
        expect(page.get_by_role("link", name="Failed")).to_have_attribute("aria-current", "true")
        page.go_back()
        expect(page.get_by_role("link", name="All", exact=True)).to_have_attribute(
            "aria-current", "true"
        )
        page.go_back()
        expect(shows(somebody, "Rooms")).to_be_focused()


def test_the_reference_shows_every_operation_of_the_document(api: Client, browser: Browser) -> None:
    document = api.call("GET", "/openapi.json", key=None).body
    operations = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    ]
    with admin(browser, api) as somebody:
        before = len(somebody.requests)
        shows(somebody, "Rooms")
        assert not [each for each in somebody.requests[:before] if "Reference" in each.url]
        somebody.page.get_by_role("link", name="API").click()
        for each in operations:
            expect(somebody.page.locator(f"#{each} .endpoint")).to_be_visible(timeout=LOADED_MS)
        somebody.page.get_by_role("navigation", name="Operations").get_by_role(
            "button", name="getRecordingUrl"
        ).click()
        expect(somebody.page.locator("#getRecordingUrl")).to_be_in_viewport()
        is_clean(somebody)


def test_it_speaks_spanish(api: Client, browser: Browser) -> None:
    with visitor(browser, "admin", locale="es-ES") as somebody:
        somebody.open(console_url(api))
        page = somebody.page
        page.get_by_label("Nombre", exact=True).fill(api.stack.admin_username)
        page.get_by_label("Contraseña", exact=True).fill("wrong")
        somebody.button("Iniciar sesión").click()
        expect(page.get_by_role("alert")).to_have_text(
            "El nombre o la contraseña no son correctos.", timeout=LOADED_MS
        )
        page.get_by_label("Contraseña", exact=True).fill(api.stack.admin_password)
        somebody.button("Iniciar sesión").click()
        shows(somebody, "Salas")
        assert page.locator("html").get_attribute("lang") == "es"
        expect(page).to_have_title("Salas · Consola de Meet")
        assert somebody.complaints() == []


def test_the_first_load_is_small(api: Client, browser: Browser) -> None:
    with visitor(browser, "admin") as somebody:
        sizes: dict[str, int] = {}
        somebody.page.on(
            "response",
            lambda answer: sizes.update(
                {urlsplit(answer.url).path: int(answer.headers.get("content-length", 0))}
            ),
        )
        somebody.open(console_url(api))
        expect(somebody.button("Log in")).to_be_visible(timeout=LOADED_MS)
        scripts = {path: size for path, size in sizes.items() if path.endswith(".js")}
        print(scripts)
        assert scripts
        assert all(scripts.values())
        assert sum(scripts.values()) <= FIRST_LOAD_BYTES
