"""Devices and sounds, chosen inside a meeting."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Playwright, expect, sync_playwright

from tests.browser.browsers import chromium
from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client, warm

pytestmark = pytest.mark.usefixtures("pages")

TWO_CAMERAS = "--use-fake-device-for-media-stream=device-count=2"
WATCHED = """
window.opened = [];
window.sinks = [];
window.tones = 0;
const media = navigator.mediaDevices, real = media.getUserMedia.bind(media);
media.getUserMedia = async (wanted) => {
  const stream = await real(wanted);
  window.opened.push(stream.getTracks()[0].getSettings());
  return stream;
};
const setSink = HTMLMediaElement.prototype.setSinkId;
HTMLMediaElement.prototype.setSinkId = function (id) {
  window.sinks.push(id);
  return setSink.call(this, id);
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  window.tones += 1;
  return start.apply(this, when);
};
"""
"""Remembers which devices the page opened, and which sounds it made."""
LATEST = "(kind) => window.opened.filter((each) => (kind in each)).at(-1)"


@pytest.fixture(scope="module")
def cameras() -> Iterator[Browser]:
    """A browser with two cameras."""
    with sync_playwright() as playwright:
        yield _launched(playwright)


def _launched(playwright: Playwright) -> Browser:
    launched = chromium(playwright, TWO_CAMERAS)
    if launched is None:
        pytest.skip("!!! No Chromium: nothing was tested with two cameras.")
    return launched


@pytest.fixture
def ada(api: Client, cameras: Browser, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    options: dict[str, Any] = getattr(request, "param", {})
    with visitor(cameras, "Ada", **options) as somebody:
        somebody.page.add_init_script(WATCHED)
        somebody.enter(api.create_room()["publisherURL"])
        expect(somebody.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)
        yield somebody


def _settings(somebody: Visitor) -> Locator:
    somebody.press("Settings")
    return somebody.page.get_by_role("complementary", name="Settings")


def _latest(somebody: Visitor, of: str) -> dict[str, Any]:
    """Return the settings of the camera or microphone that was opened last."""
    found: dict[str, Any] = somebody.page.evaluate(LATEST, of)
    return found


def test_devices_are_changed_inside_and_kept(ada: Visitor) -> None:
    panel = _settings(ada)
    assert ada.complaints() == []
    camera, microphone = (panel.get_by_label(each, exact=True) for each in ("Camera", "Microphone"))
    for choice, kind, number in ((camera, "width", 1), (microphone, "echoCancellation", 2)):
        expect(choice.locator("option").nth(number)).to_be_attached()
        wanted = choice.locator("option").nth(number).get_attribute("value")
        assert _latest(ada, kind)["deviceId"] != wanted
        choice.select_option(index=number)
        ada.page.wait_for_function(f"(id) => ({LATEST})('{kind}').deviceId === id", arg=wanted)
        expect(choice).to_have_value(str(wanted))
    before = camera.input_value(), microphone.input_value()
    ada.reload()
    expect(ada.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)
    assert (
        _latest(ada, "width")["deviceId"],
        _latest(ada, "echoCancellation")["deviceId"],
    ) == before
    level = _settings(ada).get_by_role("meter", name="Microphone level")
    expect(level).not_to_have_attribute("aria-valuenow", "0")  # the fake microphone beeps


def test_the_loudspeaker_is_chosen_and_tried(ada: Visitor) -> None:
    panel = _settings(ada)
    loudspeaker = panel.get_by_label("Loudspeaker", exact=True)
    expect(loudspeaker.locator("option").nth(1)).to_be_attached()
    chosen = str(loudspeaker.locator("option").nth(1).get_attribute("value"))
    loudspeaker.select_option(index=1)
    expect(loudspeaker).to_have_value(chosen)
    panel.get_by_role("button", name="Play a test sound").click()
    expect(panel.get_by_role("button", name="Playing …")).to_be_disabled()
    expect(panel.get_by_role("button", name="Play a test sound")).to_be_enabled()
    assert chosen in ada.page.evaluate("window.sinks")
    assert ada.page.evaluate("window.tones") == 3


def test_noise_suppression_can_be_switched_off(ada: Visitor) -> None:
    assert _latest(ada, "noiseSuppression")["noiseSuppression"] is True
    switch = _settings(ada).get_by_label("Reduce background noise")
    switch.uncheck()
    ada.page.wait_for_function(f"() => ({LATEST})('noiseSuppression').noiseSuppression === false")
    ada.reload()
    expect(ada.button("Mute")).to_be_enabled(timeout=JOIN_MS)
    ada.page.wait_for_function(f"() => ({LATEST})('noiseSuppression').noiseSuppression === false")
    expect(_settings(ada).get_by_label("Reduce background noise")).not_to_be_checked()


def test_sounds_for_joining_and_hands_are_off_until_they_are_wanted(
    api: Client, cameras: Browser
) -> None:
    warm(api, "RaiseHand")
    room = api.create_room()
    with visitor(cameras, "Ada") as ada:
        ada.page.add_init_script(WATCHED)
        ada.enter(room["publisherURL"])
        with visitor(cameras, "Bob") as bob:
            bob.enter(room["publisherURL"])
            expect(ada.page.get_by_text("Bob joined.")).to_be_visible()
            bob.press("Raise hand")
            expect(ada.page.get_by_text("Bob raised a hand.")).to_be_visible()
        assert ada.page.evaluate("window.tones") == 0
        _settings(ada).get_by_label("Play a sound when someone joins").check()
        with visitor(cameras, "Eve") as eve:
            eve.enter(room["publisherURL"])
            expect(ada.page.get_by_text("Eve joined.")).to_be_visible()
            ada.page.wait_for_function("() => window.tones > 0")
            before = ada.page.evaluate("window.tones")
            eve.press("Raise hand")
            ada.page.wait_for_function("(before) => window.tones > before", arg=before)


@pytest.mark.parametrize(
    "ada",
    [{"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 844}}],
    indirect=True,
)
def test_a_phone_changes_to_its_other_camera(ada: Visitor) -> None:
    first = _latest(ada, "width")["deviceId"]
    panel = _settings(ada)
    assert ada.complaints() == []
    panel.get_by_role("button", name="Switch camera").click()
    ada.page.wait_for_function(f"(id) => ({LATEST})('width').deviceId !== id", arg=first)
    panel.get_by_role("button", name="Switch camera").click()
    ada.page.wait_for_function(f"(id) => ({LATEST})('width').deviceId === id", arg=first)


def test_those_who_speak_while_muted_are_told(ada: Visitor) -> None:
    told = ada.page.get_by_text("You are muted. Unmute to be heard.")
    bar = ada.page.locator(".voice")
    ada.page.wait_for_function(
        "() => document.querySelector('.voice').style.getPropertyValue('--level') > 0"
    )
    expect(told).to_have_count(0)
    ada.button("Mute").click()
    expect(told).to_be_visible(timeout=JOIN_MS)
    assert bar.evaluate("(bar) => bar.style.getPropertyValue('--level')") == "0"
    ada.button("Unmute").click()
    expect(told).to_have_count(0, timeout=JOIN_MS)
