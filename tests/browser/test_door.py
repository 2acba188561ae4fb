"""Before the meeting: what is wrong, in plain sentences, and how to join all the same."""

import json

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

FAILING = """
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) =>
  wanted[{kind}] ? Promise.reject(new DOMException("told to fail", {name})) : real(wanted);
"""

# Not by a route: Playwright's own close() waits for ever now and then while it handles one.
NO_SOCKETS = """
const Real = WebSocket;
window.WebSocket = function (url, protocols) {
  const socket = new Real(url, protocols);
  socket.close();
  return socket;
};
"""

DEVICES = [
    (
        "video",
        "NotAllowedError",
        "does not let this page use your camera",
        "no deja usar tu cámara",
    ),
    ("audio", "NotAllowedError", "does not let this page use your microphone", "tu micrófono"),
    ("video", "NotFoundError", "No camera was found. You can join without it.", "(cámara)"),
    ("audio", "NotFoundError", "No microphone was found. You can join without it.", "(micrófono)"),
    ("video", "NotReadableError", "Another program is using your camera.", "usando tu cámara"),
    ("audio", "NotReadableError", "Another program is using your microphone.", "usando tu mic"),
    ("video", "UnknownError", "Your camera does not work right now.", "Tu cámara no funciona"),
]


@pytest.mark.parametrize("locale", ["en-GB", "es-ES"])
def test_a_device_that_fails_is_told_and_people_join_without(
    api: Client, browser: Browser, locale: str
) -> None:
    room = api.create_room()
    join = "Join" if locale == "en-GB" else "Entrar"
    for kind, name, *sentences in DEVICES:
        with visitor(browser, "Bob", locale=locale) as bob:
            script = FAILING.replace("{kind}", json.dumps(kind))
            bob.page.add_init_script(script.replace("{name}", json.dumps(name)))
            bob.open(room["publisherURL"])
            expect(bob.button(join)).to_be_visible(timeout=JOIN_MS)
            told = bob.page.get_by_role("alert").get_by_text(sentences[locale == "es-ES"])
            expect(told).to_be_visible()
            assert bob.complaints() == []
    if locale == "en-GB":
        with visitor(browser, "Bob") as bob:
            script = FAILING.replace("{kind}", '"video"').replace("{name}", '"NotAllowedError"')
            bob.page.add_init_script(script)
            bob.enter(room["publisherURL"])
            expect(bob.button("Turn camera on")).to_be_visible()
            expect(bob.button("Mute")).to_be_visible(timeout=JOIN_MS)


@pytest.mark.every_browser
def test_a_bad_link_says_what_is_wrong(api: Client, browser: Browser) -> None:
    room = api.create_room(maxParticipants=1)
    good = room["publisherURL"]
    with visitor(browser, "Bob") as bob:
        for url in (good.partition("?")[0], good + "x"):
            bob.page.context.clear_cookies()
            bob.page.evaluate("() => { try { sessionStorage.clear() } catch {} }")
            bob.open(url)
            bob.ends_with("This link does not work")
            assert bob.complaints() == []
        bob.open(good.replace(room["roomName"], "abcdefghijklmno"))
        bob.ends_with("This meeting is over")
        with visitor(browser, "Ada") as ada:
            ada.enter(room["moderatorURL"])
            bob.open(good)
            bob.ends_with("The room is full")
            assert api.call("DELETE", f"/rooms/{room['roomName']}").status == 204
            ada.ends_with("The meeting is over")


def test_an_expired_room_says_that_it_is_over(api: Client, browser: Browser) -> None:
    room = api.create_room(lifetime=1500)
    with visitor(browser, "Bob") as bob:
        bob.page.wait_for_timeout(1500)
        bob.open(room["publisherURL"])
        bob.ends_with("This meeting is over")
        assert bob.complaints() == []


def test_an_old_browser_is_told(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Bob") as bob:
        bob.page.add_init_script("delete AbortSignal.timeout;")
        bob.open(room["publisherURL"])
        bob.ends_with("Your browser is too old")
        assert bob.complaints() == []


@pytest.mark.every_browser
def test_a_browser_without_webrtc_is_not_called_too_old(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Bob") as bob:
        bob.page.add_init_script("delete window.RTCPeerConnection;")
        bob.open(room["publisherURL"])
        bob.ends_with("WebRTC is switched off in your browser")
        assert bob.complaints() == []


def test_without_a_network_it_says_so_and_tries_again(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Bob") as bob:
        bob.page.route("**/api/v1/**", lambda route: route.abort())
        bob.open(room["publisherURL"])
        bob.ends_with("No connection")
        bob.page.unroute("**/api/v1/**")
        bob.button("Try again").click()
        bob.at_the_door()


def test_a_livekit_that_is_down_is_told_at_once_where_the_room_has_a_limit(
    api: Client, browser: Browser
) -> None:
    room, limited = api.create_room(), api.create_room(maxParticipants=5)
    api.stack.livekit.stop()
    try:
        with visitor(browser, "Bob") as bob, visitor(browser, "Ana", locale="es-ES") as ana:
            bob.open(limited["publisherURL"])
            bob.ends_with("The meeting cannot be reached")
            ana.open(limited["publisherURL"])
            ana.ends_with("No se puede acceder a la reunión")
            bob.open(room["publisherURL"])
            join = bob.at_the_door()
            bob.page.get_by_label("Your name").fill("Bob")
            join.click()
            bob.ends_with("The meeting cannot be reached", seconds=40)
    finally:
        api.stack.livekit.start()


def test_a_livekit_that_answers_us_but_not_the_browser_is_told(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Bob") as bob:
        bob.page.add_init_script(NO_SOCKETS)
        bob.page.route("**/rtc/**", lambda route: route.abort())
        bob.open(room["publisherURL"])
        join = bob.at_the_door()
        bob.page.get_by_label("Your name").fill("Bob")
        join.click()
        bob.ends_with("The meeting cannot be reached", seconds=40)


@pytest.mark.every_browser
def test_the_door_reloads_without_the_secret_in_the_address(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada:
        ada.open(room["moderatorURL"])
        ada.at_the_door()
        ada.page.reload()
        ada.at_the_door()
        assert "secret" not in ada.page.url
        expect(ada.page.locator(".picture video")).to_be_visible()
        expect(ada.page.get_by_label("Camera", exact=True).last).to_be_enabled()
        ada.button("Join").click()
        expect(ada.page.get_by_text("Please enter your name.")).to_be_visible()
        assert ada.complaints() == []


def _tokens(somebody: Visitor) -> int:
    return sum(each.url.endswith("/participants/token") for each in somebody.requests)


def test_a_known_name_joins_with_the_token_that_the_door_asked_for(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada:
        window = ada.page.context
        ada.enter(room["publisherURL"])
        assert _tokens(ada) == 2
        for name, asked in (("Ada", 3), ("Eve", 5)):
            ada.page.close()
            ada.page = window.new_page()
            ada.page.on("request", lambda request: ada.requests.append(request))  # noqa: PLW0108
            ada.open(room["publisherURL"])
            ada.at_the_door()
            expect(ada.page.get_by_label("Your name")).to_have_value("Ada")
            ada.name = name
            ada.join()
            expect(ada.tile(name)).to_be_visible()
            assert _tokens(ada) == asked
        assert ada.complaints() == []


def test_a_token_that_has_waited_at_the_door_is_asked_for_again(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada:
        ada.page.clock.install()
        ada.page.add_init_script("localStorage.setItem('meet.name', 'Ada')")
        ada.open(room["publisherURL"])
        ada.at_the_door()
        ada.page.clock.fast_forward(30_000)
        ada.join()
        assert _tokens(ada) == 2


@pytest.mark.every_browser
def test_it_speaks_spanish(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ana", locale="es-ES") as ana:
        ana.open(room["viewerURL"])
        expect(ana.page.get_by_role("button", name="Entrar")).to_be_visible(timeout=JOIN_MS)
        assert ana.page.locator("html").get_attribute("lang") == "es"
        assert ana.complaints() == []
        ana.open(room["viewerURL"] + "x")
        ana.ends_with("Este enlace no funciona")
