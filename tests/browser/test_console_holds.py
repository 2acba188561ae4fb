"""Holds of recordings in the console, in a real browser on the real stack."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.console import LOADED_MS, admin, console_url, failed_recording, is_clean, row
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")


def test_a_held_recording_says_why_and_cannot_be_deleted_until_the_hold_is_lifted(
    api: Client, browser: Browser
) -> None:
    room = api.create_room(roomNamePrefix="held")["roomName"]
    held = failed_recording(api, room, "It failed.")
    with admin(browser, api, f"#/recordings/{held}") as somebody:
        page = somebody.page
        hold = page.get_by_role("button", name="Hold", exact=True)
        expect(hold).to_be_visible(timeout=LOADED_MS)
        hold.click()
        dialog = page.get_by_role("dialog", name="Hold this recording?")
        reason = dialog.get_by_label("Reason")
        expect(reason).to_be_focused()
        dialog.get_by_role("button", name="Hold", exact=True).click()
        expect(dialog.get_by_text("Enter a reason of 1 to 500 characters.")).to_be_visible()
        assert somebody.complaints() == []
        reason.fill("Case 4711")
        dialog.get_by_role("button", name="Hold", exact=True).click()
        mark = page.get_by_text("so it cannot be deleted. Reason: Case 4711")
        expect(mark).to_be_visible(timeout=LOADED_MS)
        expect(page.get_by_role("button", name="Delete")).to_have_count(0)
        assert somebody.complaints() == []
        assert api.call("GET", f"/recordings/{held}").body["hold"]["reason"] == "Case 4711"
        assert api.call("DELETE", f"/recordings/{held}").status == 409

        somebody.open(console_url(api, f"#/recordings?room={room}"))
        expect(row(somebody, room)).to_contain_text("Held: Case 4711", timeout=LOADED_MS)
        expect(row(somebody, room).get_by_role("checkbox")).to_be_disabled()
        expect(row(somebody, room).get_by_role("button", name="Delete")).to_have_count(0)
        row(somebody, room).get_by_role("link").first.click()

        somebody.button("Lift hold").click()
        question = page.get_by_role("dialog", name="Lift the hold?")
        expect(question).to_contain_text("can be deleted again")
        question.get_by_role("button", name="Lift hold").click()
        expect(mark).to_have_count(0, timeout=LOADED_MS)
        expect(page.get_by_role("button", name="Delete")).to_be_visible()
        assert "hold" not in api.call("GET", f"/recordings/{held}").body
        is_clean(somebody)


def test_one_that_is_held_meanwhile_is_refused_with_the_reason(
    api: Client, browser: Browser
) -> None:
    room = api.create_room(roomNamePrefix="held")["roomName"]
    held = failed_recording(api, room, "It failed.")
    with admin(browser, api, f"#/recordings?room={room}") as somebody:
        row(somebody, room).get_by_role("button", name="Delete").click(timeout=LOADED_MS)
        assert api.call("PUT", f"/recordings/{held}/hold", {"reason": "Now"}).status == 200
        dialog = somebody.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Delete", exact=True).click()
        expect(dialog.get_by_role("alert")).to_have_text(
            "This recording is held and cannot be deleted. Lift the hold first.", timeout=LOADED_MS
        )
    assert api.call("DELETE", f"/recordings/{held}/hold").status == 204
