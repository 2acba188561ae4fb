"""Takes pictures of the console in light, dark, on a tablet and a phone (make pictures)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from meet.clock import DAY, HOUR, MINUTE
from tests.browser.console import (
    LOADED_MS,
    admin,
    console_url,
    failed_recording,
    row,
    sees_the_reference,
    shows,
)
from tests.browser.films import MOVED, share
from tests.browser.pictures import LOOKS
from tests.browser.test_console_trash import thrown_away, with_trash
from tests.browser.visitors import Visitor, picture, visitor
from tests.documents import place_for
from tests.live import Client
from tests.stack.test_recordings import film_for, meeting, reaches, start

pytestmark = pytest.mark.usefixtures("pages")

COLOURS = {
    "Ada Lovelace": (112, 140, 112),
    "Grace Hopper": (150, 104, 150),
    "Hedy Lamarr": (128, 120, 160),
    "Alan Turing": (92, 148, 122),
}


@dataclass(frozen=True)
class Work:
    """What there is to see: rooms, one of them recorded right now, and recordings."""

    room: dict[str, Any]
    filmed: str
    held: str
    link: str
    """To watch what was filmed."""


def record(api: Client, room: dict[str, Any], seconds: float) -> str:
    path = start(api, room)
    film_for(seconds)
    api.call("PUT", path)
    return str(reaches(api, path, "READY", 15)["id"])


@pytest.fixture(scope="module")
def work(api: Client) -> Iterator[Work]:
    off = {"enabled": False}
    api.create_room(roomNamePrefix="all-hands", lifetime=30 * DAY, maxParticipants=1000)
    api.create_room(
        roomNamePrefix="interview",
        lifetime=7 * DAY,
        maxParticipants=3,
        preferences={"recordingPreferences": off, "chatPreferences": off},
    )
    critique = api.create_room(roomNamePrefix="design-critique", lifetime=DAY + 2 * HOUR)
    api.create_room(roomNamePrefix="support", lifetime=9 * MINUTE, maxParticipants=2)
    api.create_room(roomNamePrefix="", lifetime=5 * DAY)
    room = api.create_room(roomNamePrefix="weekly-review", lifetime=3 * HOUR, maxParticipants=12)
    people: dict[str, dict[str, Any]] = {
        name: {"publish": ["camera"], "colour": colour} for name, colour in COLOURS.items()
    }
    failed_recording(api, critique["roomName"], "LiveKit did not start the recording.")
    thrown_away(api, critique["roomName"], "The recorder was not in the meeting.")
    with meeting(api, room, **people):
        held, filmed = (record(api, room, seconds) for seconds in (5, 14))
        hold = {"reason": "Case 4711, asked for by the works council"}
        assert api.call("PUT", f"/recordings/{held}/hold", hold).status == 200
        share(api, filmed, 30 * DAY, maxViews=20)
        link = share(api, filmed, 7 * DAY, download=True)
        start(api, room)
        yield Work(room, filmed, held, link["url"])


def photograph(somebody: Visitor, name: str) -> None:
    somebody.page.mouse.move(0, 0)
    somebody.page.evaluate("window.scrollTo(0, 0)")
    expect(somebody.page.locator(".toast")).to_have_count(0, timeout=LOADED_MS)
    expect(somebody.page.locator(".late, .skeleton")).to_have_count(0, timeout=LOADED_MS)
    picture(somebody.page, place_for(f"console-{name}.png"))


@pytest.mark.parametrize("look", LOOKS)
def test_take_the_consoles_pictures(api: Client, browser: Browser, work: Work, look: str) -> None:
    def take(somebody: Visitor, name: str) -> None:
        photograph(somebody, f"{name}-{look}")

    with visitor(browser, "admin", **LOOKS[look]) as stranger:
        stranger.open(console_url(api))
        expect(stranger.button("Log in")).to_be_visible(timeout=LOADED_MS)
        take(stranger, "login")
    with admin(browser, api, **LOOKS[look]) as somebody:
        page = somebody.page
        expect(row(somebody, work.room["roomName"])).to_be_visible(timeout=LOADED_MS)
        take(somebody, "rooms")
        page.get_by_role("link", name="New room").click()
        shows(somebody, "New room")
        page.get_by_label("Name", exact=True).fill("Quarterly planning")
        page.get_by_label("1 week").check()
        page.get_by_label("Participant limit").fill("25")
        page.get_by_role("switch", name="Virtual background").click()
        take(somebody, "new-room")
        somebody.open(console_url(api, f"#/rooms/{work.room['roomName']}"))
        expect(row(somebody, "Ready")).to_have_count(2, timeout=LOADED_MS)
        take(somebody, "room")
        somebody.button("Show QR code of the Publisher link").click()
        take(somebody, "qr")
        somebody.button("Close").click()
        somebody.open(console_url(api, "#/recordings"))
        expect(row(somebody, "Ready")).to_have_count(2, timeout=LOADED_MS)
        take(somebody, "recordings")
        somebody.open(console_url(api, f"#/recordings/{work.filmed}"))
        video = page.locator("video")
        expect(video).to_be_visible(timeout=LOADED_MS)
        video.evaluate(
            "player => new Promise((done) => {"
            " player.addEventListener('seeked', done, {once: true}); player.currentTime = 8; })"
        )
        take(somebody, "recording")
        for region in ("Share links", "Timeline"):
            page.get_by_role("region", name=region).scroll_into_view_if_needed()
            name = region.lower().replace(" ", "-")
            picture(page, place_for(f"console-{name}-{look}.png"))
        somebody.open(console_url(api, f"#/recordings/{work.held}"))
        expect(somebody.button("Lift hold")).to_be_visible(timeout=LOADED_MS)
        take(somebody, "held")
        somebody.open(console_url(api, "#/recordings?deleted=true"))
        with_trash(somebody, 7)
        expect(row(somebody, "design-critique")).to_be_visible(timeout=LOADED_MS)
        take(somebody, "trash")
        somebody.open(console_url(api, "#/api"))
        sees_the_reference(somebody, api)
        take(somebody, "api")
    with visitor(browser, "anyone", **LOOKS[look]) as somebody:
        somebody.open(work.link)
        video = somebody.page.locator("video")  # it loads nothing before somebody plays it
        video.evaluate("player => { player.muted = true; player.play() }", timeout=LOADED_MS)
        somebody.page.wait_for_function(MOVED, timeout=LOADED_MS)
        video.evaluate("player => player.pause()")
        picture(somebody.page, place_for(f"share-page-{look}.png"))
