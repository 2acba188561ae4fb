"""What happens appears in the console, and webhooks are managed there, on the real stack."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.console import LOADED_MS, admin, console_url, is_clean, row, shows
from tests.browser.visitors import Visitor
from tests.live import Client, eventually
from tests.receivers import receiver

pytestmark = pytest.mark.usefixtures("pages")

LIVE_MS = 30_000
"""A change reaches the log by a stream, and the first call of a function starts a process."""
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture(autouse=True)
def no_webhook_stays(api: Client) -> Iterator[None]:
    yield
    for each in api.call("GET", "/webhooks").body["webhooks"]:
        api.call("DELETE", f"/webhooks/{each['webhookId']}")


def event_row(somebody: Visitor, room: dict[str, Any], words: str) -> Any:
    return row(somebody, room["roomName"]).filter(has_text=words)


def test_what_happens_to_a_room_appears_while_the_page_is_open(
    api: Client, browser: Browser
) -> None:
    with admin(browser, api, "#/events") as somebody:
        shows(somebody, "Events")
        page = somebody.page
        expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=LOADED_MS)
        room = api.create_room(roomNamePrefix="newest")
        created = event_row(somebody, room, "Room created")
        expect(created).to_contain_text("API key first", timeout=LIVE_MS)
        off = {"preferences": {"chatPreferences": {"enabled": False}}}
        api.call("PUT", f"/rooms/{room['roomName']}", off)
        expect(event_row(somebody, room, "Room changed")).to_contain_text(
            "Changed: Chat", timeout=LIVE_MS
        )
        above = [
            re.split(r"[\n\t]", each)[0] for each in row(somebody, "newest-").all_inner_texts()
        ]
        assert above == ["Room changed", "Room created"]

        created.get_by_role("button", name="Details of event").click()
        details = page.locator(".event-details")
        expect(details).to_contain_text(f'"roomName": "{room["roomName"]}"')
        expect(details).not_to_contain_text("secret")
        assert somebody.complaints() == []
        is_clean(somebody)


def test_events_are_filtered_by_room_and_by_type(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="filtered")
    other = api.create_room(roomNamePrefix="not-this")
    api.call("DELETE", f"/rooms/{room['roomName']}")
    with admin(browser, api, "#/events") as somebody:
        page = somebody.page
        expect(event_row(somebody, room, "Room ended")).to_be_visible(timeout=LIVE_MS)
        expect(event_row(somebody, other, "Room created")).to_be_visible()
        page.get_by_label("Type of event").select_option("Room ended")
        expect(row(somebody, "Room created")).to_have_count(0, timeout=LOADED_MS)
        expect(event_row(somebody, room, "Room ended")).to_be_visible(timeout=LOADED_MS)
        page.get_by_role("searchbox", name="Name of a room").fill(room["roomName"])
        page.keyboard.press("Enter")
        expect(page.get_by_text("about ten seconds later")).to_be_visible(timeout=LOADED_MS)
        page.get_by_label("Filter by subject").get_by_role("link", name="All").click()
        expect(event_row(somebody, room, "Room created")).to_be_visible(timeout=LIVE_MS)
        expect(row(somebody, "not-this")).to_have_count(0)
        page.get_by_role("link", name="Recordings", exact=True).last.click()
        shown = page.get_by_role("heading", name="Nothing found")
        expect(shown).to_be_visible(timeout=LOADED_MS)
        assert somebody.complaints() == []


def invented(position: int) -> dict[str, Any]:
    return {
        "id": f"evt_{position:026}",
        "type": "room.created",
        "timestamp": "2029-01-01T12:00:00.000Z",
        "roomName": f"many-{position}",
        "position": position,
        "data": {},
    }


def test_of_a_long_log_the_newest_thousand_are_shown_and_what_expired_is_said(
    api: Client, browser: Browser
) -> None:
    """The log's 2,500 events are invented: to make them would take the stack minutes."""
    expired: list[bool] = []

    def answer(route: Route) -> None:
        asked = re.search(r"after=(\d+)", route.request.url)
        if asked and expired and int(asked[1]) == 2500:
            expired.clear()
            body: dict[str, Any] = {"code": 410, "message": "", "reason": "events_not_kept"}
            route.fulfill(status=410, json=body)
            return
        first = int(asked[1]) + 1 if asked else 1
        events = [invented(position) for position in range(first, min(first + 1000, 2501))]
        cursor = str(events[-1]["position"] if events else first - 1)
        route.fulfill(json={"events": events, "cursor": cursor})

    with admin(browser, api) as somebody:
        page: Page = somebody.page
        shows(somebody, "Rooms")
        page.route("**/api/v1/events?**", answer)
        page.get_by_role("link", name="Events").click()
        expect(page.get_by_text("newest 1,000 of 2,500 events")).to_be_visible(timeout=LOADED_MS)
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(100)
        expect(rows.first).to_contain_text("many-2500")
        somebody.button("Show more").click()
        expect(rows).to_have_count(200)
        expired.append(True)
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("Some events expired before", timeout=LOADED_MS)
        expect(rows.first).to_contain_text("many-2500")


def test_a_webhook_is_made_tested_disabled_and_deleted(api: Client, browser: Browser) -> None:
    with receiver() as endpoint, admin(browser, api, "#/webhooks") as somebody:
        page = somebody.page
        shows(somebody, "Webhooks")
        page.get_by_role("link", name="New webhook").first.click()
        shows(somebody, "New webhook")
        page.get_by_label("URL").fill("ftp://example.com")
        somebody.button("Create webhook").click()
        expect(page.get_by_label("URL")).to_have_attribute("aria-invalid", "true", timeout=LIVE_MS)
        expect(page.get_by_label("URL")).to_be_focused()
        page.get_by_label("URL").fill(endpoint.url)
        page.get_by_label("Description").fill("Billing")
        page.get_by_label("Chosen events").check()
        page.get_by_label("All about rooms").check()
        expect(page.get_by_label("Room created")).to_be_disabled()
        page.get_by_label("Recording ready").check()
        assert somebody.complaints() == []
        somebody.button("Create webhook").click()
        dialog = page.get_by_role("dialog", name="The webhook is ready")
        expect(dialog).to_contain_text(SECRET, timeout=LIVE_MS)
        secret = SECRET.search(dialog.inner_text())
        assert secret is not None
        assert somebody.complaints() == []
        page.keyboard.press("Escape")
        expect(dialog).to_be_visible()
        somebody.button("I have saved it").click()

        shows(somebody, endpoint.url.removeprefix("http://").rstrip("/"))
        expect(page.get_by_text("All about rooms, Recording ready")).to_be_visible()
        (webhook,) = api.call("GET", "/webhooks").body["webhooks"]
        assert webhook["events"] == ["room.*", "recording.ready"]
        somebody.button("Send a test").click()
        expect(page.get_by_text("The endpoint answered 204 in")).to_be_visible(timeout=LIVE_MS)
        assert [each.headers["content-type"] for each in endpoint.received] == ["application/json"]
        endpoint.answers(500)
        somebody.button("Send a test").click()
        expect(page.get_by_role("alert")).to_have_text(
            "The test failed. The endpoint answered 500", timeout=LIVE_MS
        )
        assert somebody.complaints() == []

        somebody.button("Replace the secret").click()
        page.get_by_label("In 7 days").check()
        somebody.button("Replace").click()
        replaced = page.get_by_role("dialog", name="The secret was replaced")
        expect(replaced).to_contain_text("stays valid until", timeout=LIVE_MS)
        assert secret[0] not in replaced.inner_text()
        somebody.button("I have saved it").click()
        somebody.button("Replace the secret").click()
        somebody.button("Replace").click()
        problem = page.get_by_role("dialog").get_by_role("alert")
        expect(problem).to_contain_text("The previous secret is still valid", timeout=LOADED_MS)
        somebody.button("Cancel").click()

        somebody.button("Edit").click()
        page.get_by_label("Only rooms whose names begin with").fill("team")
        somebody.button("Save").click()
        expect(page.get_by_text("Begins with team")).to_be_visible(timeout=LIVE_MS)
        somebody.button("Disable").click()
        expect(page.get_by_text("Disabled", exact=True)).to_be_visible(timeout=LOADED_MS)
        (webhook,) = api.call("GET", "/webhooks").body["webhooks"]
        assert (webhook["enabled"], webhook["description"]) == (False, "Billing")
        assert webhook["roomNamePrefix"] == "team"
        page.get_by_role("link", name="Webhooks").click()
        expect(row(somebody, "Billing")).to_contain_text("Disabled", timeout=LOADED_MS)
        expect(page.get_by_text(secret[0])).to_have_count(0)
        assert somebody.complaints() == []
        row(somebody, "Billing").get_by_role("link").click()
        somebody.button("Delete").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.get_by_role("heading", name="No webhooks yet")).to_be_visible(timeout=LIVE_MS)
        is_clean(somebody)


def test_an_endpoint_that_is_gone_is_sent_what_it_missed(api: Client, browser: Browser) -> None:
    with receiver() as endpoint:
        endpoint.answers(410)
        body = {"url": endpoint.url, "events": ["room.*"], "roomNamePrefix": "missed"}
        webhook = api.call("POST", "/webhooks", body).body
        path = f"/webhooks/{webhook['webhookId']}"

        tries = itertools.count(1)

        def is_disabled() -> bool:
            # A webhook counts for all events only after 30 seconds.
            if next(tries) % 20 == 1:
                api.create_room(roomNamePrefix="missed")
            return not api.call("GET", path).body["enabled"]

        eventually(is_disabled, 90, "an answer of 410 disables the webhook")
        endpoint.answers(204)
        endpoint.received.clear()
        room = api.create_room(roomNamePrefix="missed")["roomName"]
        with admin(browser, api, f"#{path}") as somebody:
            page = somebody.page
            banner = page.get_by_role("alert")
            expect(banner).to_contain_text("The endpoint answered 410", timeout=LOADED_MS)
            assert somebody.complaints() == []
            eventually(
                lambda: room in api.call("GET", "/events?types=room.*&maxItems=1000").data.decode(),
                30,
                "it is in the log",
            )
            somebody.button("Enable and send what it missed").click()
            expect(page.get_by_text("sent again")).to_be_visible(timeout=LIVE_MS)
            expect(page.get_by_text("Enabled", exact=True)).to_be_visible()
        eventually(
            lambda: any(room in each.body.decode() for each in list(endpoint.received)),
            60,
            "the receiver gets what it missed",
        )


def test_deliveries_that_were_given_up_are_sent_again(api: Client, browser: Browser) -> None:
    """Giving up takes a day, so the list is invented; what the button asks for is the API's."""
    with receiver() as endpoint, admin(browser, api) as somebody:
        webhook = api.call("POST", "/webhooks", {"url": endpoint.url}).body
        path = f"/webhooks/{webhook['webhookId']}"
        room = api.create_room(roomNamePrefix="again")["roomName"]

        def logged() -> Any:
            events = api.call("GET", "/events?types=room.created&maxItems=1000").body["events"]
            return next((each for each in events if each["roomName"] == room), None)

        eventually(logged, 30, "it is in the log")
        event = logged()
        delivery = {
            "eventId": event["id"],
            "type": event["type"],
            "roomName": room,
            "position": event["position"],
            "status": "failed",
            "attempts": 11,
            "lastAttemptAt": 1_861_920_000_000,
            "lastResult": "The endpoint answered 500",
        }
        waiting = delivery | {"eventId": "evt_2", "status": "waiting", "attempts": 2}
        page = somebody.page
        page.route("**/deliveries?**", lambda route: route.fulfill(json=[waiting, delivery]))
        somebody.open(console_url(api, f"#{path}"))
        failed = row(somebody, "Given up")
        expect(failed).to_contain_text("The endpoint answered 500", timeout=LOADED_MS)
        expect(row(somebody, "Waiting")).to_contain_text("when it answers again")
        assert somebody.complaints() == []
        failed.get_by_role("button", name="Send again").click()
        expect(page.get_by_text("1 event is being sent again.")).to_be_visible(timeout=LIVE_MS)
        eventually(lambda: event["id"] in endpoint.ids, 60, "it is sent again")
