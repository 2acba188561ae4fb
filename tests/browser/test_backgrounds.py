"""What is behind somebody, as the others see it."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client, eventually

pytestmark = pytest.mark.usefixtures("pages")

CORNER = """(place) => {
  const video = document.querySelector(`${place} video`);
  if (!video || !video.videoWidth) return null;
  const context = new OffscreenCanvas(32, 18).getContext("2d");
  context.drawImage(video, 0, 0, 32, 18);
  return Array.from(context.getImageData(24, 1, 1, 1).data.slice(0, 3));
}"""
SMALL_CAMERA = """
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) =>
  real(wanted?.video ? {...wanted, video: {...wanted.video, width: 320, height: 180}} : wanted);
"""
"""Without a GPU, a large picture takes seconds."""
SEGMENTER_S = 60  # without a GPU the first picture takes its time


def _corner(watcher: Visitor, name: str) -> tuple[int, int, int]:
    """Return the colour near the upper right corner of somebody's picture, as it arrives."""
    return _colour(watcher, f'.tile[data-name="{name}"]')


def _colour(watcher: Visitor, place: str) -> tuple[int, int, int]:
    red, green, blue = watcher.page.evaluate(CORNER, place) or (0, 0, 0)
    return red, green, blue


def _is_green(colour: tuple[int, int, int]) -> bool:
    red, green, blue = colour
    return green > 80 and red < 60 and blue < 60  # Chromium's fake camera


def _is_light(colour: tuple[int, int, int]) -> bool:
    return min(colour) > 150  # the wall beside the window


def _choose(somebody: Visitor, background: str) -> None:
    choice = somebody.page.get_by_role("radio", name=background, exact=True)
    expect(choice).to_be_enabled(timeout=JOIN_MS)  # once the camera is on
    choice.check(force=True)


def test_the_others_see_the_background_that_was_chosen(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        ada.page.add_init_script(SMALL_CAMERA)
        bob.enter(room["publisherURL"])
        ada.enter(room["publisherURL"])
        bob.sees_moving("Ada")
        eventually(lambda: _is_green(_corner(bob, "Ada")), 10, "the camera as it is")
        assert not [each for each in ada.requests if "segmenter" in each.url], "nothing in advance"

        ada.button("Background").click()
        expect(ada.page.get_by_role("radio")).to_have_count(6)
        assert ada.complaints() == []
        _choose(ada, "Window")
        eventually(lambda: _is_light(_corner(bob, "Ada")), SEGMENTER_S, "the picture of a window")
        bob.sees_moving("Ada", SEGMENTER_S)
        _choose(ada, "Blur")
        eventually(lambda: _is_green(_corner(bob, "Ada")), SEGMENTER_S, "a blurred camera")
        _choose(ada, "Hills")
        hills = lambda: not _is_green(c := _corner(bob, "Ada")) and not _is_light(c)  # noqa: E731
        eventually(hills, SEGMENTER_S, "the picture of hills")
        _choose(ada, "None")
        eventually(lambda: _is_green(_corner(bob, "Ada")), 10, "the camera as it is")

        _choose(ada, "Window")
        eventually(lambda: _is_light(_corner(bob, "Ada")), SEGMENTER_S, "a window once more")
        ada.button("Turn camera off").click()
        expect(ada.page.get_by_text("Turn your camera on to choose")).to_be_visible()
        ada.button("Turn camera on").click()
        bob.sees_moving("Ada", SEGMENTER_S)
        assert _is_light(_corner(bob, "Ada")), "off and on again"

        assert {urlsplit(each.url).hostname for each in ada.requests} <= {"localhost", None}
        assert not [line for line in ada.said if "Content Security Policy" in line], ada.said


def test_the_background_is_chosen_at_the_door_and_kept(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        ada.page.add_init_script(SMALL_CAMERA)
        bob.enter(room["publisherURL"])
        ada.open(room["publisherURL"])
        ada.at_the_door()
        _choose(ada, "Window")
        assert ada.complaints() == []
        for _ in range(2):
            eventually(lambda: _is_light(_colour(ada, ".picture")), SEGMENTER_S, "a preview of it")
            ada.join(timeout=SEGMENTER_S * 1000)
            bob.sees_moving("Ada", SEGMENTER_S)
            assert _is_light(_corner(bob, "Ada")), "from the first picture on"
            ada.button("Background").click()
            expect(ada.page.get_by_role("radio", name="Window")).to_be_checked()
            ada.open(room["publisherURL"])
            ada.at_the_door()
