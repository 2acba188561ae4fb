"""Devices that are pulled out, refused or allowed: what the page says, and the way back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

DEVICES = """
const media = navigator.mediaDevices, real = media.getUserMedia.bind(media);
const opened = {audio: [], video: []};
const permission = Object.assign(new EventTarget(), {state: "granted"});
window.fails = {};
media.getUserMedia = async (wanted) => {
  const kind = wanted.audio ? "audio" : "video";
  if (window.fails[kind]) throw new DOMException("told to fail", window.fails[kind]);
  if (window.asks) await new Promise((answer) => window.answer = answer);
  const stream = await real(wanted);
  opened[kind].push(...stream.getTracks());
  return stream;
};
navigator.permissions.query = async () => permission;
const listen = EventTarget.prototype.addEventListener;
MediaStreamTrack.prototype.addEventListener = function (type, listener, options) {
  listen.call(this, type, listener, options, true);  // in Firefox, to what a script dispatches, too
};
const isLive = (track) => track.readyState === "live";
window.pullOut = (kind) => opened[kind].filter(isLive).forEach((track) => {
  track.stop();
  track.dispatchEvent(new Event("ended"));
});
window.plugIn = () => { window.fails = {}; media.dispatchEvent(new Event("devicechange")); };
window.allow = () => { window.fails = {}; permission.dispatchEvent(new Event("change")); };
"""
"""Devices that a test pulls out, refuses and allows."""


@pytest.fixture
def ada(browser: Browser) -> Iterator[Visitor]:
    with visitor(browser, "Ada") as somebody:
        somebody.page.add_init_script(DEVICES)
        yield somebody


def _enter(somebody: Visitor, url: str) -> None:
    somebody.enter(url)
    expect(somebody.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)


@pytest.mark.every_browser
def test_a_microphone_that_is_pulled_out_is_told_and_used_again(api: Client, ada: Visitor) -> None:
    _enter(ada, api.create_room()["publisherURL"])
    told = ada.page.get_by_role("alert")
    ada.page.evaluate("window.fails = {audio: 'NotFoundError'}; pullOut('audio')")
    expect(told).to_contain_text("Your microphone was disconnected, so it is off.")
    expect(ada.button("Unmute")).to_be_visible()
    assert ada.complaints() == []
    told.get_by_role("button", name="Try again").click()
    expect(told).to_contain_text("No microphone was found.")
    ada.page.evaluate("plugIn()")
    expect(told).to_contain_text("Your microphone can be used now.")
    expect(ada.button("Unmute")).to_have_count(2)
    told.get_by_role("button", name="Unmute").click()
    expect(ada.button("Mute")).to_be_visible()
    expect(told).to_have_text("")


def test_another_microphone_that_takes_over_is_named(api: Client, ada: Visitor) -> None:
    _enter(ada, api.create_room()["publisherURL"])
    ada.page.evaluate("pullOut('audio')")
    expect(ada.page.get_by_text("Now in use: Fake")).to_be_visible()
    expect(ada.button("Mute")).to_be_visible()


@pytest.mark.every_browser
def test_those_who_unmute_without_permission_are_told_and_can_without_a_reload(
    api: Client, ada: Visitor
) -> None:
    for kind, device, on, off in (
        ("audio", "microphone", "Unmute", "Mute"),
        ("video", "camera", "Turn camera on", "Turn camera off"),
    ):
        room = api.create_room()
        ada.open(room["publisherURL"])
        ada.at_the_door()
        if ada.button(off).is_visible():
            ada.button(off).click()
        ada.join()
        ada.page.evaluate("(kind) => window.fails = {[kind]: 'NotAllowedError'}", kind)
        ada.button(on).click()
        told = ada.page.get_by_role("alert")
        expect(told).to_contain_text(f"does not let this page use your {device}. Allow it")
        ada.page.evaluate("allow()")
        expect(told).to_contain_text(f"Your {device} can be used now.")
        told.get_by_role("button", name=on).click()
        expect(ada.button(off)).to_be_visible(timeout=JOIN_MS)


@pytest.mark.every_browser
def test_a_permission_that_comes_late_is_taken_at_the_door(api: Client, ada: Visitor) -> None:
    ada.page.add_init_script("window.fails = {video: 'NotAllowedError'}")
    ada.open(api.create_room()["publisherURL"])
    ada.at_the_door()
    told = ada.page.get_by_role("alert").filter(has_text="does not let this page use your camera")
    expect(told).to_be_visible()
    told.get_by_role("button", name="Try again: camera").click()
    expect(told).to_be_visible()
    ada.page.evaluate("allow()")
    expect(told).to_have_count(0)
    expect(ada.page.locator(".picture video")).to_be_visible()
    ada.page.evaluate("window.fails = {video: 'NotFoundError'}; pullOut('video')")
    expect(ada.page.get_by_role("alert")).to_contain_text("No camera was found.")
    ada.page.evaluate("plugIn()")
    expect(ada.page.locator(".picture video")).to_be_visible()


@pytest.mark.every_browser
def test_the_door_does_not_say_that_the_camera_is_off_while_the_browser_asks(
    api: Client, ada: Visitor
) -> None:
    ada.page.add_init_script("window.asks = true")
    ada.open(api.create_room()["publisherURL"])
    ada.at_the_door()
    expect(ada.page.get_by_text("If the browser asks, allow it.")).to_be_visible()
    expect(ada.page.get_by_text("Your camera is off")).to_have_count(0)
    ada.button("Turn camera off").click()
    expect(ada.page.get_by_text("Your camera is off")).to_be_visible()


@pytest.mark.every_browser
def test_the_policy_lets_a_background_keep_its_time(api: Client, ada: Visitor) -> None:
    """Without track processors, as in Firefox, its pictures are timed by a worker."""
    ada.open(api.create_room()["publisherURL"])
    ada.at_the_door()
    works = ada.page.evaluate("""() => new Promise((done) => {
      const script = new Blob(["postMessage(true)"], {type: "text/javascript"});
      const worker = new Worker(URL.createObjectURL(script));
      worker.onmessage = () => done(true);
      worker.onerror = () => done(false);
    })""")
    assert works, ada.said


def test_a_button_that_is_busy_keeps_the_focus(api: Client, ada: Visitor) -> None:
    _enter(ada, api.create_room()["publisherURL"])
    keys = ada.page.keyboard
    for name in ("Mute", "Turn camera off"):
        ada.button(name).click()
    ada.page.evaluate("window.asks = true")
    camera = ada.button("Turn camera on")
    expect(camera).to_be_enabled()
    camera.focus()
    keys.press("Tab")
    keys.press("Shift+Tab")
    keys.press(" ")
    expect(camera).to_be_disabled()
    ada.page.wait_for_function("() => window.answer !== undefined")
    expect(camera).to_be_focused()
    keys.press(" ")  # neither asks again nor talks
    expect(camera).to_be_focused()
    ada.page.evaluate("window.asks = false; window.answer()")
    camera = ada.button("Turn camera off")
    expect(camera).to_be_enabled(timeout=JOIN_MS)
    expect(camera).to_be_focused()
    expect(ada.button("Unmute")).to_be_visible()
    assert ada.complaints() == []
