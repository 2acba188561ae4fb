"""Every page but the meeting itself, in windows of every size: no control is out of reach.

The meeting, whose controls depend on the role, is in test_layouts.
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from meet import clock
from meet.clock import DAY
from tests.browser.console import LOADED_MS, admin, console_url, failed_recording
from tests.browser.films import filmed, share
from tests.browser.test_languages import CONSOLE_PAGES
from tests.browser.test_layouts import SCREENS, SCROLLS, SETTLED, ZOOMED
from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client, warm

pytestmark = pytest.mark.usefixtures("pages")

STARTED = 1_795_352_400_000  # 2026-11-22T13:00 UTC
LOOKS: dict[str, tuple[dict[str, Any], dict[str, tuple[int, int]]]] = {
    "as it is": ({}, SCREENS),
    "at 200 %": (ZOOMED, {"laptop at 200 %": (640, 360)}),
}
RECORDINGS = ("#/recordings/{failed}", "#/recordings/{filmed}", "#/recordings?deleted=true")

OUT_OF_REACH = """() => {
  const kinds = "a[href], button, input, select, textarea, summary, video[controls]";
  const all = [...document.querySelectorAll(kinds)]
    .filter((each) => each.checkVisibility({visibilityProperty: true}))
    .filter((each) => each.getBoundingClientRect().width > 1 && !each.closest(".visually-hidden"));
  const called = (each) => each.getAttribute("aria-label") || each.innerText || each.outerHTML;
  const isAside = (each) => {
    const {left, right} = each.getBoundingClientRect();
    return left < -0.5 || right > innerWidth + 0.5;
  };
  const isCovered = (each) => {
    each.scrollIntoView({block: "center", behavior: "instant"});
    const {left, right, top, bottom} = each.getBoundingClientRect();
    const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const is = (one, other) => one?.contains(other) || other?.contains(one);
    return !is(each, found) && !is(each.closest("label"), found);
  };
  const aside = all.filter(isAside).map((each) => `aside: ${called(each)}`);
  return [...aside, ...all.filter(isCovered).map((each) => `covered: ${called(each)}`)];
}"""
"""What can be pressed or filled in, but only after scrolling sideways, or lies under something."""


def fits(somebody: Visitor, sizes: dict[str, tuple[int, int]], page: str) -> None:
    """Look at the page in windows of these sizes."""
    for name, (width, height) in sizes.items():
        somebody.page.set_viewport_size({"width": width, "height": height})
        somebody.page.evaluate(SETTLED)
        assert not somebody.page.evaluate(SCROLLS), f"{page} on a {name}"
        assert somebody.page.evaluate(OUT_OF_REACH) == [], f"{page} on a {name}"


@pytest.fixture(scope="module")
def recording(api: Client, tmp_path_factory: pytest.TempPathFactory) -> str:
    warm(api, "CreateRecordingLink", "OpenRecordingLink", "GetRecordingLinkStream")
    return filmed(api, tmp_path_factory.mktemp("sizes"), STARTED)


@pytest.mark.every_browser
@pytest.mark.parametrize("look", LOOKS)
def test_the_way_into_a_meeting_fits_and_so_does_its_end(
    api: Client, browser: Browser, look: str
) -> None:
    options, sizes = LOOKS[look]
    room = api.create_room(
        roomNamePrefix="A-room-with-quite-a-long-name-for-small-phones", lobby={"enabled": True}
    )
    with visitor(browser, "Ada", **options) as ada:
        for role, enters in (
            ("moderator", "Join"),
            ("viewer", "Ask to join"),
            ("publisher", "Ask to join"),
        ):
            ada.open(room[f"{role}URL"])
            expect(ada.button(enters)).to_be_visible(timeout=JOIN_MS)
            fits(ada, sizes, f"the {role}'s door")
        ada.page.get_by_label("Your name").fill("Ada")
        ada.button("Ask to join").click()
        ada.ends_with("Waiting to be let in")
        fits(ada, sizes, "the waiting page")
        ada.open(room["publisherURL"] + "x")
        ada.ends_with("This link does not work")
        fits(ada, sizes, "the end")


@pytest.mark.every_browser
def test_a_laptop_shows_the_door_without_scrolling(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="A-room-with-quite-a-long-name-for-small-phones")
    laptop = {"viewport": {"width": 1280, "height": 720}}
    with visitor(browser, "Ada", **laptop) as ada:
        ada.open(room["moderatorURL"])
        ada.at_the_door()
        for device in ("Microphone", "Camera"):
            expect(ada.page.get_by_role("combobox", name=device)).to_be_enabled(timeout=JOIN_MS)
        ada.page.evaluate(SETTLED)
        height, seen = ada.page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
        assert height <= seen


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_of_the_console_fits(
    api: Client, browser: Browser, recording: str, look: str
) -> None:
    options, sizes = LOOKS[look]
    room = api.create_room(lobby={"enabled": True}, maxParticipants=1000)["roomName"]
    failed = failed_recording(api, room, "The recorder failed.")
    now = clock.now()
    failed_recording(api, room, "In the trash.", deleted=now, restorable_until=now + DAY)
    share(api, recording)
    with visitor(browser, "anyone", **options) as stranger:
        stranger.open(console_url(api))
        expect(stranger.button("Log in")).to_be_visible(timeout=LOADED_MS)
        fits(stranger, sizes, "the log-in")
    with admin(browser, api, **options) as somebody:
        page = somebody.page
        for each in (*CONSOLE_PAGES, *RECORDINGS):
            path = each.format(room=room, failed=failed, filmed=recording)
            somebody.open(console_url(api, path))
            expect(page.locator("main h1")).to_be_visible(timeout=LOADED_MS)
            expect(page.locator(".late, .skeleton")).to_have_count(0, timeout=LOADED_MS)
            fits(somebody, sizes, path)


@pytest.mark.every_browser
@pytest.mark.parametrize("look", LOOKS)
def test_a_shared_recording_fits(api: Client, browser: Browser, recording: str, look: str) -> None:
    options, sizes = LOOKS[look]
    link = share(api, recording, download=True)
    with visitor(browser, "anyone", **options) as somebody:
        somebody.open(link["url"])
        expect(somebody.page.locator("video")).to_be_visible(timeout=LOADED_MS)
        fits(somebody, sizes, "the share page")
