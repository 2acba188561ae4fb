"""Takes pictures of the console in light, dark and on a phone (make pictures)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from meet import clock
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
from tests.browser.pictures import LOOKS
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
    with meeting(api, room, **people):
        _, filmed = (record(api, room, seconds) for seconds in (5, 14))
        start(api, room)
        yield Work(room, filmed)


def photograph(somebody: Visitor, name: str) -> None:
    somebody.page.mouse.move(0, 0)
    somebody.page.evaluate("window.scrollTo(0, 0)")
    expect(somebody.page.locator(".toast")).to_have_count(0, timeout=LOADED_MS)
    picture(somebody.page, place_for(f"console-{name}.png"))


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
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
        somebody.open(console_url(api, "#/api"))
        sees_the_reference(somebody, api)
        take(somebody, "api")


TABLET = {"color_scheme": "light", "viewport": {"width": 834, "height": 1112}}
EVENT_LOOKS: dict[str, dict[str, Any]] = LOOKS | {"tablet": TABLET}


def has_webhooks(page: Page) -> str:
    """Invent webhooks in states that take a day to come about; return the id of a failing one."""
    now = clock.now()
    working = {
        "webhookId": "wh-k3v9x0q2m7t1c8z",
        "url": "https://example.com/webhooks/meet",
        "enabled": True,
        "format": "standard",
        "description": "Billing",
        "creationDate": now - 30 * DAY,
    }
    failing = working | {
        "webhookId": "wh-aaaaabbbbbccccc",
        "url": "https://calendar.example.com/hooks/meetings/2f7d?source=meet",
        "events": ["meeting.*", "participant.joined", "participant.left"],
        "roomNamePrefix": "support",
        "description": "Calendar",
        "failingSince": now - 3 * HOUR,
    }
    gone = working | {
        "webhookId": "wh-dddddeeeeefffff",
        "url": "https://crm.example.com/openvidu",
        "format": "openvidu",
        "events": ["recordingEnded"],
        "description": "Our old receiver",
        "enabled": False,
        "disabledReason": "The endpoint answered 410",
        "disabledAt": now - 2 * DAY,
    }
    delivery = {
        "eventId": "evt_5f0c1m8q0v6w3e7t2k9n4b8x1z",
        "type": "meeting.ended",
        "roomName": "support-7yj8dfcycq1n0gr",
        "position": 4711,
        "status": "waiting",
        "attempts": 6,
        "lastAttemptAt": now - 10 * MINUTE,
        "lastResult": "The endpoint did not answer in 15 s",
        "nextAttemptAt": now + 50 * MINUTE,
    }
    given_up = delivery | {
        "eventId": "evt_6f0c1m8q0v6w3e7t2k9n4b8x1z",
        "type": "participant.joined",
        "position": 4498,
        "status": "failed",
        "attempts": 11,
        "lastResult": "The endpoint answered 500",
    }
    page.route(
        "**/api/v1/webhooks",
        lambda route: route.fulfill(json={"webhooks": [working, failing, gone]}),
    )
    for each in (failing, gone):
        page.route(
            f"**/api/v1/webhooks/{each['webhookId']}",
            lambda route, each=each: route.fulfill(json=each),
        )
    page.route("**/deliveries?**", lambda route: route.fulfill(json=[delivery, given_up]))
    return str(failing["webhookId"])


@pytest.mark.parametrize("look", EVENT_LOOKS)
def test_take_pictures_of_events_and_webhooks(
    api: Client, browser: Browser, work: Work, look: str
) -> None:
    with admin(browser, api, "#/events", **EVENT_LOOKS[look]) as somebody:
        page = somebody.page

        def take(name: str) -> None:
            photograph(somebody, f"{name}-{look}")

        expect(row(somebody, "Recording ready")).to_have_count(2, timeout=LOADED_MS)
        take("events")
        row(somebody, "Recording ready").first.get_by_role("button").click()
        take("event-details")
        somebody.open(
            console_url(api, f"#/events?types=participant.*&room={work.room['roomName']}")
        )
        expect(row(somebody, "Ada Lovelace")).to_be_visible(timeout=2 * LOADED_MS)
        take("events-of-a-room")
        failing = has_webhooks(page)
        somebody.open(console_url(api, "#/webhooks"))
        expect(row(somebody, "Billing")).to_be_visible(timeout=LOADED_MS)
        take("webhooks")
        somebody.open(console_url(api, f"#/webhooks/{failing}"))
        expect(row(somebody, "Given up")).to_be_visible(timeout=LOADED_MS)
        take("webhook")
        somebody.button("Replace the secret").click()
        take("secret")
        somebody.button("Cancel").click()
        somebody.open(console_url(api, "#/webhooks/wh-dddddeeeeefffff"))
        expect(page.get_by_role("alert")).to_be_visible(timeout=LOADED_MS)
        take("webhook-disabled")
        somebody.open(console_url(api, "#/webhooks/new"))
        shows(somebody, "New webhook")
        page.get_by_label("URL").fill("https://example.com/webhooks/meet")
        page.get_by_label("Chosen events").check()
        page.get_by_label("All about Rooms").check()
        page.get_by_label("Recording ready").check()
        take("new-webhook")
