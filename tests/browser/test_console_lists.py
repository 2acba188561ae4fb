"""The console's list of rooms: several at once, sorted, and how many people are inside."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from meet.clock import DAY, HOUR
from tests.browser.console import (
    LOADED_MS,
    admin,
    console_url,
    is_clean,
    log_in,
    row,
    shows,
)
from tests.browser.test_console_rooms import PAGE
from tests.browser.test_keys import HIDE
from tests.browser.visitors import Visitor, visitor
from tests.live import Client, eventually
from tests.stack.test_recordings import meeting

pytestmark = pytest.mark.usefixtures("pages")

PHONE = {"width": 320, "height": 568}


def rows(api: Client, prefix: str, count: int) -> list[str]:
    made = [api.create_room(roomNamePrefix=f"{prefix}-{n}") for n in range(count)]
    return [each["roomName"] for each in made]


def status(api: Client, room: str) -> str:
    answer = api.call("GET", f"/rooms/{room}")
    return answer.body["status"] if answer.status == 200 else str(answer.status)


def confirm(somebody: Visitor, title: str, action: str) -> None:
    dialog = somebody.page.get_by_role("dialog", name=title)
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    assert somebody.complaints() == []
    dialog.get_by_role("button", name=action, exact=True).press("Enter")
    expect(dialog).to_have_count(0, timeout=3 * LOADED_MS)


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 720}, PHONE])
def test_several_rooms_are_closed_opened_and_ended_at_once(
    api: Client, browser: Browser, viewport: dict[str, int]
) -> None:
    first, second, third = rows(api, f"batch{viewport['width']}", 3)
    search = f"#/rooms?search=batch{viewport['width']}"
    with admin(browser, api, search, viewport=viewport) as somebody:
        page = somebody.page
        for each in (first, second):
            page.get_by_role("checkbox", name=f"Select {each}").press(
                "Space", timeout=2 * LOADED_MS
            )
        expect(page.get_by_text("2 selected")).to_be_visible()
        somebody.button("Close 2").press("Enter")
        confirm(somebody, "Close 2 rooms?", "Close 2")
        toast = page.locator(".toast").last
        expect(toast).to_have_text("2 rooms are closed.", timeout=LOADED_MS)
        expect(row(somebody, first)).to_contain_text("Closed")
        assert [status(api, each) for each in (first, second, third)] == [
            "closed",
            "closed",
            "open",
        ]
        expect(page.get_by_role("heading", level=1)).to_be_focused()

        page.get_by_role("checkbox", name=f"Select {first}").press("Space")
        somebody.button("Select all").press("Enter")
        somebody.button("Open 2").press("Enter")
        confirm(somebody, "Open 2 rooms again?", "Open 2")
        expect(toast).to_have_text("2 rooms are open again.", timeout=LOADED_MS)
        assert status(api, second) == "open"

        expect(page.get_by_text("1 selected")).to_be_visible()
        somebody.button("Select all").press("Enter")
        somebody.button("End 3").press("Enter")
        confirm(somebody, "End 3 rooms?", "End 3")
        expect(toast).to_have_text("3 rooms have ended.", timeout=LOADED_MS)
        expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
        assert {status(api, each) for each in (first, second, third)} == {"404"}
        is_clean(somebody)


def test_rooms_that_could_not_be_ended_stay_selected(api: Client, browser: Browser) -> None:
    first, second = rows(api, "stubborn", 2)
    with admin(browser, api, "#/rooms?search=stubborn") as somebody:
        page = somebody.page
        for each in (first, second):
            page.get_by_role("checkbox", name=f"Select {each}").check(timeout=LOADED_MS)
        page.route(f"**/rooms/{second}", lambda route: route.abort())
        somebody.button("End 2").click()
        page.get_by_role("dialog").get_by_role("button", name="End 2").click()
        told = "It did not work for 1 of 2 rooms, which is still selected."
        expect(page.locator(".toast").last).to_have_text(told, timeout=2 * LOADED_MS)
        expect(row(somebody, first)).to_have_count(0)
        expect(page.get_by_role("checkbox", name=f"Select {second}")).to_be_checked()
        expect(page.get_by_text("1 selected")).to_be_visible()


def test_rooms_are_sorted(api: Client, browser: Browser) -> None:
    late = api.create_room(roomNamePrefix="order-10", lifetime=3 * DAY)["roomName"]
    soon = api.create_room(roomNamePrefix="order-9", lifetime=HOUR)["roomName"]
    with admin(browser, api, "#/rooms?search=order-") as somebody:
        page = somebody.page
        names = page.locator("tbody th")
        expect(names).to_have_count(2, timeout=LOADED_MS)
        order = page.get_by_label("Sort by")
        order.select_option("Ending soonest first")
        expect(names.first).to_contain_text(soon)
        order.select_option("By name")
        expect(names.first).to_contain_text(soon)  # 9 comes before 10
        order.select_option("Newest first")
        expect(names.first).to_contain_text(soon)
        order.select_option("Ending soonest first")
        page.reload()
        expect(names.last).to_contain_text(late, timeout=LOADED_MS)
        expect(order).to_have_value("ends")


def test_a_search_reads_on_behind_the_first_page(api: Client, browser: Browser) -> None:
    hidden = api.create_room(roomNamePrefix="far-behind")["roomName"]
    others = rows(api, "before", PAGE)
    with admin(browser, api) as somebody:
        expect(row(somebody, others[-1])).to_be_visible(timeout=LOADED_MS)
        expect(row(somebody, hidden)).to_have_count(0)
        somebody.page.get_by_label("Search by name").fill("far-behind")
        expect(row(somebody, hidden)).to_be_visible(timeout=LOADED_MS)
    for name in others:
        api.call("DELETE", f"/rooms/{name}")


def test_the_list_says_how_many_people_are_inside(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="busy")
    people = {"publish": ["camera"], "colour": (92, 148, 122)}
    name = room["roomName"]
    with meeting(api, room, Ada=people, Bob=people):
        eventually(lambda: status(api, name) == "active_meeting", 30, "the meeting is known")
        with admin(browser, api) as somebody:
            told = row(somebody, name).get_by_text("Meeting now, 2 participants")
            expect(told).to_be_visible(timeout=2 * LOADED_MS)


def test_the_list_follows_while_it_is_looked_at(api: Client, browser: Browser) -> None:
    with admin(browser, api) as somebody:
        page = somebody.page
        shows(somebody, "Rooms")
        expect(page.locator(".late")).to_have_count(0, timeout=LOADED_MS)
        made = api.create_room(roomNamePrefix="appears")["roomName"]
        expect(row(somebody, made)).to_be_visible(timeout=2 * LOADED_MS)
        api.call("PUT", f"/rooms/{made}", {"status": "closed"})
        expect(row(somebody, made)).to_contain_text("Closed", timeout=2 * LOADED_MS)
        api.call("DELETE", f"/rooms/{made}")
        expect(row(somebody, made)).to_have_count(0, timeout=2 * LOADED_MS)


def test_a_hidden_list_asks_for_nothing(api: Client, browser: Browser) -> None:
    with visitor(browser, "admin") as somebody:
        page = somebody.page
        page.clock.install()
        somebody.open(console_url(api, "#/rooms"))
        log_in(somebody, api)
        shows(somebody, "Rooms")
        expect(page.locator(".late")).to_have_count(0, timeout=LOADED_MS)

        def reads() -> int:
            paths = [urlsplit(each.url).path for each in somebody.requests]
            return sum(path.endswith("/rooms") for path in paths)

        with page.expect_request("**/rooms?*"):
            page.clock.run_for(11_000)
        page.evaluate(HIDE, True)
        before = reads()
        page.clock.run_for(120_000)
        assert reads() == before
        with page.expect_request("**/rooms?*"):
            page.evaluate(HIDE, False)
        assert reads() == before + 1


def test_a_room_is_made_with_a_start_a_length_a_lobby_and_notes(
    api: Client, browser: Browser
) -> None:
    with admin(browser, api, "#/rooms/new", timezone_id="Europe/Madrid") as somebody:
        page = somebody.page
        shows(somebody, "New room")
        more = page.get_by_text("More settings")
        more.focus()
        page.keyboard.press("Enter")
        page.get_by_label("Starts", exact=True).fill("2030-02-03T04:05")
        page.get_by_label("Longest meeting, in minutes").fill("0")
        page.get_by_role("switch", name="Lobby").press("Space")
        page.get_by_role("switch", name="Viewers wait").press("Space")
        page.get_by_label("Name 1").fill("team")
        page.get_by_label("Value 1").fill("red")
        page.get_by_label("Exact time").check()
        page.get_by_label("Date and time").fill("2031-02-03T04:05")
        more.click()  # closed again: what is wrong inside opens it
        somebody.button("Create room").click()
        longest = page.get_by_label("Longest meeting, in minutes")
        expect(longest).to_be_focused(timeout=LOADED_MS)
        assert somebody.complaints() == []
        longest.fill("45")
        somebody.button("Create room").click()
        expect(page.locator(".toast")).to_have_text(
            "The room is ready. Share its links.", timeout=LOADED_MS
        )
        name = page.get_by_role("heading", level=1).inner_text()
        room = api.call("GET", f"/rooms/{name}").body
        assert room["startsAt"] == 1896318300000
        assert room["maxDurationMinutes"] == 45
        assert room["metadata"] == {"team": "red"}
        lobby = {"enabled": True, "roles": ["publisher"], "openWithoutModerator": False}
        assert room["lobby"] == lobby
        is_clean(somebody)
