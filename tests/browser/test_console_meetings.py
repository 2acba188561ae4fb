"""Who is in a room, and who may be, at the console and on the real stack."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, expect

from meet.clock import DAY, HOUR
from tests.browser.console import LOADED_MS, admin, is_clean, row, shows
from tests.browser.test_console_rooms import CLIPBOARD, copied
from tests.browser.visitors import Visitor
from tests.live import Answer, Client, eventually
from tests.stack.test_recordings import ADA, BOB, meeting

pytestmark = pytest.mark.usefixtures("pages")

SOON = 20


def named(name: str) -> str:
    return f"#/rooms/{name}"


def toast(somebody: Visitor, text: str) -> None:
    expect(somebody.page.locator(".toast", has_text=text).first).to_be_visible(timeout=LOADED_MS)


def answer(somebody: Visitor, action: str) -> None:
    """Press the button of the open dialog, about which axe has no complaint."""
    assert somebody.complaints() == [], action
    dialog = somebody.page.get_by_role("dialog")
    dialog.get_by_role("button", name=action, exact=True).click()
    expect(dialog).to_have_count(0, timeout=LOADED_MS)


def switched(somebody: Visitor, name: str) -> Locator:
    """Turn a switch over, and wait until that is saved."""
    switch = somebody.page.get_by_role("switch", name=name, exact=True)
    was = switch.is_checked()
    with somebody.page.expect_response(lambda each: each.request.method == "PUT") as answered:
        switch.click()
    assert answered.value.ok
    expect(switch).to_be_checked(checked=not was)
    return switch


def test_participants_are_muted_promoted_banned_and_sent_home(
    api: Client, browser: Browser
) -> None:
    room = api.create_room(roomNamePrefix="inside")
    name = room["roomName"]

    def person(who: str) -> dict[str, Any]:
        people = api.call("GET", f"/meetings/{name}/participants").body["participants"]
        return next(each for each in people if each["participantName"] == who)

    with admin(browser, api, named(name)) as somebody:
        page = somebody.page
        expect(page.get_by_text("Nobody is in the meeting.")).to_be_visible(timeout=LOADED_MS)
        with meeting(api, room, Ada=ADA, Bob=BOB):
            somebody.button("Mute Ada").focus(timeout=LOADED_MS)
            expect(somebody.button("Mute Bob")).to_be_visible(timeout=LOADED_MS)
            assert somebody.complaints() == []

            page.keyboard.press("Enter")
            expect(somebody.button("Ada is muted")).to_be_focused(timeout=LOADED_MS)
            assert person("Ada")["audioActive"] is False
            assert person("Bob")["audioActive"] is True
            somebody.button("Mute all").click()
            expect(somebody.button("Bob is muted")).to_be_visible(timeout=LOADED_MS)
            somebody.button("Stop camera of Bob").click()
            expect(somebody.button("Camera off: Bob")).to_be_visible(timeout=LOADED_MS)
            bob = person("Bob")
            assert (bob["audioActive"], bob["videoActive"]) == (False, False)

            somebody.button("Change role of Ada").click()
            page.get_by_role("radio", name="Moderator").check()
            answer(somebody, "Change role")
            expect(row(somebody, "Ada").get_by_text("Moderator")).to_be_visible(timeout=LOADED_MS)
            assert person("Ada")["role"] == "moderator"

            somebody.button("Remove Bob").click()
            page.get_by_label("Also ban").check()
            answer(somebody, "Remove and ban")
            expect(somebody.button("Remove Bob")).to_have_count(0, timeout=LOADED_MS)
            lift = somebody.button("Lift the ban of Bob")
            expect(lift).to_be_visible(timeout=LOADED_MS)
            assert api.token(room, "Bob").status == 403
            assert somebody.complaints() == []
            lift.click()
            expect(lift).to_have_count(0, timeout=LOADED_MS)
            assert api.token(room, "Bob").status == 200

            somebody.button("End meeting").click()
            answer(somebody, "End meeting")
            expect(page.get_by_text("Nobody is in the meeting.")).to_be_visible(timeout=LOADED_MS)
        assert api.call("GET", f"/meetings/{name}").status == 404
        assert api.call("GET", f"/rooms/{name}").status == 200
        is_clean(somebody)


def test_a_lobby_is_opened_and_those_who_wait_are_admitted_and_denied(
    api: Client, browser: Browser
) -> None:
    room = api.create_room(roomNamePrefix="lobby")
    name = room["roomName"]

    def waits(who: str) -> dict[str, Any]:
        asked = api.token(room, who)
        assert asked.status == 202, asked
        return {"ticket": asked.body["ticket"]}

    def ask(ticket: dict[str, Any]) -> int:
        return api.call("POST", "/participants/token", ticket, key=None).status

    with admin(browser, api, named(name)) as somebody:
        shows(somebody, name)
        switched(somebody, "Lobby")
        expect(switched(somebody, "Viewers wait")).not_to_be_checked()
        expect(somebody.page.get_by_role("switch", name="Publishers wait")).to_be_disabled()
        assert api.token(room, "Vera", "viewer").status == 200
        ada, bob = waits("Ada"), waits("Bob")
        expect(
            somebody.page.get_by_role("heading", name="2 people wait to be admitted")
        ).to_be_visible(timeout=LOADED_MS)
        assert somebody.complaints() == []
        somebody.button("Admit Ada").click()
        expect(somebody.button("Admit Ada")).to_have_count(0, timeout=LOADED_MS)
        somebody.button("Deny Bob").click()
        answer(somebody, "Deny")
        expect(somebody.button("Deny Bob")).to_have_count(0, timeout=LOADED_MS)
        assert (ask(ada), ask(bob)) == (200, 403)
        others = [waits(who) for who in ("Cleo", "Dora")]
        somebody.button("Admit all").click(timeout=LOADED_MS)
        expect(somebody.button("Admit all")).to_have_count(0, timeout=LOADED_MS)
        assert [ask(each) for each in others] == [200, 200]

        switched(somebody, "Closed")
        expect(somebody.page.get_by_text("This room is closed")).to_be_visible()
        refused = api.token(room, "Eve", "moderator")
        assert (refused.status, refused.body["message"]) == (403, "The room is closed")
        expect(switched(somebody, "Closed")).not_to_be_checked()
        assert api.token(room, "Mo", "moderator").status == 200
        is_clean(somebody)


def test_a_link_is_replaced_disabled_and_enabled(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="links")
    path = f"/rooms/{room['roomName']}"
    with admin(browser, api, named(room["roomName"])) as somebody:
        somebody.button("Replace the Publisher link").click(timeout=LOADED_MS)
        somebody.page.get_by_label("Disconnect those who came by it").check()
        answer(somebody, "Replace")
        toast(somebody, "The Publisher link was replaced.")
        new = api.call("GET", path).body
        assert new["publisherURL"] != room["publisherURL"]
        expect(somebody.page.get_by_text(new["publisherURL"], exact=True)).to_be_visible()
        assert [api.token(each, "Ada").status for each in (room, new)] == [403, 200]

        somebody.button("Disable the Viewer link").click()
        enable = somebody.button("Enable the Viewer link")
        expect(enable).to_be_focused(timeout=LOADED_MS)
        toast(somebody, "Saved.")
        refused = api.token(room, "Vera", "viewer")
        assert (refused.status, refused.body["message"]) == (403, "This link is disabled")
        assert somebody.complaints() == []
        enable.click()
        expect(somebody.button("Disable the Viewer link")).to_be_visible(timeout=LOADED_MS)
        eventually(lambda: api.token(room, "Vera", "viewer").status == 200, SOON, "it is enabled")
        is_clean(somebody)


def test_an_invitation_is_made_shown_once_and_revoked(api: Client, browser: Browser) -> None:
    name = api.create_room(roomNamePrefix="guests")["roomName"]

    def joins_with(url: str) -> Answer:
        (invite,) = parse_qs(urlsplit(url).query)["invite"]
        asked = {"roomName": name, "invite": invite}
        return api.call("POST", "/participants/token", asked, key=None)

    with admin(browser, api, named(name), permissions=CLIPBOARD) as somebody:
        page = somebody.page
        somebody.button("Invite").click(timeout=LOADED_MS)
        dialog = page.get_by_role("dialog", name="Invite somebody")
        dialog.get_by_role("button", name="Create link").click()
        expect(dialog.get_by_label("Name", exact=True)).to_be_focused(timeout=LOADED_MS)
        expect(dialog.get_by_text("Enter a name of 1 to 128 characters.")).to_be_visible()
        assert somebody.complaints() == []
        dialog.get_by_label("Name", exact=True).fill("Grace Hopper")
        dialog.get_by_role("radio", name="Viewer").check()
        dialog.get_by_label("Number of joins").fill("3")
        dialog.get_by_role("button", name="Create link").click()

        shown = page.get_by_role("dialog", name="Link for Grace Hopper")
        url = shown.locator("code").inner_text(timeout=LOADED_MS)
        shown.get_by_role("button", name="Copy link").click()
        eventually(lambda: copied(somebody) == url, SOON, "it is copied")
        answer(somebody, "Close")
        line = row(somebody, "Grace Hopper")
        expect(line).to_contain_text("Valid", timeout=LOADED_MS)
        expect(line).to_contain_text("0 of 3")
        expect(page.get_by_text(url)).to_have_count(0)
        token = joins_with(url)
        assert (token.status, token.body["role"]) == (200, "viewer")

        somebody.button("Revoke the invitation of Grace Hopper").click()
        answer(somebody, "Revoke")
        expect(line).to_contain_text("Revoked", timeout=LOADED_MS)
        assert joins_with(url).status == 403
        is_clean(somebody)


def test_the_end_the_limits_the_start_and_the_metadata_are_edited(
    api: Client, browser: Browser
) -> None:
    room = api.create_room(roomNamePrefix="edited", lifetime=HOUR, metadata={"course": "algebra"})
    path = f"/rooms/{room['roomName']}"
    with admin(browser, api, named(room["roomName"]), timezone_id="Europe/Madrid") as somebody:
        page = somebody.page
        somebody.button("Edit").click(timeout=LOADED_MS)
        shows(somebody, f"Edit {room['roomName']}")
        page.get_by_label("Ends", exact=True).fill("2020-01-01T00:00")
        page.get_by_label("Longest meeting, in minutes").fill("1441")
        somebody.button("Save changes").click()
        ends = page.get_by_label("Ends", exact=True)
        expect(ends).to_be_focused(timeout=LOADED_MS)
        expect(page.get_by_text("Choose a time in the future.")).to_be_visible()
        expect(page.get_by_text("Enter at most 1,440.")).to_be_visible()
        assert somebody.complaints() == []

        ends.fill("2030-02-03T04:05")
        page.get_by_label("Starts", exact=True).fill("2030-02-03T03:05")
        page.get_by_label("Participant limit").fill("7")
        page.get_by_label("Longest meeting, in minutes").fill("90")
        somebody.button("Add").click()
        page.get_by_label("Name 2").fill("course")
        page.get_by_label("Value 2").fill("twice")
        somebody.button("Save changes").click()
        expect(page.get_by_text("Give each row a name of its own")).to_be_visible()
        page.get_by_label("Name 2").fill("teacher")
        page.get_by_label("Value 2").fill("Emmy")
        somebody.button("Save changes").click()
        expect(somebody.button("Edit")).to_be_visible(timeout=2 * LOADED_MS)
        changed = api.call("GET", path).body
        assert changed["expirationDate"] == 1896318300000  # 04:05 in Madrid
        assert changed["startsAt"] == 1896318300000 - HOUR
        assert (changed["maxParticipants"], changed["maxDurationMinutes"]) == (7, 90)
        assert changed["metadata"] == {"course": "algebra", "teacher": "Emmy"}
        expect(page.locator(".facts")).to_contain_text("Emmy")

        somebody.button("Edit").click()
        page.get_by_label("Starts", exact=True).fill("")
        page.get_by_label("Participant limit").fill("")
        somebody.button("Save changes").click()
        expect(somebody.button("Edit")).to_be_visible(timeout=2 * LOADED_MS)
        lifted = api.call("GET", path).body
        assert not {"startsAt", "maxParticipants"} & set(lifted)
        assert lifted["expirationDate"] == changed["expirationDate"]
        is_clean(somebody)


def test_rooms_are_searched_and_filtered(api: Client, browser: Browser) -> None:
    first = api.create_room(roomNamePrefix="needle", lifetime=DAY)["roomName"]
    closed = api.create_room(roomNamePrefix="needle-shut", status="closed")["roomName"]
    other = api.create_room(roomNamePrefix="haystack")["roomName"]
    with admin(browser, api) as somebody:
        page = somebody.page
        expect(row(somebody, other)).to_be_visible(timeout=LOADED_MS)
        page.get_by_label("Search by name").fill("NEEDLE")
        expect(row(somebody, other)).to_have_count(0)
        expect(page.locator("tbody tr")).to_have_count(2)
        page.get_by_role("link", name="Closed", exact=True).click()
        expect(row(somebody, first)).to_have_count(0)
        expect(row(somebody, closed)).to_contain_text("Closed")
        assert somebody.complaints() == []
        row(somebody, closed).get_by_role("link").click()
        shows(somebody, closed)
        page.go_back()
        expect(page.get_by_label("Search by name")).to_have_value("NEEDLE", timeout=LOADED_MS)
        expect(row(somebody, closed)).to_be_visible(timeout=LOADED_MS)
        page.get_by_label("Search by name").fill("nothing like it")
        expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
        page.get_by_role("link", name="Show all rooms").click()
        expect(row(somebody, other)).to_be_visible(timeout=LOADED_MS)
        is_clean(somebody)
