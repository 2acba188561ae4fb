"""The meeting page, in a real browser on the real stack."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client, eventually

RECORD_MS = 45_000  # two functions that run for the first time, on a busy machine
NASTY = "<img src=x onerror=alert(1)><b>hi</b>"


pytestmark = pytest.mark.usefixtures("pages")


@dataclass
class Meeting:
    """A moderator and a publisher who have joined."""

    room: dict[str, Any]
    ada: Visitor
    bob: Visitor


@pytest.fixture(scope="module")
def meeting(api: Client, browser: Browser) -> Iterator[Meeting]:
    room = api.create_room(roomNamePrefix="weekly")
    with ExitStack() as stack:
        ada = stack.enter_context(visitor(browser, "Ada"))
        bob = stack.enter_context(visitor(browser, "Bob"))
        ada.enter(room["moderatorURL"])
        bob.enter(room["publisherURL"])
        yield Meeting(room, ada, bob)


@pytest.mark.every_browser
def test_two_people_see_each_other_move(meeting: Meeting) -> None:
    meeting.ada.sees_moving("Bob")
    meeting.bob.sees_moving("Ada")


@pytest.mark.every_browser
def test_what_one_writes_the_other_reads(meeting: Meeting) -> None:
    meeting.ada.write("Hello Bob")
    meeting.bob.reads("Hello Bob")
    meeting.bob.write("Hello Ada")
    meeting.ada.reads("Hello Ada")


def test_markup_in_names_and_messages_is_text(meeting: Meeting, browser: Browser) -> None:
    with visitor(browser, NASTY) as eve:
        eve.enter(meeting.room["publisherURL"])
        eve.write(NASTY)
        for each in (meeting.ada, meeting.bob):
            each.reads(NASTY)
            expect(each.page.locator(".from b", has_text=NASTY)).to_be_visible()
            expect(each.page.locator(".tile-text", has_text=NASTY)).to_be_visible()
            assert each.page.locator("img, .text b, .tile-text b").count() == 0


def test_a_viewer_sees_and_is_not_seen(meeting: Meeting, browser: Browser) -> None:
    with visitor(browser, "Vera") as vera:
        vera.open(meeting.room["viewerURL"])
        vera.at_the_door()
        vera.has_no_devices()
        vera.join()
        vera.sees_moving("Ada")
        vera.sees_moving("Bob")
        for name in ("Mute", "Unmute", "Turn camera on", "Share screen", "Record", "Send"):
            expect(vera.button(name)).to_have_count(0)
        people = meeting.ada.page.get_by_role("button", name="People")
        people.click()
        listed = meeting.ada.page.locator(".people li", has_text="Vera")
        expect(listed).to_contain_text("Viewer")
        expect(meeting.ada.tile("Vera")).to_have_count(0)
        assert meeting.ada.page.evaluate("navigator.mediaDevices !== undefined")
        people.click()


def test_everybody_sees_that_it_is_recorded_until_the_moderator_stops(
    meeting: Meeting, api: Client
) -> None:
    meeting.bob.sees_moving("Ada")
    expect(meeting.bob.button("Record")).to_have_count(0)
    meeting.ada.button("Record").click()
    for each in (meeting.ada, meeting.bob):
        expect(each.page.locator(".recording-mark")).to_be_visible(timeout=RECORD_MS)

    def statuses() -> list[str]:
        found = api.call("GET", f"/recordings?roomName={meeting.room['roomName']}").body
        return [each["status"] for each in found]

    # The recorder is there a moment before it records; stopped in that moment, it has nothing.
    eventually(lambda: statuses() == ["STARTED"], 30, "it records")
    meeting.ada.button("Stop recording").click()
    for each in (meeting.ada, meeting.bob):
        expect(each.page.locator(".recording-mark")).to_have_count(0, timeout=RECORD_MS)
    eventually(lambda: statuses() == ["READY"], 30, "the recording is ready")


def test_a_shared_screen_is_shown_large_to_the_others(meeting: Meeting) -> None:
    screen = meeting.ada.page.locator('.large .tile[data-source="screen_share"] video')
    meeting.bob.button("Share screen").click()
    expect(screen).to_be_visible(timeout=JOIN_MS)
    meeting.bob.button("Stop sharing").click()
    expect(screen).to_have_count(0, timeout=JOIN_MS)
    expect(meeting.ada.page.locator(".grid-stage")).to_be_visible()


@pytest.mark.every_browser
def test_nothing_was_refused_by_the_policy_and_nobody_else_was_asked(meeting: Meeting) -> None:
    for each in (meeting.ada, meeting.bob):
        assert not [line for line in each.said if "Content Security Policy" in line], each.said
        assert not [line for line in each.said if line.startswith("pageerror")], each.said
        hosts = {urlsplit(request.url).hostname for request in each.requests}
        assert hosts <= {"localhost", "127.0.0.1", None}


@pytest.mark.every_browser
def test_the_secret_leaves_the_address_and_goes_to_the_token_operation_alone(
    meeting: Meeting, api: Client
) -> None:
    (secret,) = parse_qs(urlsplit(meeting.room["moderatorURL"]).query)["secret"]
    page = meeting.ada.page
    assert "secret" not in page.url
    first, *others = meeting.ada.requests
    assert secret in first.url
    for request in others:
        assert secret not in request.url
        assert not request.headers.get("referer")
        if secret in (request.post_data or ""):
            assert urlsplit(request.url).path == "/meet/api/v1/participants/token"
    assert not [line for line in meeting.ada.said if secret in line]
    logs = [path.read_text(errors="replace") for path in api.stack.logs.glob("*.log")]
    assert any(meeting.room["roomName"] in log for log in logs)
    assert not [log for log in logs if secret in log]
