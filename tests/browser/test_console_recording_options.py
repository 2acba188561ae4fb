"""How a room is recorded, in the console's forms, in a real browser on the real stack."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.console import LOADED_MS, admin, is_clean, shows
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")


def test_a_room_is_made_with_its_recording_options_which_can_be_changed_and_taken_back(
    api: Client, browser: Browser
) -> None:
    with admin(browser, api, "#/rooms/new") as somebody:
        page = somebody.page
        page.get_by_label("Name", exact=True).fill("options")
        page.get_by_text("More settings").click()
        page.get_by_label("Begin recording automatically").select_option("When a moderator joins")
        page.get_by_label("Picture").select_option("H264_1080P_30")
        page.get_by_label("Layout").select_option("Speaker alone")
        days = page.get_by_label("Days to keep recordings")
        days.fill("4000")
        assert somebody.complaints() == []
        somebody.button("Create room").click()
        expect(days).to_be_focused(timeout=LOADED_MS)
        expect(page.get_by_text("Enter at most 3,650.")).to_be_visible()
        days.fill("30")
        somebody.button("Create room").click()
        name = shows(somebody, "options-").inner_text()

        def preferences() -> object:
            room = api.call("GET", f"/rooms/{name}").body
            return room["preferences"]["recordingPreferences"]

        assert preferences() == {
            "enabled": True,
            "layout": "single-speaker",
            "encoding": "H264_1080P_30",
            "retentionDays": 30,
            "autoStart": "when_moderator_joins",
        }
        somebody.button("Edit").click()
        expect(days).to_have_value("30")
        expect(page.get_by_label("Layout")).to_have_value("single-speaker")
        page.get_by_label("Picture").select_option("Sound only")
        expect(page.get_by_label("Layout")).to_have_count(0)
        page.get_by_label("Begin recording automatically").select_option("Never")
        days.fill("")
        assert somebody.complaints() == []
        somebody.button("Save changes").click()
        expect(page.locator(".toast").last).to_have_text("Saved.", timeout=LOADED_MS)
        assert preferences() == {"enabled": True, "audioOnly": True}
        is_clean(somebody)
