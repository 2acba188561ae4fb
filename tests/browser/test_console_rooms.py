"""Rooms in the console, in a real browser on the real stack."""

import re

import pytest
from playwright.sync_api import Browser, expect

from meet.clock import MINUTE
from tests.browser.console import LOADED_MS, admin, is_clean, row, shows
from tests.browser.visitors import Visitor, visitor
from tests.live import Client, eventually

pytestmark = pytest.mark.usefixtures("pages")

CLIPBOARD = ["clipboard-read", "clipboard-write"]
PAGE = 50


def copied(somebody: Visitor) -> str:
    return str(somebody.page.evaluate("navigator.clipboard.readText()"))


def test_a_room_with_every_option_is_made_and_its_links_lead_into_it(
    api: Client, browser: Browser
) -> None:
    with admin(browser, api, permissions=CLIPBOARD, timezone_id="Europe/Madrid") as somebody:
        page = somebody.page
        page.get_by_role("link", name="New room").first.click()
        shows(somebody, "New room")
        page.get_by_label("Name", exact=True).fill("Weekly  review, ¡ya!")
        expect(page.locator(".preview")).to_have_text(f"Weekly-review-ya-{15 * 'x'}")
        page.get_by_label("Exact time").check()
        page.get_by_label("Date and time").fill("2030-02-03T04:05")
        page.get_by_label("Participant limit").fill("7")
        for each in ("Chat", "Virtual background"):
            page.get_by_role("switch", name=each).click()
        somebody.button("Create room").click()

        name = shows(somebody, "Weekly-review-ya-").inner_text()
        expect(page.locator(".toast")).to_have_text("The room is ready. Share its links.")
        room = api.call("GET", f"/rooms/{name}").body
        assert room["expirationDate"] == 1896318300000  # 04:05 in Madrid
        assert room["maxParticipants"] == 7
        assert room["preferences"] == {
            "chatPreferences": {"enabled": False},
            "recordingPreferences": {"enabled": True},
            "virtualBackgroundPreferences": {"enabled": False},
        }
        for role in ("Moderator", "Publisher", "Viewer"):
            somebody.button(f"Copy {role} link of {name}").click()
            expect(page.get_by_role("status").get_by_text("Copied")).to_have_count(1)
            eventually(lambda r=role: copied(somebody) == room[f"{r.lower()}URL"], 5, role)  # type: ignore[misc]
            expect(page.get_by_text("Copied")).to_have_count(0, timeout=5000)
        somebody.button("Show QR code of the Viewer link").click()
        dialog = page.get_by_role("dialog", name="Viewer link")
        expect(dialog.get_by_role("img", name="QR code")).to_be_visible()
        expect(dialog).to_contain_text(room["viewerURL"])
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        is_clean(somebody)
    with visitor(browser, "Vera") as vera:
        vera.open(room["viewerURL"])
        vera.at_the_door()


@pytest.mark.every_browser
def test_what_is_wrong_is_said_at_its_field_and_the_first_is_focused(
    api: Client, browser: Browser
) -> None:
    with admin(browser, api, "#/rooms/new") as somebody:
        page = somebody.page
        name = page.get_by_label("Name", exact=True)
        name.fill("x" * 51)
        page.get_by_label("Exact time").check()
        page.get_by_label("Date and time").fill("2020-01-01T00:00")
        page.get_by_label("Participant limit").fill("0")
        somebody.button("Create room").click()
        for label, sentence in (
            ("Name", "Use at most 50 characters."),
            ("Date and time", "Choose a time in the future."),
            ("Participant limit", "Enter at least 1."),
        ):
            field = page.get_by_label(label, exact=True)
            expect(field).to_have_attribute("aria-invalid", "true", timeout=LOADED_MS)
            expect(field).to_have_accessible_description(re.compile(re.escape(sentence) + "$"))
        expect(name).to_be_focused()
        assert somebody.complaints() == []
        page.get_by_label("Date and time").fill("")
        somebody.button("Create room").click()
        expect(page.get_by_text("This field is required.")).to_be_visible(timeout=LOADED_MS)


def test_the_list_goes_on_behind_its_first_page(api: Client, browser: Browser) -> None:
    names = [api.create_room(roomNamePrefix="many")["roomName"] for _ in range(PAGE + 2)]
    with admin(browser, api) as somebody:
        rows = somebody.page.locator("tbody tr")
        expect(rows).to_have_count(PAGE, timeout=LOADED_MS)
        expect(row(somebody, names[0])).to_have_count(0)
        somebody.button("Show more").click()
        expect(row(somebody, names[0])).to_be_visible(timeout=LOADED_MS)
        assert rows.count() > PAGE
        shown = somebody.page.get_by_role("rowheader").get_by_role("link").all_inner_texts()
        assert len(shown) == len(set(shown))
        assert set(names) <= set(shown)
    for name in names:
        api.call("DELETE", f"/rooms/{name}")


def test_preferences_are_switched_at_once(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="switched")["roomName"]
    with admin(browser, api, f"#/rooms/{room}") as somebody:
        page = somebody.page
        chat = page.get_by_role("switch", name="Chat")
        expect(chat).to_be_checked(timeout=LOADED_MS)
        chat.click()
        expect(page.locator(".toast")).to_have_text("Saved.", timeout=LOADED_MS)
        expect(chat).not_to_be_checked()
        preferences = api.call("GET", f"/rooms/{room}").body["preferences"]
        assert [each["enabled"] for each in preferences.values()] == [False, True, True]
        page.get_by_role("switch", name="Recording").click()
        expect(somebody.button("Record")).to_have_count(0)
        page.reload()
        expect(page.get_by_role("switch", name="Recording")).not_to_be_checked(timeout=LOADED_MS)
        page.route(f"**/rooms/{room}", lambda route: route.abort())
        page.get_by_role("switch", name="Chat").click()
        expect(page.get_by_role("alert")).to_contain_text(
            "The service could not be reached.", timeout=LOADED_MS
        )
        expect(page.get_by_role("switch", name="Chat")).not_to_be_checked()
        page.unroute_all()
        api.call("DELETE", f"/rooms/{room}")
        gone = page.get_by_role("heading", level=1, name="This room is over")
        expect(gone).to_be_visible(timeout=2 * LOADED_MS)  # the page asks every ten seconds


def test_a_room_is_ended_once_that_is_confirmed(api: Client, browser: Browser) -> None:
    first, second = (api.create_room(roomNamePrefix="ends")["roomName"] for _ in range(2))
    with admin(browser, api) as somebody:
        end = somebody.button(f"End {first}")
        expect(end).to_be_visible(timeout=LOADED_MS)
        end.click()
        dialog = somebody.page.get_by_role("dialog", name=f"End {first}?")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        somebody.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(end).to_be_focused()
        assert api.call("GET", f"/rooms/{first}").status == 200
        end.click()
        dialog.get_by_role("button", name="End room").click()
        expect(somebody.page.locator(".toast")).to_have_text(
            "The room has ended.", timeout=LOADED_MS
        )
        expect(row(somebody, first)).to_have_count(0)
        assert api.call("GET", f"/rooms/{first}").status == 404
        row(somebody, second).get_by_role("link").click()
        shows(somebody, second)
        somebody.button("End room").click()
        somebody.page.get_by_role("dialog").get_by_role("button", name="End room").click()
        shows(somebody, "Rooms")
        assert api.call("GET", f"/rooms/{second}").status == 404


def test_the_time_that_is_left_runs_down(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="soon", lifetime=2 * MINUTE)["roomName"]
    with admin(browser, api) as somebody:
        left = row(somebody, room).locator(".soon")
        expect(left).to_be_visible(timeout=LOADED_MS)
        before = left.inner_text()
        assert "sec" in before
        expect(left).not_to_have_text(before)
