"""The lobby from both sides: those who wait, and the moderators who decide."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

DECIDED_MS = 15_000
LOBBY = {"enabled": True}
WAITING = "Waiting to be let in"
MANY = 200


def _knock(somebody: Visitor, url: str) -> None:
    somebody.open(url)
    ask = somebody.button("Ask to join")
    expect(ask).to_be_visible(timeout=JOIN_MS)
    somebody.page.get_by_label("Your name").fill(somebody.name)
    ask.click()
    somebody.ends_with(WAITING)


@contextmanager
def _moderated(
    api: Client, browser: Browser, **look: Any
) -> Iterator[tuple[dict[str, Any], Visitor]]:
    room = api.create_room(lobby=LOBBY)
    with visitor(browser, "Mona", **look) as mona:
        mona.enter(room["moderatorURL"])
        yield room, mona


def test_who_waits_is_admitted_and_joins(api: Client, browser: Browser) -> None:
    with _moderated(api, browser) as (room, mona), visitor(browser, "Ada") as ada:
        _knock(ada, room["publisherURL"])
        assert ada.complaints() == []
        expect(ada.page.get_by_role("heading", name=WAITING)).to_be_focused()
        assert ada.page.locator("video").count() == 0, "the camera is off while one waits"
        notice = mona.page.locator(".lobby-notice")
        expect(notice).to_contain_text("Ada wants to join.", timeout=DECIDED_MS)
        assert mona.complaints() == []
        mona.button("Admit Ada").click()
        expect(ada.button("Leave")).to_be_visible(timeout=DECIDED_MS)
        mona.sees_moving("Ada")
        expect(notice).to_have_count(0)
        ada.reload()  # without waiting again


def test_who_is_denied_is_told(api: Client, browser: Browser) -> None:
    with _moderated(api, browser) as (room, mona), visitor(browser, "Ada") as ada:
        _knock(ada, room["viewerURL"])
        mona.press("People")
        mona.button("Deny Ada").click()
        ada.ends_with("You were not let in", seconds=DECIDED_MS / 1000)
        assert ada.complaints() == []
        expect(mona.page.get_by_role("region", name="Waiting")).to_have_count(0)


def test_who_cancels_is_back_at_the_door(api: Client, browser: Browser) -> None:
    room = api.create_room(lobby=LOBBY)
    with visitor(browser, "Ada") as ada:
        _knock(ada, room["publisherURL"])
        ada.button("Cancel").click()
        expect(ada.button("Ask to join")).to_be_visible()
        asked = len(ada.requests)
        ada.page.wait_for_timeout(3000)
        assert not [each for each in ada.requests[asked:] if "/token" in each.url]


def test_who_waits_is_told_of_a_lost_network_and_goes_on(api: Client, browser: Browser) -> None:
    with _moderated(api, browser) as (room, mona), visitor(browser, "Ana", locale="es-ES") as ana:
        ana.open(room["publisherURL"])
        ana.page.get_by_label("Tu nombre").fill("Ana")
        ana.button("Pedir entrar").click()
        ana.ends_with("Esperando para entrar")
        ana.page.route("**/participants/token", lambda route: route.abort())
        expect(ana.page.get_by_text("Ahora no hay conexión.")).to_be_visible(timeout=DECIDED_MS)
        assert ana.complaints() == []
        ana.page.unroute("**/participants/token")
        mona.button("Admit Ana").click(timeout=DECIDED_MS)
        ana.button("Intentar de nuevo").click()
        expect(ana.button("Salir")).to_be_visible(timeout=DECIDED_MS)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((410, "ticket_gone"), "Your request to join has expired"),
        ((404, "room_not_found"), "This meeting is over"),
        ((403, "room_closed"), "The meeting is locked"),
        ((409, "room_full"), "The room is full"),
    ],
)
def test_what_ends_the_waiting_is_told(
    api: Client, browser: Browser, answer: tuple[int, str], sentence: str
) -> None:
    status, reason = answer
    room = api.create_room(lobby=LOBBY)
    with visitor(browser, "Ada") as ada:
        _knock(ada, room["publisherURL"])

        def refuse(route: Route) -> None:
            route.fulfill(status=status, json={"code": status, "message": "-", "reason": reason})

        ada.page.route("**/participants/token", refuse)
        ada.ends_with(sentence, seconds=DECIDED_MS / 1000)


def test_two_hundred_who_wait_leave_the_panel_usable(api: Client, browser: Browser) -> None:
    phone = {"width": 390, "height": 844}
    with _moderated(api, browser, viewport=phone) as (room, mona), visitor(browser, "Ada") as ada:
        crowd = [
            {
                "id": f"{number:015d}-{number:032x}",
                "participantName": f"Guest {number}",
                "role": "viewer",
                "since": number,
            }
            for number in range(MANY)
        ]
        asked: list[str] = []

        def answer(route: Route) -> None:
            asked.append(route.request.method)
            if route.request.method == "GET":
                route.fulfill(json={"waiting": crowd})
            else:
                crowd.clear()
                route.fulfill(json={"decision": "admit", "participants": MANY})

        mona.page.route("**/waiting", answer)
        _knock(ada, room["publisherURL"])
        notice = mona.page.locator(".lobby-notice")
        expect(notice).to_contain_text(f"{MANY} people want to join.", timeout=DECIDED_MS)
        notice.get_by_role("button", name="Show").click()
        expect(notice).to_have_count(0)
        assert mona.complaints() == []
        assert not mona.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        expect(mona.page.locator(".people li", has_text="Mona")).to_be_in_viewport()
        calls = len(asked)
        mona.page.wait_for_timeout(3000)
        assert len(asked) == calls, "the list is read when the server says so"
        mona.button("Admit all").click()
        expect(mona.page.get_by_role("region", name="Waiting")).to_have_count(0)
        assert asked.count("PUT") == 1


def test_a_moderator_who_comes_later_sees_who_waits(api: Client, browser: Browser) -> None:
    room = api.create_room(lobby=LOBBY)
    with visitor(browser, "Ada") as ada, visitor(browser, "Mona") as mona:
        _knock(ada, room["publisherURL"])
        mona.enter(room["moderatorURL"])
        expect(mona.page.locator(".lobby-notice")).to_contain_text("Ada", timeout=DECIDED_MS)
        expect(mona.page.locator(".controls .badge")).to_have_text("1")
