"""Every control can be reached without scrolling sideways, on every screen and in every role."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client

pytestmark = [pytest.mark.usefixtures("pages"), pytest.mark.every_browser]

SCREENS = {
    "small phone": (320, 568),
    "phone": (390, 844),
    "phone on its side": (844, 390),
    "tablet": (768, 1024),
    "small window": (960, 800),
    "laptop": (1280, 720),
}
ZOOMED: dict[str, Any] = {"viewport": {"width": 640, "height": 360}, "device_scale_factor": 2}
"""A laptop's window at 200 %: half as many pixels of CSS, each twice as large on the screen."""

SETTLED = """() => new Promise((goOn) => {
  let frames = 4;
  const next = () => (frames-- ? requestAnimationFrame(next) : goOn());
  next();
})"""
"""Resolves once the page has taken note of the window's new size."""

EVERYBODY = {
    "People",
    "Raise hand",
    "Speaker view",
    "Settings",
    "Full screen",
    "Picture in picture",
    "Leave",
}
SPEAKERS = EVERYBODY | {
    "Mute",
    "Turn camera off",
    "Share screen",
    "Background",
    "Chat",
    "React",
}
CONTROLS = {
    "viewer": EVERYBODY,
    "publisher": SPEAKERS,
    "moderator": SPEAKERS | {"Record", "End for all"},
}
ALWAYS_SHOWN = {"Leave", "Mute"}
NOT_EVERYWHERE = {"Picture in picture": "document.pictureInPictureEnabled === true"}
"""What only some browsers can do, and what says so."""

OUT_OF_SIGHT = """() => [...document.querySelectorAll("button, textarea, h1, h2, .person-name")]
  .filter((each) => each.checkVisibility() && !each.closest(".visually-hidden"))
  .filter((each) => {
    const {left, right} = each.getBoundingClientRect();
    return left < 0 || right > innerWidth + 0.5;
  }).map((each) => each.innerText || each.getAttribute("aria-label"))"""
SCROLLS = "document.documentElement.scrollWidth > innerWidth"
BUTTONS = """(place) => [...document.querySelectorAll(`${place} button`)].map((button) => {
  button.scrollIntoView({block: "nearest", behavior: "instant"});
  const {left, right, top, bottom} = button.getBoundingClientRect();
  const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return [button.innerText.trim(), button.contains(found)];
})"""
"""The buttons of a place, and which of them can be pressed: in one call, since there are many."""


def controls(somebody: Visitor) -> set[str]:
    """Return the names of the controls that can be pressed, in the row and in More."""
    found = _names(somebody, ".control-row")
    assert not somebody.page.evaluate(SCROLLS)
    assert somebody.page.evaluate(OUT_OF_SIGHT) == []
    if "More" in found:
        more = somebody.button("More")
        more.click()
        expect(somebody.page.locator(".popup")).to_be_visible()
        found |= _names(somebody, ".popup")
        assert somebody.page.evaluate(OUT_OF_SIGHT) == []
        somebody.page.keyboard.press("Escape")
        expect(somebody.page.locator(".popup")).to_have_count(0)
        expect(more).to_be_focused()
    return found - {"More"}


def _names(somebody: Visitor, place: str) -> set[str]:
    found: list[tuple[str, bool]] = somebody.page.evaluate(BUTTONS, place)
    assert not [name for name, is_reached in found if not is_reached], "covered"
    return {name for name, _ in found}


def reaches_every_control(role: str, somebody: Visitor) -> None:
    """Reach what the role and the browser have, with each panel open and with none."""
    cannot = {name for name, can in NOT_EVERYWHERE.items() if not somebody.page.evaluate(can)}
    offered = CONTROLS[role] - cannot
    assert controls(somebody) == offered
    assert ALWAYS_SHOWN & offered <= _names(somebody, ".control-row")
    for panel in sorted({"Chat", "People"} & offered):
        somebody.press(panel)
        expect(somebody.page.locator(".side h2")).to_contain_text(panel)
        assert controls(somebody) == offered, f"with {panel}"
        somebody.button("Close").click()


@contextmanager
def _inside(room: dict[str, Any], browser: Browser, role: str, **look: Any) -> Iterator[Visitor]:
    with visitor(browser, f"{role}-{'x' * 60}", **look) as somebody:
        somebody.enter(room[f"{role}URL"])
        if role != "viewer":
            expect(somebody.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)
        yield somebody


@pytest.fixture(scope="module")
def room(api: Client) -> dict[str, Any]:
    return api.create_room(roomNamePrefix="A-room-with-quite-a-long-name-for-small-phones")


@pytest.fixture(scope="module", params=CONTROLS)
def joined(
    request: pytest.FixtureRequest, room: dict[str, Any], browser: Browser
) -> Iterator[tuple[str, Visitor]]:
    with _inside(room, browser, request.param) as somebody:
        yield request.param, somebody


@pytest.mark.parametrize("screen", SCREENS)
def test_every_control_is_reached_without_scrolling_sideways(
    joined: tuple[str, Visitor], screen: str
) -> None:
    role, somebody = joined
    width, height = SCREENS[screen]
    somebody.page.set_viewport_size({"width": width, "height": height})
    somebody.page.evaluate(SETTLED)
    reaches_every_control(role, somebody)


@pytest.mark.parametrize("role", CONTROLS)
def test_every_control_is_reached_in_a_window_at_200_percent(
    room: dict[str, Any], browser: Browser, role: str
) -> None:
    with _inside(room, browser, role, **ZOOMED) as somebody:
        assert somebody.page.evaluate("devicePixelRatio") == 2
        reaches_every_control(role, somebody)


def test_more_is_operated_by_keyboard(room: dict[str, Any], browser: Browser) -> None:
    with visitor(browser, "Ada", viewport={"width": 390, "height": 844}) as ada:
        ada.enter(room["moderatorURL"])
        keys, more = ada.page.keyboard, ada.button("More")
        more.focus()
        keys.press("Enter")
        first, last = (getattr(ada.page.locator(".popup button"), end) for end in ("first", "last"))
        expect(first).to_be_focused()
        keys.press("ArrowUp")
        expect(last).to_be_focused()
        keys.press("ArrowDown")
        expect(first).to_be_focused()
        keys.press("Escape")
        expect(more).to_be_focused()
        expect(more).to_have_attribute("aria-expanded", "false")
        keys.press("Enter")
        ada.page.locator(".popup").get_by_role("button", name="Background").focus()
        keys.press("Enter")
        expect(ada.page.get_by_role("heading", name="Background")).to_be_focused()
        keys.press("Escape")
        expect(more).to_be_focused()
        more.click()
        ada.page.mouse.click(195, 100)
        expect(ada.page.locator(".popup")).to_have_count(0)
