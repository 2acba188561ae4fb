"""Takes pictures of the meeting page in light, dark, on a tablet and a phone (make pictures)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.browser.browsers import chromium
from tests.browser.portraits import PORTRAITS, film
from tests.browser.visitors import JOIN_MS, Visitor, picture, visitor
from tests.documents import place_for
from tests.live import Client

PHONE = {
    "color_scheme": "light",
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 1.5,
    "is_mobile": True,
    "has_touch": True,
}
TABLET = {"color_scheme": "light", "viewport": {"width": 768, "height": 1024}}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "tablet": TABLET,
    "phone": PHONE,
}
SCREENS: dict[str, dict[str, Any]] = {"desktop": {}, "tablet": TABLET, "phone": PHONE}
SEGMENTER_MS = 90_000

# What is shared in place of the screen, which a browser without a window does not have.
SLIDE = """navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1280, height: 720});
  const draw = canvas.getContext("2d");
  const paint = () => {
    draw.fillStyle = "#fffefb"; draw.fillRect(0, 0, 1280, 720);
    draw.fillStyle = "#1c2422"; draw.font = "600 52px sans-serif";
    draw.fillText("Visitors by week", 96, 132);
    draw.font = "26px sans-serif"; draw.fillStyle = "#56605c";
    draw.fillText("What the new start page changed", 96, 182);
    [210, 232, 228, 262, 301, 344, 372, 402].forEach((height, week) => {
      draw.fillStyle = week < 4 ? "#c5cff0" : "#0f6b5c";
      draw.fillRect(96 + week * 138, 640 - height, 92, height);
    });
  };
  setInterval(paint, 200); paint();
  return canvas.captureStream(5);
};"""

# A fake camera is called as its file is.
LABEL = """Object.defineProperty(MediaDeviceInfo.prototype, "label", {get() {
  return this.kind === "videoinput" ? "Built-in camera" : "Built-in microphone";
}});"""
DRAWN = "() => [...document.images].every((each) => each.complete && each.naturalWidth)"

Cameras: TypeAlias = dict[str, Browser]


@pytest.fixture(scope="module")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cameras]:
    """A browser for each who is filmed: a camera belongs to a browser."""
    with sync_playwright() as playwright:
        films = _films(playwright, tmp_path_factory.mktemp("films"))
        flag = "--use-file-for-fake-video-capture"
        browsers = {name: chromium(playwright, f"{flag}={path}") for name, path in films.items()}
        yield {name: browser for name, browser in browsers.items() if browser}
        for browser in browsers.values():
            if browser:
                browser.close()


def _films(playwright: Playwright, folder: Path) -> dict[str, Path]:
    browser = chromium(playwright)
    if browser is None:
        pytest.skip("No Chromium: no picture is taken.")
    page = browser.new_page()
    films = {name: film(page, name, folder) for name in PORTRAITS}
    browser.close()
    return films


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("look", LOOKS)
def test_take_the_pictures(api: Client, cameras: Cameras, look: str) -> None:
    room = api.create_room(roomNamePrefix="Weekly-review")
    with visitor(cameras["Ada Lovelace"], "Ada Lovelace", **LOOKS[look]) as ada:

        def take(name: str) -> None:
            ada.page.mouse.move(0, 0)
            picture(ada.page, place_for(f"{name}-{look}.png"))

        ada.page.add_init_script(LABEL)
        ada.open(room["moderatorURL"])
        ada.at_the_door()
        ada.page.get_by_label("Your name").fill(ada.name)
        ada.page.wait_for_function("() => document.querySelector('video')?.currentTime > 0.5")
        expect(ada.page.get_by_label("Camera", exact=True).last).to_be_enabled()
        ada.page.wait_for_function(DRAWN)
        take("door")
        with _company(cameras, room) as (grace, *others):
            ada.join()
            for each in (grace, *others):
                expect(ada.tile(each.name)).to_be_visible(timeout=JOIN_MS)
            for name in PORTRAITS:
                ada.sees_moving(name)
            _until_quiet(ada)
            take("meeting")
            grace.write("Good morning! The numbers are in, shall I show them?")
            ada.write("Yes please. The floor is yours.")
            ada.reads("Good morning! The numbers are in, shall I show them?")
            _until_quiet(ada)
            take("chat")
            ada.act("Alan Turing")
            take("people")
            ada.page.keyboard.press("Escape")
            ada.page.locator(".side").get_by_role("button", name="Close").click()
            if look != "dark":
                ada.press("Background")
                ada.page.get_by_role("radio", name="Hills").check(force=True)
                seen = ada.page.get_by_text("This is how the others see you.")
                expect(seen).to_be_visible(timeout=SEGMENTER_MS)
                ada.page.wait_for_timeout(1000)
                take("background")
                ada.page.get_by_role("radio", name="None").check(force=True)
                expect(seen).to_be_visible(timeout=SEGMENTER_MS)
                ada.page.locator(".side").get_by_role("button", name="Close").click()
            ada.press("Record")
            for each in (grace, *others):
                each.button("Agree and stay").click(timeout=JOIN_MS)
            expect(ada.page.locator(".recording-mark")).to_be_visible(timeout=JOIN_MS)
            grace.press("Share screen")
            expect(ada.page.locator(".large .tile.screen video")).to_be_visible(timeout=JOIN_MS)
            ada.page.wait_for_function(
                "() => document.querySelector('.large video')?.currentTime > 2", timeout=JOIN_MS
            )
            _until_quiet(ada)
            take("screen")
        ada.button("Leave").click()
        ada.ends_with("You left the meeting")
        take("end")


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("screen", SCREENS)
def test_take_the_pictures_of_the_lobby(api: Client, cameras: Cameras, screen: str) -> None:
    room = api.create_room(roomNamePrefix="Weekly-review", lobby={"enabled": True})
    with (
        visitor(cameras["Ada Lovelace"], "Ada Lovelace", **SCREENS[screen]) as ada,
        visitor(cameras["Grace Hopper"], "Grace Hopper", **SCREENS[screen]) as grace,
        visitor(cameras["Grace Hopper"], "Alan Turing") as alan,
    ):
        ada.enter(room["moderatorURL"])
        grace.open(room["publisherURL"])
        expect(grace.button("Ask to join")).to_be_visible(timeout=JOIN_MS)
        picture(grace.page, place_for(f"lobby-door-{screen}.png"))
        for each in (grace, alan):
            each.open(room["publisherURL"])
            each.page.get_by_label("Your name").fill(each.name)
            each.button("Ask to join").click()
            each.ends_with("Waiting to be let in")
        picture(grace.page, place_for(f"lobby-waiting-{screen}.png"))
        notice = ada.page.locator(".lobby-notice")
        expect(notice).to_contain_text("2 people", timeout=JOIN_MS)
        picture(ada.page, place_for(f"lobby-notice-{screen}.png"))
        ada.press("People")
        ada.button("Admit Alan Turing").click()
        expect(alan.button("Leave")).to_be_visible(timeout=JOIN_MS)
        expect(ada.tile("Alan Turing")).to_be_attached(timeout=JOIN_MS)
        _until_quiet(ada)
        picture(ada.page, place_for(f"lobby-people-{screen}.png"))
        ada.act("Alan Turing")
        picture(ada.page, place_for(f"lobby-menu-{screen}.png"))
        ada.page.get_by_role("menuitem", name="Remove and ban").click()
        picture(ada.page, place_for(f"lobby-ban-{screen}.png"))


@contextmanager
def _company(cameras: Cameras, room: dict[str, Any]) -> Iterator[list[Visitor]]:
    with ExitStack() as stack:
        names = ["Grace Hopper", "Alan Turing", "Hedy Lamarr"]
        everybody = [
            stack.enter_context(visitor(cameras.get(name, cameras["Grace Hopper"]), name))
            for name in names
        ]
        everybody[0].page.add_init_script(SLIDE)
        for each in everybody:
            each.enter(room["publisherURL"])
        everybody[1].button("Turn camera off").click()
        everybody[2].button("Mute").click()
        yield everybody


def _until_quiet(somebody: Visitor) -> None:
    expect(somebody.page.locator(".notice")).to_have_count(0, timeout=JOIN_MS)
