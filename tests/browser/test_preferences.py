"""What a room does not allow is neither offered nor done."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitors import visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

OFF = {"enabled": False}


def test_what_the_room_does_not_allow_is_not_offered(api: Client, browser: Browser) -> None:
    room = api.create_room(
        preferences={
            "chatPreferences": OFF,
            "recordingPreferences": OFF,
            "virtualBackgroundPreferences": OFF,
        }
    )
    with visitor(browser, "Ada") as ada:
        ada.page.add_init_script("localStorage.setItem('meet.background', 'blur')")
        ada.open(room["moderatorURL"])
        ada.at_the_door()
        expect(ada.page.get_by_text("No chat")).to_be_visible()
        expect(ada.page.get_by_role("radio")).to_have_count(0)
        ada.join()
        expect(ada.button("Turn camera off")).to_be_visible()
        for name in ("Chat", "Record", "Background"):
            expect(ada.button(name)).to_have_count(0)
        assert not [each for each in ada.requests if "segmenter" in each.url], "as chosen before"
        ada.button("Leave").click()
        ada.ends_with("You left the meeting")


def test_a_recording_that_the_room_does_not_allow_is_refused_to_its_moderator(
    api: Client,
) -> None:
    room = api.create_room(preferences={"recordingPreferences": OFF})
    bearer = {"Authorization": f"Bearer {api.token(room, 'Ada', 'moderator').body['apiToken']}"}
    body = {"roomName": room["roomName"]}
    assert api.call("POST", "/recordings", body, key=None, headers=bearer).status == 403
