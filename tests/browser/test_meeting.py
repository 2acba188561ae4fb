"""The meeting page, in a real browser on the real stack."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Route, WebSocketRoute, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client, eventually

HTML = {"Content-Type": "text/html"}
NASTY = "<img src=x onerror=alert(1)><b>hi</b>"


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
        ada.open(room["moderatorURL"])
        ada.join()
        bob.open(room["publisherURL"])
        bob.join()
        yield Meeting(room, ada, bob)


def test_two_people_see_each_other_move(meeting: Meeting) -> None:
    meeting.ada.sees_moving("Bob")
    meeting.bob.sees_moving("Ada")


def test_what_one_writes_the_other_reads(meeting: Meeting) -> None:
    meeting.ada.write("Hello Bob")
    meeting.bob.reads("Hello Bob")
    meeting.bob.write("Hello Ada")
    meeting.ada.reads("Hello Ada")


def test_markup_in_names_and_messages_is_text(meeting: Meeting, browser: Browser) -> None:
    with visitor(browser, NASTY) as eve:
        eve.open(meeting.room["publisherURL"])
        eve.join()
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
        assert vera.page.locator("video, select").count() == 0
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
        expect(each.page.locator(".recording-mark")).to_be_visible(timeout=JOIN_MS)
    meeting.ada.button("Stop recording").click()
    for each in (meeting.ada, meeting.bob):
        expect(each.page.locator(".recording-mark")).to_have_count(0, timeout=JOIN_MS)

    def statuses() -> list[str]:
        found = api.call("GET", f"/recordings?roomName={meeting.room['roomName']}").body
        return [each["status"] for each in found]

    eventually(lambda: statuses() == ["READY"], 30, "the recording is ready")


def test_somebody_who_is_removed_is_told(meeting: Meeting, browser: Browser) -> None:
    with visitor(browser, "Mallory") as mallory:
        mallory.open(meeting.room["publisherURL"])
        mallory.join()
        meeting.ada.page.get_by_role("button", name="People").click()
        meeting.ada.button("Remove Mallory").click()
        meeting.ada.page.get_by_role("group", name="Remove Mallory").get_by_role(
            "button", name="Remove", exact=True
        ).click()
        mallory.ends_with("You were removed")
        expect(meeting.ada.page.locator(".people li", has_text="Mallory")).to_have_count(0)
        meeting.ada.button("Close").click()


def test_a_shared_screen_is_shown_large_to_the_others(meeting: Meeting) -> None:
    screen = meeting.ada.page.locator('.large .tile[data-source="screen_share"] video')
    meeting.bob.button("Share screen").click()
    expect(screen).to_be_visible(timeout=JOIN_MS)
    meeting.bob.button("Stop sharing").click()
    expect(screen).to_have_count(0, timeout=JOIN_MS)
    expect(meeting.ada.page.locator(".grid-stage")).to_be_visible()


def test_axe_finds_nothing_in_the_meeting(meeting: Meeting) -> None:
    for panel in ("Chat", "People"):
        button = meeting.ada.page.locator(".controls").get_by_role("button", name=panel)
        if button.get_attribute("aria-pressed") != "true":
            button.click()
        assert meeting.ada.complaints() == [], panel
    meeting.ada.button("Close").click()
    assert meeting.ada.complaints() == []


def test_nothing_was_refused_by_the_policy_and_nobody_else_was_asked(meeting: Meeting) -> None:
    for each in (meeting.ada, meeting.bob):
        assert not [line for line in each.said if "Content Security Policy" in line], each.said
        assert not [line for line in each.said if line.startswith("pageerror")], each.said
        hosts = {urlsplit(request.url).hostname for request in each.requests}
        assert hosts <= {"localhost", "127.0.0.1", None}


def test_the_secret_leaves_the_address_and_goes_to_the_token_operation_alone(
    meeting: Meeting,
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


def test_the_door_reloads_without_the_secret_in_the_address(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada:
        ada.open(room["moderatorURL"])
        ada.at_the_door()
        ada.page.reload()
        ada.at_the_door()
        assert "secret" not in ada.page.url
        expect(ada.page.locator(".picture video")).to_be_visible()
        expect(ada.page.get_by_label("Camera", exact=True).last).to_be_enabled()
        assert ada.complaints() == []
        ada.button("Join").click()
        expect(ada.page.get_by_text("Please enter your name.")).to_be_visible()
        assert ada.complaints() == []


def test_what_the_room_does_not_allow_is_not_offered(api: Client, browser: Browser) -> None:
    off = {"enabled": False}
    room = api.create_room(
        preferences={
            "chatPreferences": off,
            "recordingPreferences": off,
            "virtualBackgroundPreferences": off,
        }
    )
    with visitor(browser, "Ada") as ada:
        ada.open(room["moderatorURL"])
        ada.at_the_door()
        expect(ada.page.get_by_text("No chat")).to_be_visible()
        ada.join()
        for name in ("Chat", "Record", "Blur background"):
            expect(ada.button(name)).to_have_count(0)
        ada.button("Leave").click()
        ada.ends_with("You left the meeting")


def test_a_bad_link_says_what_is_wrong(api: Client, browser: Browser) -> None:
    room = api.create_room(maxParticipants=1)
    good = room["publisherURL"]
    with visitor(browser, "Bob") as bob:
        for url in (good.partition("?")[0], good + "x"):
            bob.page.context.clear_cookies()
            bob.page.evaluate("() => { try { sessionStorage.clear() } catch {} }")
            bob.open(url)
            bob.ends_with("This link does not work")
            assert bob.complaints() == []
        bob.open(good.replace(room["roomName"], "abcdefghijklmno"))
        bob.ends_with("This meeting is over")
        with visitor(browser, "Ada") as ada:
            ada.open(room["moderatorURL"])
            ada.join()
            bob.open(good)
            bob.ends_with("The room is full")
            assert api.call("DELETE", f"/rooms/{room['roomName']}").status == 204
            ada.ends_with("The meeting is over")


def test_a_camera_that_is_refused_is_told_and_people_join_without(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Bob") as bob:
        bob.page.add_init_script(
            "navigator.mediaDevices.getUserMedia = () => "
            "Promise.reject(new DOMException('no', 'NotAllowedError'));"
        )
        bob.open(room["publisherURL"])
        bob.at_the_door()
        refused = bob.page.get_by_text("does not let this page use your camera")
        expect(refused).to_be_visible()
        assert bob.complaints() == []
        bob.join()


def test_an_old_browser_and_a_livekit_out_of_reach_are_told(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Bob") as bob:
        bob.page.add_init_script("delete window.RTCPeerConnection;")
        bob.open(room["publisherURL"])
        bob.ends_with("Your browser is too old")
    with visitor(browser, "Bob") as bob:
        bob.page.route_web_socket("**/rtc**", lambda socket: socket.close())
        bob.page.route("**/rtc/**", lambda route: route.abort())
        bob.open(room["publisherURL"])
        join = bob.at_the_door()
        bob.page.get_by_label("Your name").fill("Bob")
        join.click()
        bob.ends_with("The meeting cannot be reached", seconds=40)


def test_it_speaks_spanish(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ana", locale="es-ES") as ana:
        ana.open(room["viewerURL"])
        expect(ana.page.get_by_role("button", name="Entrar")).to_be_visible(timeout=JOIN_MS)
        assert ana.page.locator("html").get_attribute("lang") == "es"
        assert ana.complaints() == []


def test_a_connection_that_breaks_is_told_and_comes_back(api: Client, browser: Browser) -> None:
    room = api.create_room()
    sockets: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        if len(sockets) != 1:  # the second, which is the first to come back, is let wait
            socket.connect_to_server()
        sockets.append(socket)

    with visitor(browser, "Ada") as ada:
        ada.page.route_web_socket("**/rtc**", through)
        ada.open(room["publisherURL"])
        ada.join()
        sockets[0].close()
        shaky = ada.page.get_by_text("Reconnecting")
        expect(shaky).to_be_visible(timeout=JOIN_MS)
        sockets[1].close()
        expect(shaky).to_have_count(0, timeout=30_000)
        expect(ada.button("Leave")).to_be_visible()


def test_a_background_is_blurred_by_files_from_here(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada:
        ada.open(room["publisherURL"])
        ada.join()
        expect(ada.button("Blur background")).to_be_enabled(timeout=JOIN_MS)
        ada.button("Blur background").click()
        shown = ada.page.get_by_role("button", name="Show background")
        expect(shown).to_be_visible(timeout=30_000)
        shown.click()
        expect(ada.button("Blur background")).to_be_visible(timeout=JOIN_MS)
        assert {urlsplit(each.url).hostname for each in ada.requests} <= {"localhost", None}
        assert not [line for line in ada.said if "Content Security Policy" in line], ada.said


FRAME = """<!doctype html><title>embedder</title><script>
window.told = []; addEventListener("message", ({data}) => told.push(data));
</script><iframe src="{src}" width="900" height="600" allow="camera; microphone"></iframe>"""


def test_nobody_frames_the_meeting_unless_the_stack_names_them(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    link = room["publisherURL"] + "&embed"
    page_url = f"{urlsplit(link).scheme}://{urlsplit(link).netloc}/meet/embedder.html"
    with visitor(browser, "Ada") as ada:
        ada.page.route(
            page_url, lambda route: route.fulfill(body=FRAME.replace("{src}", link), headers=HTML)
        )
        ada.open(page_url)
        eventually(
            lambda: ada.page.evaluate("1") and any("frame-ancestors" in each for each in ada.said),
            10,
            "the browser refuses the frame",
        )

        def allow(route: Route) -> None:
            answer = route.fetch()
            policy = answer.headers["content-security-policy"]
            allowed = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
            headers = {**answer.headers, "content-security-policy": allowed}
            route.fulfill(response=answer, headers=headers)

        ada.page.route(f"**/{room['roomName']}/**", allow)
        ada.open(page_url)
        frame = ada.page.frame_locator("iframe")
        frame.get_by_label("Your name").fill("Ada")
        frame.get_by_role("button", name="Join", exact=True).click()
        leave = frame.get_by_role("button", name="Leave")
        expect(leave, str(ada.said)).to_be_visible(timeout=JOIN_MS)
        leave.click()
        expect(frame.get_by_role("heading", name="You left the meeting")).to_be_visible()
        told = ada.page.evaluate("told")
        assert told == [
            {"source": "meet", "event": "joined", "name": "Ada"},
            {"source": "meet", "event": "left", "reason": "left"},
        ]
