"""What moderators do in the meeting, and what those see about whom they do it."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from tests.browser.outages import cut_off, watch_sockets
from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client, warm

pytestmark = pytest.mark.usefixtures("pages")

SOON_MS = 2000
CUT_MS = 5000
REMEMBER_SCREEN = """() => {
  const media = navigator.mediaDevices, real = media.getDisplayMedia.bind(media);
  media.getDisplayMedia = async (wanted) => window.shared = await real(wanted);
}"""
END_SCREEN = """() => window.shared.getTracks().forEach((track) => {
  track.stop();
  track.dispatchEvent(new Event("ended"));
})"""
"""As the browser's own bar does."""
OPERATIONS = ("UpdateParticipantRole", "MuteParticipant", "MuteParticipants", "LockMeeting")


@dataclass
class Meeting:
    """A moderator, a publisher and a viewer."""

    api: Client
    room: dict[str, Any]
    mona: Visitor
    ada: Visitor
    vera: Visitor

    def put(self, name: str, what: str, body: dict[str, Any]) -> None:
        """Change something about a participant with the API key."""
        path = f"/meetings/{self.room['roomName']}/participants"
        people = self.api.call("GET", path).body["participants"]
        (identity,) = [
            each["participantIdentity"] for each in people if each["participantName"] == name
        ]
        answer = self.api.call("PUT", f"{path}/{identity}/{what}", body)
        assert answer.status == 200, answer


@pytest.fixture
def meeting(api: Client, browser: Browser) -> Iterator[Meeting]:
    warm(api, *OPERATIONS)
    room = api.create_room()
    with ExitStack() as stack:
        mona, ada, vera = (
            stack.enter_context(visitor(browser, name)) for name in ("Mona", "Ada", "Vera")
        )
        mona.enter(room["moderatorURL"])
        ada.enter(room["publisherURL"])
        expect(ada.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)
        vera.enter(room["viewerURL"])
        yield Meeting(api, room, mona, ada, vera)


def _told(page: Page, sentence: str) -> None:
    expect(page.locator(".notice").get_by_text(sentence)).to_be_visible(timeout=SOON_MS)


def test_a_changed_role_changes_the_page_within_two_seconds(meeting: Meeting) -> None:
    vera, ada, mona = meeting.vera, meeting.ada, meeting.mona
    meeting.put("Vera", "role", {"role": "publisher"})
    _told(vera.page, "You take part with camera and microphone now.")
    vera.button("Turn camera on").click()
    mona.sees_moving("Vera")

    meeting.put("Ada", "role", {"role": "moderator"})
    expect(ada.button("Record")).to_be_visible(timeout=SOON_MS)
    ada.act("Vera", "Turn camera off")
    notice = vera.page.get_by_text("A moderator turned your camera off.")
    expect(notice).to_be_visible(timeout=JOIN_MS)

    meeting.put("Ada", "role", {"role": "publisher"})
    expect(ada.button("Record")).to_have_count(0, timeout=SOON_MS)
    expect(ada.button("Actions for Vera")).to_have_count(0)
    expect(ada.button("Mute everyone")).to_have_count(0)

    meeting.put("Ada", "role", {"role": "viewer"})
    expect(ada.button("Mute")).to_have_count(0, timeout=SOON_MS)
    expect(mona.tile("Ada")).to_have_count(0, timeout=SOON_MS)
    assert ada.page.evaluate("document.querySelectorAll('.tile[data-name=Ada] video').length") == 0
    assert mona.complaints() == []


def test_a_demoted_moderator_who_loses_the_network_stays_demoted(meeting: Meeting) -> None:
    ada = meeting.ada
    sockets = watch_sockets(ada)
    ada.enter(meeting.room["publisherURL"])
    meeting.put("Ada", "role", {"role": "moderator"})
    expect(ada.button("Record")).to_be_visible(timeout=SOON_MS)
    meeting.put("Ada", "role", {"role": "viewer"})
    expect(ada.button("Record")).to_have_count(0, timeout=SOON_MS)
    with cut_off(meeting.api, sockets):
        expect(ada.page.get_by_text("Reconnecting")).to_be_visible(timeout=CUT_MS)
        ada.page.wait_for_timeout(CUT_MS)
    expect(ada.page.get_by_text("Connected again.")).to_be_visible(timeout=30_000)
    ada.sees_moving("Mona")
    for name in ("Mute", "Unmute", "Record"):
        expect(ada.button(name)).to_have_count(0)
    ada.reload()
    for name in ("Mute", "Unmute", "Record"):
        expect(ada.button(name)).to_have_count(0)


def test_whoever_is_muted_is_told_and_unmutes_themselves(meeting: Meeting) -> None:
    ada, mona = meeting.ada, meeting.mona
    meeting.put("Ada", "media", {"audioActive": False})
    _told(ada.page, "A moderator muted you.")
    ada.button("Unmute").click()
    expect(ada.button("Mute")).to_be_visible()

    mona.press("People")
    mona.button("Mute everyone").click()
    _told(ada.page, "A moderator muted you.")
    expect(
        mona.button(
            "Mute",
        )
    ).to_be_visible()
    ada.button("Unmute").click()
    expect(ada.button("Mute")).to_be_visible()

    ada.button("Turn camera off").click()  # nobody else did it
    expect(ada.page.locator(".notice", has_text="turned your camera off")).to_have_count(0)


def test_a_shared_screen_is_stopped(meeting: Meeting) -> None:
    ada, mona = meeting.ada, meeting.mona
    ada.button("Share screen").click()
    expect(mona.page.locator('.tile[data-source="screen_share"]')).to_be_visible(timeout=JOIN_MS)
    mona.act("Ada", "Stop sharing")
    _told(ada.page, "A moderator stopped your screen sharing.")
    expect(ada.button("Share screen")).to_be_visible()
    expect(mona.page.locator('.tile[data-source="screen_share"]')).to_have_count(0)


def test_a_screen_is_stopped_after_one_that_was_ended_in_the_browser(meeting: Meeting) -> None:
    ada, mona = meeting.ada, meeting.mona
    screen = mona.page.locator('.tile[data-source="screen_share"]')
    ada.page.evaluate(REMEMBER_SCREEN)
    ada.button("Share screen").click()
    expect(screen).to_be_visible(timeout=JOIN_MS)
    ada.page.evaluate(END_SCREEN)
    expect(screen).to_have_count(0, timeout=JOIN_MS)
    ada.button("Share screen").click()
    expect(screen).to_be_visible(timeout=JOIN_MS)
    expect(ada.button("Stop sharing")).to_be_enabled()
    mona.act("Ada", "Stop sharing")
    told = ada.page.locator(".notice", has_text="A moderator stopped your screen sharing.")
    expect(told).to_be_visible(timeout=JOIN_MS)
    expect(ada.button("Share screen")).to_be_visible()
    expect(screen).to_have_count(0)


def test_the_menu_about_a_participant_is_operated_by_keyboard(meeting: Meeting) -> None:
    mona, keys = meeting.mona, meeting.mona.page.keyboard
    mona.press("People")
    opener = mona.button("Actions for Vera")
    opener.focus()
    keys.press("Enter")
    items = mona.page.get_by_role("menu", name="Actions for Vera").get_by_role("menuitem")
    expect(items.first).to_be_focused()
    assert mona.complaints() == []
    keys.press("End")
    expect(items.last).to_be_focused()
    keys.press("ArrowDown")
    expect(items.first).to_be_focused()
    keys.press("Escape")
    expect(opener).to_be_focused()
    expect(mona.page.locator(".side")).to_be_visible()
    keys.press("Enter")
    for _ in range(5):
        if mona.page.evaluate("document.activeElement.innerText") == "Let speak and show":
            break
        keys.press("ArrowDown")
    keys.press("Enter")
    expect(opener).to_be_focused()
    expect(meeting.vera.button("Unmute")).to_be_visible(timeout=SOON_MS)


def test_a_banned_participant_cannot_come_back(meeting: Meeting) -> None:
    mona, ada = meeting.mona, meeting.ada
    mona.act("Ada", "Remove and ban")
    question = mona.page.get_by_role("group", name="Remove Ada, and refuse")
    assert mona.complaints() == []
    question.get_by_role("button", name="Remove and ban").click()
    ada.ends_with("You were removed")
    ada.open(meeting.room["publisherURL"])
    ada.ends_with("You cannot join this meeting")
    assert ada.complaints() == []


def test_a_locked_meeting_lets_nobody_new_in(meeting: Meeting, browser: Browser) -> None:
    mona = meeting.mona
    mona.press("People")
    lock = mona.button("Lock meeting")
    lock.click()
    expect(lock).to_have_attribute("aria-pressed", "true", timeout=JOIN_MS)  # its first call
    with visitor(browser, "Nina") as nina:
        nina.open(meeting.room["publisherURL"])
        nina.ends_with("The meeting is locked")
        mona.button("Close").click()
        mona.press("People")
        expect(lock).to_have_attribute("aria-pressed", "true")
        lock.click()
        expect(lock).to_have_attribute("aria-pressed", "false")
        nina.button("Try again").click()
        nina.join()
    expect(meeting.ada.button("Leave")).to_be_visible()


def test_an_answer_from_before_the_meeting_was_locked_does_not_unlock_it(meeting: Meeting) -> None:
    mona, held = meeting.mona, list[tuple[Route, APIResponse]]()

    def hold(route: Route) -> None:
        if route.request.method == "GET":
            held.append((route, route.fetch()))
        else:
            route.fallback()

    mona.page.route(f"**/meetings/{meeting.room['roomName']}", hold)
    mona.press("People")
    lock = mona.button("Lock meeting")
    lock.click()
    expect(lock).to_have_attribute("aria-pressed", "true", timeout=JOIN_MS)
    ((late, answer),) = held
    with mona.page.expect_response(late.request.url) as told:
        late.fulfill(response=answer)
    told.value.finished()
    mona.page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(lock).to_have_attribute("aria-pressed", "true")


def test_a_moderator_ends_the_meeting_for_all(meeting: Meeting) -> None:
    mona = meeting.mona
    mona.press("End for all")
    dialog = mona.page.get_by_role("dialog", name="End the meeting for everyone?")
    assert mona.complaints() == []
    mona.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    mona.press("End for all")
    dialog.get_by_role("button", name="End for all").click()
    for each in (mona, meeting.ada, meeting.vera):
        each.ends_with("The meeting is over")
        expect(each.page.get_by_text(re.compile("ended by a moderator"))).to_be_visible()


def test_a_moderator_invites_from_inside(meeting: Meeting) -> None:
    mona, room = meeting.mona, meeting.room
    mona.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    mona.press("People")
    mona.button("Invite").click()
    dialog = mona.page.get_by_role("dialog", name="Invite")
    speakers = dialog.get_by_role("region", name="To take part with camera and microphone")
    expect(speakers.get_by_role("textbox")).to_have_value(room["publisherURL"], timeout=JOIN_MS)
    expect(dialog.get_by_role("textbox").last).to_have_value(room["viewerURL"])
    speakers.get_by_role("button", name="Copy link").click()
    expect(speakers.get_by_role("button", name="Copied")).to_be_visible()
    assert mona.page.evaluate("navigator.clipboard.readText()") == room["publisherURL"]
    speakers.get_by_role("button", name="QR code").click()
    expect(dialog.get_by_role("img", name="QR code of the link to take part")).to_be_visible()
    assert mona.complaints() == []
    mona.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    meeting.ada.press("People")
    expect(meeting.ada.button("Invite")).to_have_count(0)


def test_the_links_are_gone_with_the_role_and_do_not_come_back_with_it(meeting: Meeting) -> None:
    mona, links = meeting.mona, [meeting.room[f"{role}URL"] for role in ("publisher", "viewer")]
    mona.press("People")
    mona.button("Invite").click()
    dialog = mona.page.get_by_role("dialog", name="Invite")
    boxes = dialog.get_by_role("textbox")
    expect(boxes.first).to_have_value(links[0], timeout=JOIN_MS)
    expect(boxes.last).to_have_value(links[1])
    meeting.put("Mona", "role", {"role": "publisher"})
    expect(dialog).to_have_count(0, timeout=SOON_MS)
    expect(mona.button("Invite")).to_have_count(0)
    shown = mona.page.evaluate(
        "[document.body.outerHTML, ...[...document.querySelectorAll('input')].map((e) => e.value)]"
    )
    assert not [each for each in shown if any(link in each for link in links)]
    meeting.put("Mona", "role", {"role": "moderator"})
    expect(mona.button("Invite")).to_be_visible(timeout=SOON_MS)
    expect(dialog).to_have_count(0)
