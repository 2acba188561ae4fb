"""Takes the pictures of docs/pictures: every page in light, dark and on a phone (make pictures)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from dev.template import ROOT
from tests.browser.visitors import JOIN_MS, Visitor, picture, visitor
from tests.live import Client

PICTURES = ROOT / "docs" / "pictures"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {
        "color_scheme": "light",
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
    "phone-dark": {
        "color_scheme": "dark",
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}


@pytest.mark.parametrize("look", LOOKS)
def test_take_the_pictures(api: Client, browser: Browser, look: str) -> None:
    room = api.create_room(roomNamePrefix="weekly-review")
    with visitor(browser, "Ada Lovelace", **LOOKS[look]) as ada:

        def take(name: str) -> None:
            picture(ada.page, PICTURES / f"{name}-{look}.png")

        ada.open(room["publisherURL"] + "x")
        ada.ends_with("This link does not work")
        take("link")
        ada.open(room["viewerURL"])
        ada.at_the_door()
        take("door-viewer")
        ada.open(room["moderatorURL"])
        ada.at_the_door()
        ada.page.get_by_label("Your name").fill(ada.name)
        expect(ada.page.locator(".picture video")).to_be_visible()
        expect(ada.page.get_by_label("Camera", exact=True).last).to_be_enabled()
        ada.page.wait_for_function("() => document.querySelector('video').currentTime > 0.5")
        take("door")
        with _company(browser, room) as others:
            ada.join()
            for each in others:
                expect(ada.tile(each.name)).to_be_visible(timeout=JOIN_MS)
            for name in (ada.name, "Grace Hopper", "Hedy Lamarr"):
                ada.sees_moving(name)
            _until_quiet(ada)
            take("meeting")
            others[0].write("Good morning! The agenda is in the invitation.")
            ada.write("Thank you, Grace. Shall we start?")
            ada.reads("Good morning! The agenda is in the invitation.")
            _until_quiet(ada)
            take("chat")
            ada.page.locator(".controls").get_by_role("button", name="People").click()
            ada.button("Remove Alan Turing").click()
            take("people")
            ada.button("Close").click()
            ada.button("Record").click()
            expect(ada.page.locator(".recording-mark")).to_be_visible(timeout=JOIN_MS)
            others[0].button("Share screen").click()
            expect(ada.page.locator(".large .tile.screen video")).to_be_visible(timeout=JOIN_MS)
            ada.page.wait_for_function(
                "() => document.querySelector('.large video').currentTime > 1", timeout=JOIN_MS
            )
            _until_quiet(ada)
            take("screen")
        ada.button("Leave").click()
        ada.ends_with("You left the meeting")
        take("left")


@contextmanager
def _company(browser: Browser, room: dict[str, Any]) -> Iterator[list[Visitor]]:
    with ExitStack() as stack:
        names = ["Grace Hopper", "Alan Turing", "Hedy Lamarr"]
        everybody = [stack.enter_context(visitor(browser, name)) for name in names]
        for each in everybody:
            each.open(room["publisherURL"])
            each.join()
        everybody[1].button("Turn camera off").click()
        everybody[2].button("Mute").click()
        yield everybody


def _until_quiet(somebody: Visitor) -> None:
    expect(somebody.page.locator(".notice")).to_have_count(0, timeout=JOIN_MS)
