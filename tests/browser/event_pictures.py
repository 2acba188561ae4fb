"""Takes pictures of the console's pages about events and webhooks (make pictures)."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from meet import clock
from meet.clock import DAY, HOUR, MINUTE, Milliseconds
from meet.events.model import iso
from tests.browser.console import LOADED_MS, admin, console_url, row, shows
from tests.browser.console_pictures import photograph
from tests.browser.pictures import LOOKS
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")


def answers(page: Page, pattern: str, body: Any) -> None:
    """Answer the page's requests in place of the API."""
    page.route(pattern, lambda route: route.fulfill(json=body))


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
    answers(page, "**/api/v1/webhooks", {"webhooks": [working, failing, gone]})
    for each in (failing, gone):
        answers(page, f"**/api/v1/webhooks/{each['webhookId']}", each)
    answers(page, "**/deliveries?**", [delivery, given_up])
    return str(failing["webhookId"])


def has_events(page: Page) -> None:
    """Invent a log of a meeting with a recording: to hold one takes the stack a minute."""
    began = clock.now() - HOUR
    name = "weekly-review-7yj8dfcycq1n0gr"
    ada = {"participantName": "Ada Lovelace", "role": "moderator", "roomName": name}
    alan = {"participantName": "Alan Turing", "role": "publisher", "roomName": name}
    key = {"type": "apiKey", "name": "first"}
    moderator = {"type": "moderator", "name": "Ada Lovelace"}
    facts: list[tuple[str, str, dict[str, Any] | None, dict[str, Any]]] = [
        ("room.created", "all-hands-k3v9x0q2m7t1c8z", key, {}),
        ("room.expired", "b1k2x0q2m7t1c8z", {"type": "system", "name": "expiry"}, {}),
        ("room.created", name, {"type": "console"}, {}),
        (
            "room.updated",
            name,
            {"type": "console"},
            {"changed": ["preferences.chatPreferences.enabled", "maxParticipants"]},
        ),
        ("meeting.started", name, None, {}),
        ("participant.joined", name, None, ada),
        ("participant.joined", name, None, alan),
        ("recording.started", name, moderator, {}),
        ("participant.left", name, None, alan | {"duration": 312, "reason": "connectionLost"}),
        ("recording.updated", name, moderator, {"status": "STOPPING"}),
        (
            "recording.ready",
            name,
            None,
            {"id": "rec_01M8AGCS9ESW1ECXJYMPKH8EWB", "duration": 754.2, "size": 48_211_000},
        ),
        ("participant.left", name, None, ada | {"duration": 1802, "reason": "left"}),
        ("meeting.ended", name, None, {"duration": 1803, "participants": 2, "reason": "empty"}),
    ]
    events = [
        {
            "id": f"evt_{position:026}",
            "type": kind,
            "timestamp": iso(Milliseconds(began + (position - 4700) * 3 * MINUTE)),
            "roomName": room,
            "position": position,
            **({"actor": actor} if actor else {}),
            "data": data,
        }
        for position, (kind, room, actor, data) in enumerate(facts, 4700)
    ]

    def answer(route: Route) -> None:
        is_first = "after=" not in route.request.url
        route.fulfill(json={"events": events if is_first else [], "cursor": "4713"})

    page.route("**/api/v1/events?**", answer)


@pytest.mark.parametrize("look", LOOKS)
def test_take_pictures_of_events_and_webhooks(api: Client, browser: Browser, look: str) -> None:
    with admin(browser, api, **LOOKS[look]) as somebody:
        page = somebody.page
        has_events(page)
        somebody.open(console_url(api, "#/events"))

        def take(name: str) -> None:
            photograph(somebody, f"{name}-{look}")

        expect(row(somebody, "Recording ready")).to_be_visible(timeout=LOADED_MS)
        take("events")
        row(somebody, "Recording ready").get_by_role("button").click()
        take("event-details")
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
        page.get_by_label("All about rooms").check()
        page.get_by_label("Recording ready").check()
        take("new-webhook")
