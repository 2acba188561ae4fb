"""Single keys, and what surrounds a meeting: the title, the screen, a small window."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

HIDE = """(hidden) => {
  const get = () => hidden ? "hidden" : "visible";
  Object.defineProperty(document, "visibilityState", {get, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
WATCHED = """
window.locks = 0;
const request = async () => {
  window.locks += 1;
  const release = async () => { window.lock.released = true; };
  return window.lock = {released: false, release};
};
if (isSecureContext) navigator.wakeLock.request = request;  // not in the empty page before
const actions = {};
navigator.mediaSession.setActionHandler = (name, handler) => { actions[name] = handler; };
window.browserOpens = () => actions.enterpictureinpicture();
window.pictured = [];
HTMLVideoElement.prototype.requestPictureInPicture = async function () {
  window.pictured.push(this.closest(".tile").dataset.name);
};
Object.defineProperty(Document.prototype, "pictureInPictureEnabled", {get: () => true});
"""
"""Remembers what the page asks of the browser, which has no screen."""


@pytest.fixture
def ada(api: Client, browser: Browser) -> Iterator[Visitor]:
    with visitor(browser, "Ada") as somebody:
        somebody.page.add_init_script(WATCHED)
        somebody.enter(api.create_room()["publisherURL"])
        expect(somebody.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)
        yield somebody


@pytest.mark.every_browser
def test_keys_do_what_the_controls_do(ada: Visitor) -> None:
    keys = ada.page.keyboard
    for key, off, on in (("m", "Mute", "Unmute"), ("v", "Turn camera off", "Turn camera on")):
        keys.press(key)
        expect(ada.button(on)).to_be_enabled()
        keys.press(key.upper())
        expect(ada.button(off)).to_be_enabled()
    keys.press("c")
    expect(ada.page.get_by_role("complementary", name="Chat")).to_be_visible()
    message = ada.page.get_by_label("Message", exact=True)
    message.fill("")
    message.press_sequentially("mv c?")
    expect(message).to_have_value("mv c?")
    expect(ada.button("Mute")).to_be_visible()
    expect(ada.button("Turn camera off")).to_be_visible()
    ada.button("Close").click()
    keys.press("Control+m")
    expect(ada.button("Mute")).to_be_visible()

    keys.press("?")
    dialog = ada.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Hold to talk while you are muted")
    assert ada.complaints() == []
    keys.press("m")
    expect(ada.button("Unmute")).to_have_count(0)
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    assert not [line for line in ada.said if line.startswith("pageerror")], ada.said


def test_the_space_bar_unmutes_while_it_is_held(ada: Visitor) -> None:
    keys = ada.page.keyboard
    ada.button("Mute").click()  # which has the focus now, and is not pressed by the space bar
    expect(ada.button("Unmute")).to_be_enabled()
    keys.down(" ")
    expect(ada.button("Mute")).to_be_visible()
    keys.up(" ")
    expect(ada.button("Unmute")).to_be_enabled()
    ada.reload()
    expect(ada.button("Unmute")).to_be_enabled(timeout=JOIN_MS)
    ada.button("Unmute").focus()
    keys.press("Tab")
    keys.press("Shift+Tab")
    keys.press(" ")  # those who walk through the page by keyboard press the button
    expect(ada.button("Mute")).to_be_enabled()


def test_the_title_counts_what_is_new(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        ada.enter(room["publisherURL"])
        bob.enter(room["publisherURL"])
        plain = ada.page.title()
        for text in ("one", "two"):
            bob.write(text)
        expect(ada.page).to_have_title(f"(2) {plain}")
        ada.press("Chat")
        expect(ada.page).to_have_title(plain)


def test_the_screen_stays_on_until_one_leaves(ada: Visitor) -> None:
    ada.page.wait_for_function("() => window.locks === 1")
    ada.page.evaluate("window.lock.released = true")  # as browsers do with a hidden tab
    ada.page.evaluate(HIDE, True)
    assert ada.page.evaluate("window.locks") == 1
    ada.page.evaluate(HIDE, False)
    ada.page.wait_for_function("() => window.locks === 2")
    ada.button("Leave").click()
    ada.page.wait_for_function("() => window.lock.released")


def test_a_hidden_meeting_goes_on_in_a_small_window(ada: Visitor) -> None:
    ada.sees_moving("Ada")
    ada.page.evaluate("window.browserOpens()")
    ada.page.wait_for_function("() => window.pictured.length === 1")
    ada.press("Picture in picture")
    ada.page.wait_for_function("() => window.pictured.length === 2")
    assert ada.page.evaluate("window.pictured") == ["Ada", "Ada"]


def test_the_meeting_fills_the_screen(ada: Visitor) -> None:
    ada.press("Full screen")
    ada.page.wait_for_function("() => document.fullscreenElement !== null")
    ada.press("Leave full screen")
    ada.page.wait_for_function("() => document.fullscreenElement === null")
