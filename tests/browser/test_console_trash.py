"""The trash of the console, in a real browser on the real stack."""

import pytest
from playwright.sync_api import Browser, Route, expect

from meet import clock
from meet.clock import DAY, HOUR
from tests.browser.console import LOADED_MS, admin, failed_recording, is_clean, row, shows
from tests.browser.visitors import Visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")


def with_trash(somebody: Visitor, days: int) -> None:
    """Let the page believe that deleting can be undone; the stack itself deletes at once."""

    def answer(route: Route) -> None:
        reply = route.fetch()
        route.fulfill(response=reply, json=reply.json() | {"trashDays": days})

    somebody.page.route("**/meet/console/session", answer)
    somebody.page.reload()


def thrown_away(api: Client, room: str, error: str) -> str:
    now = clock.now()
    return failed_recording(api, room, error, deleted=now - HOUR, restorable_until=now + 3 * DAY)


def test_what_is_in_the_trash_is_restored_alone_or_with_others(
    api: Client, browser: Browser
) -> None:
    room = api.create_room(roomNamePrefix="thrown")["roomName"]
    ids = [thrown_away(api, room, f"Reason {number}.") for number in range(3)]
    with admin(browser, api, f"#/recordings?room={room}") as somebody:
        page = somebody.page
        expect(page.get_by_role("heading", name="Nothing found")).to_be_visible(timeout=LOADED_MS)
        page.get_by_role("link", name="Trash").click()
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(3, timeout=LOADED_MS)
        assert somebody.complaints() == []
        row(somebody, "Reason 1.").get_by_role("button", name=f"Restore {room}").click()
        toast = page.locator(".toast")
        expect(toast).to_have_text("The recording was restored.", timeout=LOADED_MS)
        expect(rows).to_have_count(2)
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        found = [api.call("GET", f"/recordings/{each}").status for each in ids]
        assert found == [404, 200, 404]

        page.get_by_role("checkbox", name="Select all recordings in the trash").check()
        somebody.button("Restore 2").click()
        expect(toast.last).to_have_text("2 recordings were restored.", timeout=LOADED_MS)
        expect(page.get_by_role("heading", name="Nothing found")).to_be_visible(timeout=LOADED_MS)
        page.get_by_role("link", name="Failed", exact=True).click()
        expect(rows).to_have_count(3, timeout=LOADED_MS)
        is_clean(somebody)


def test_one_that_is_gone_meanwhile_is_taken_from_the_list_with_a_reason(
    api: Client, browser: Browser
) -> None:
    room = api.create_room(roomNamePrefix="raced")["roomName"]
    thrown_away(api, room, "Too late.")
    with admin(browser, api, f"#/recordings?deleted=true&room={room}") as somebody:
        page = somebody.page
        expect(row(somebody, "Too late.")).to_be_visible(timeout=LOADED_MS)
        gone = {"code": 404, "message": "Recording not found", "reason": "recording_not_found"}
        page.route("**/restore", lambda route: route.fulfill(status=404, json=gone))
        page.route("**/recordings?**", lambda route: route.fulfill(json=[]))
        row(somebody, "Too late.").get_by_role("button", name="Restore").click()
        expect(page.locator(".toast")).to_have_text(
            "This recording no longer exists.", timeout=LOADED_MS
        )
        expect(page.get_by_role("heading", name="Nothing found")).to_be_visible(timeout=LOADED_MS)


def test_the_question_says_whether_deleting_can_be_undone(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="undone")["roomName"]
    failed_recording(api, room, "It failed.")
    with admin(browser, api, f"#/recordings?room={room}") as somebody:
        page = somebody.page
        dialog = page.get_by_role("dialog", name="Delete this recording?")
        row(somebody, room).get_by_role("button", name="Delete").click(timeout=LOADED_MS)
        expect(dialog).to_contain_text("will be deleted for good")
        expect(dialog).not_to_contain_text("trash")
        with_trash(somebody, days=7)
        row(somebody, room).get_by_role("button", name="Delete").click(timeout=LOADED_MS)
        expect(dialog).to_contain_text("can be restored from the trash for up to 7 days")
        dialog.get_by_role("button", name="Cancel").click()
        page.route("**/recordings?**", lambda route: route.fulfill(json=[]))
        page.goto(page.url.split("#")[0] + "#/recordings?deleted=true")
        shows(somebody, "Recordings")
        expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
        expect(page.get_by_text("stay here for up to 7 days")).to_be_visible()
