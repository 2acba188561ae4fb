"""How the stage shows people: by their pictures' shapes, in pages, and what one chose to see."""

from collections.abc import Iterator
from typing import Any

import pytest
from livekit import rtc
from playwright.sync_api import Browser, Page, expect

from tests.browser.crowd import Crowd, crowd
from tests.browser.visitors import JOIN_MS, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

CAMERA = rtc.TrackSource.SOURCE_CAMERA
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NARROWEST, LOWEST = 136, 96
NAMES = [f"Participant {number:02}" for number in range(1, 28)]

FITS = "(video) => getComputedStyle(video).objectFit"
FRAMES = """async () => {
  const of = {};
  for (const connection of window.connections) {
    for (const each of (await connection.getStats()).values()) {
      if (each.type === "inbound-rtp" && each.kind === "video") {
        of[each.trackIdentifier] = each.framesReceived;
      }
    }
  }
  return of;
}"""
WATCH = """
  window.connections = [];
  const Own = RTCPeerConnection;
  window.RTCPeerConnection = class extends Own {
    constructor(...all) { super(...all); window.connections.push(this); }
  };"""
SWIPE = """(element, [from, to]) => {
  const touch = (x) => new Touch({identifier: 1, target: element, clientX: x, clientY: 300});
  element.dispatchEvent(new TouchEvent("touchstart", {touches: [touch(from)], bubbles: true}));
  element.dispatchEvent(new TouchEvent("touchend", {changedTouches: [touch(to)], bubbles: true}));
}"""


def _shown(page: Page) -> list[str]:
    names = "(all) => all.map((each) => each.dataset.name)"
    shown: list[str] = page.locator(".grid-stage .tile").evaluate_all(names)
    return shown


def _page_is(page: Page, number: int, count: int) -> None:
    expect(page.get_by_text(f"Page {number} of {count}", exact=True)).to_have_count(1)


@pytest.fixture(scope="module")
def room(api: Client) -> dict[str, Any]:
    return api.create_room()


@pytest.fixture(scope="module")
def people(api: Client, room: dict[str, Any]) -> Iterator[Crowd]:
    with crowd(api, room, *NAMES) as many:
        yield many


def test_many_people_are_shown_in_pages_of_tiles_that_one_can_recognize(
    room: dict[str, Any], people: Crowd, browser: Browser
) -> None:
    with visitor(browser, "Zoe", **PHONE) as zoe:
        zoe.enter(room["publisherURL"])
        page = zoe.page
        turn = page.get_by_role("group", name="Pages")
        expect(turn).to_be_visible(timeout=JOIN_MS)
        sizes = page.locator(".tile").evaluate_all(
            "(all) => all.map((each) => [each.clientWidth, each.clientHeight])"
        )
        assert all(width >= NARROWEST and height >= LOWEST for width, height in sizes), sizes
        cut = page.locator(".tile-text").evaluate_all(
            "(all) => all.filter((each) => each.scrollWidth > each.clientWidth).length"
        )
        assert cut == 0
        assert zoe.complaints() == []

        count = -(-(len(people.people) + 1) // len(sizes))
        _page_is(page, 1, count)
        seen = set(_shown(page))
        assert "Zoe" in seen
        expect(zoe.button("Previous page")).to_be_disabled()
        zoe.button("Next page").focus()
        page.keyboard.press("Enter")
        _page_is(page, 2, count)
        seen |= set(_shown(page))
        page.keyboard.press("PageDown")
        _page_is(page, 3, count)
        seen |= set(_shown(page))
        page.locator(".grid-stage").evaluate(SWIPE, [100, 300])
        _page_is(page, 2, count)
        for number in range(3, count + 1):
            page.locator(".grid-stage").evaluate(SWIPE, [300, 100])
            _page_is(page, number, count)
            seen |= set(_shown(page))
        assert seen == {*NAMES, "Zoe"}
        expect(zoe.button("Next page")).to_be_disabled()


def test_those_who_speak_come_to_the_first_page_and_the_others_stay(
    room: dict[str, Any], people: Crowd, browser: Browser
) -> None:
    with visitor(browser, "Yan") as yan:
        yan.enter(room["viewerURL"])
        expect(yan.page.get_by_role("group", name="Pages")).to_be_visible(timeout=JOIN_MS)
        before = _shown(yan.page)
        (hidden, *_) = [name for name in reversed(NAMES) if name not in before]
        people.speak(hidden, 2)
        expect(yan.tile(hidden)).to_be_visible(timeout=JOIN_MS)
        after = _shown(yan.page)
        assert len([name for name in before if name not in after]) == 1
        moved = [
            n for n, (one, other) in enumerate(zip(before, after, strict=True)) if one != other
        ]
        assert len(moved) == 1, "the others stay where they were"
        yan.page.wait_for_timeout(500)
        assert _shown(yan.page) == after, "also when they are silent again"


def test_what_is_not_shown_is_not_received(api: Client, browser: Browser) -> None:
    room = api.create_room()
    names = [f"Person {number}" for number in range(1, 6)]
    small = {"viewport": {"width": 320, "height": 360}}
    with crowd(api, room, *names) as few, visitor(browser, "Xia", **small) as xia:
        few.film()
        xia.page.add_init_script(WATCH)
        xia.enter(room["viewerURL"])
        page = xia.page
        expect(page.get_by_role("group", name="Pages")).to_be_visible(timeout=JOIN_MS)
        for name in _shown(page):
            xia.sees_moving(name)
        many = len(_shown(page))
        assert many < len(names)
        _rest(page)
        assert _arriving(page) == many
        xia.button("Next page").click()
        for name in _shown(page):
            xia.sees_moving(name)
        rest = len(_shown(page))
        _rest(page)
        assert _arriving(page) == rest


def _rest(page: Page) -> None:
    """Wait for what was on its way: LiveKit tells the server half a second after a change."""
    page.wait_for_timeout(3000)


def _arriving(page: Page) -> int:
    """Return how many videos of others arrive at the moment."""
    before = page.evaluate(FRAMES)
    page.wait_for_timeout(2000)
    after = page.evaluate(FRAMES)
    return len([track for track, frames in after.items() if frames > before.get(track, 0) + 2])


def test_a_picture_is_cut_only_where_little_of_it_is_lost(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with crowd(api, room, "Upright", "Wide") as both, visitor(browser, "Will") as will:
        both.show("Upright", 180, 320, CAMERA)
        both.show("Wide", 320, 240, CAMERA)
        will.enter(room["viewerURL"])
        for name in ("Upright", "Wide"):
            will.sees_moving(name)
        upright, wide = (will.tile(name).locator("video") for name in ("Upright", "Wide"))
        assert upright.evaluate(FITS) == "contain"
        assert wide.evaluate(FITS) == "cover"
        will.page.set_viewport_size({"width": 390, "height": 500})
        assert wide.evaluate(FITS) == "cover", "more of a face"
        will.page.set_viewport_size({"width": 1200, "height": 900})


def test_a_second_share_is_shown_and_told_and_the_chosen_view_comes_back(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with crowd(api, room, "Ann", "Ben") as both, visitor(browser, "Vic") as vic:
        vic.enter(room["viewerURL"])
        page = vic.page
        expect(vic.tile("Ann")).to_be_visible(timeout=JOIN_MS)

        def large(name: str) -> None:
            shown = page.locator(f'.large .tile[data-name="{name}"]')
            expect(shown).to_have_attribute("data-source", "screen_share", timeout=JOIN_MS)

        def told(text: str) -> None:
            expect(page.locator(".notices [aria-live=polite]")).to_contain_text(
                text, timeout=JOIN_MS
            )

        vic.button("Show Ben large").click()
        pinned = page.locator('.large .tile[data-name="Ben"][data-source="camera"]')
        expect(pinned).to_be_visible()
        first = both.share("Ann")
        told("Ann shares their screen.")
        large("Ann")
        second = both.share("Ben")
        told("Ben shares their screen.")
        large("Ben")
        expect(
            page.locator('.strip .tile[data-name="Ann"][data-source="screen_share"]')
        ).to_be_visible()
        vic.button("Show Screen of Ann large").click()
        large("Ann")
        vic.button("Show Screen of Ben large").click()
        large("Ben")
        both.stop("Ben", second)
        told("Ben stopped sharing.")
        large("Ann")
        vic.press("Grid view")
        expect(page.locator(".grid-stage")).to_be_visible()
        both.stop("Ann", first)
        expect(pinned).to_be_visible()
        first = both.share("Ann")
        large("Ann")
        both.stop("Ann", first)
        expect(pinned).to_be_visible()
        vic.button("Show Ben large").click()
        expect(page.locator(".grid-stage")).to_be_visible()


def test_whoever_shares_does_not_see_their_own_screen_and_stops_from_the_bar(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Una") as una, visitor(browser, "Tom") as tom:
        una.enter(room["publisherURL"])
        tom.enter(room["viewerURL"])
        una.button("Share screen").click()
        expect(tom.page.locator('.tile[data-source="screen_share"] video')).to_be_visible(
            timeout=JOIN_MS
        )
        own = una.page.locator('.tile[data-source="screen_share"]')
        expect(own).to_contain_text("You are sharing your screen.")
        expect(own.locator("video")).to_have_count(0)
        expect(una.page.locator(".grid-stage")).to_be_visible()
        assert una.complaints() == []
        una.button("Stop").click()
        expect(tom.page.locator('.tile[data-source="screen_share"]')).to_have_count(
            0, timeout=JOIN_MS
        )
        expect(una.button("Share screen")).to_be_visible()
        expect(una.button("Stop")).to_have_count(0)


@pytest.mark.parametrize("has_storage", [True, False])
def test_one_hides_oneself_and_the_look_is_kept_where_it_can_be(
    api: Client, browser: Browser, has_storage: bool
) -> None:
    room = api.create_room()
    with crowd(api, room, "Sam"), visitor(browser, "Ria") as ria:
        if not has_storage:
            ria.page.add_init_script("""
              Object.defineProperty(window, "localStorage", {get() {
                throw new DOMException("denied", "SecurityError");
              }});""")
        ria.enter(room["publisherURL"])
        expect(ria.tile("Sam")).to_be_visible(timeout=JOIN_MS)
        ria.tile("Ria").hover()
        ria.button("Hide yourself from your own view").click()
        expect(ria.tile("Ria")).to_have_count(0)
        ria.press("Speaker view")
        expect(ria.page.locator(".speaker-stage")).to_be_visible()
        assert ria.complaints() == []
        ria.page.reload()
        if has_storage:
            expect(ria.button("Leave")).to_be_visible(timeout=JOIN_MS)
        else:
            ria.open(room["publisherURL"])
            ria.join()
        expect(ria.tile("Sam")).to_be_visible(timeout=JOIN_MS)
        expect(ria.page.locator(".speaker-stage")).to_have_count(1 if has_storage else 0)
        expect(ria.tile("Ria")).to_have_count(0 if has_storage else 1)
        if has_storage:
            ria.press("People")
            ria.page.locator(".people").get_by_role("button", name="Hide yourself").click()
            expect(ria.tile("Ria")).to_be_visible()
        assert not [line for line in ria.said if line.startswith("pageerror")], ria.said


def test_nobody_is_said_to_be_alone_with_somebody_who_only_watches(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada:
        ada.enter(room["publisherURL"])
        alone = ada.page.get_by_text("Nobody else is here yet.")
        expect(alone).to_be_visible()
        with visitor(browser, "Vera") as vera:
            vera.enter(room["viewerURL"])
            expect(alone).to_have_count(0)
        expect(alone).to_be_visible(timeout=JOIN_MS)
