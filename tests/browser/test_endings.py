"""What happens to a meeting while people are in it: cuts, removals, the end of the room."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Request, expect

from meet import clock
from meet.clock import MINUTE, SECOND
from tests.browser.outages import cut_off, lose, watch_sockets
from tests.browser.visitors import JOIN_MS, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

CUT_MS = 5000


def is_token(request: Request) -> bool:
    """True if it asks for a token."""
    return request.url.endswith("/participants/token")


def test_a_cut_of_five_seconds_is_told_and_heals(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        sockets = watch_sockets(ada)
        for each, url in ((ada, room["moderatorURL"]), (bob, room["publisherURL"])):
            each.enter(url)
        ada.sees_moving("Bob")
        bob.sees_moving("Ada")
        document = ada.page.evaluate("window.document.mark = Math.random()")
        with cut_off(api, sockets):
            shaky = ada.page.get_by_text("Reconnecting")
            expect(shaky).to_be_visible(timeout=CUT_MS)
            assert ada.complaints() == []
            ada.page.wait_for_timeout(CUT_MS)
        expect(shaky).to_have_count(0, timeout=30_000)
        expect(ada.page.get_by_text("Connected again.")).to_be_visible()
        ada.sees_moving("Bob")
        bob.sees_moving("Ada")
        assert ada.page.evaluate("window.document.mark") == document, "without a reload"
        ada.write("Still here")
        bob.reads("Still here")


def test_a_connection_that_does_not_come_back_is_told(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada:
        ada.enter(room["publisherURL"])
        api.stack.livekit.stop()
        try:
            ada.ends_with("The connection was lost", seconds=90)
            ada.button("Join again").click()
            ada.at_the_door().click()
            ada.ends_with("The meeting cannot be reached")
        finally:
            api.stack.livekit.start()
        ada.button("Try again").click()
        ada.join()


def test_an_outage_longer_than_livekit_tries_heals_by_itself(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        for each in (ada, bob):
            sockets = watch_sockets(each)
            each.enter(room["publisherURL"])
            expect(each.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)
            each.page.context.set_offline(True)
            with each.page.expect_event("requestfailed", is_token):
                lose(sockets)
            expect(each.page.get_by_text("Reconnecting")).to_be_visible()
        ada.button("Mute").click()  # as it is to be afterwards
        expect(ada.button("Unmute")).to_be_enabled()
        assert ada.complaints() == []
        with ada.page.expect_event("requestfailed", is_token):
            pass  # it asks again and again
        ada.button("Unmute").blur()
        ada.page.keyboard.down("Space")  # for a moment only, which is over before there is a way
        bob.button("Leave").click()
        bob.ends_with("You left the meeting")

        asked = len(bob.requests)
        for each in (bob, ada):
            each.page.context.set_offline(False)
        expect(ada.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)
        expect(ada.page.get_by_text("Reconnecting")).to_have_count(0)
        expect(ada.button("Unmute")).to_be_visible()
        ada.page.keyboard.up("Space")
        assert not [each for each in bob.requests[asked:] if is_token(each)]


def test_who_is_removed_is_told_and_does_not_come_back_with_the_same_page(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Mallory") as mallory:
        ada.enter(room["moderatorURL"])
        mallory.enter(room["publisherURL"])
        ada.act("Mallory", "Remove")
        question = ada.page.get_by_role("group", name="Remove Mallory")
        assert ada.complaints() == []
        question.get_by_role("button", name="Remove", exact=True).click()
        mallory.ends_with("You were removed")
        assert mallory.complaints() == []
        expect(ada.page.locator(".people li", has_text="Mallory")).to_have_count(0)

        expect(mallory.page.get_by_role("button")).to_have_count(0)
        asked = len(mallory.requests)
        mallory.page.reload()
        mallory.ends_with("You were removed")
        assert not [r for r in mallory.requests[asked:] if "/participants/token" in r.url]

        mallory.open(room["publisherURL"])  # who has the link is let in: a new one is a new room
        mallory.join()
        expect(ada.page.locator(".people li", has_text="Mallory")).to_be_visible()


def test_the_end_of_the_room_is_told_within_a_minute(api: Client, browser: Browser) -> None:
    lifetime = 25_000
    room = api.create_room(lifetime=lifetime)
    with visitor(browser, "Ada") as ada, visitor(browser, "Ana", locale="es-ES") as ana:
        ana.open(room["viewerURL"])
        ana.page.get_by_label("Tu nombre").fill("Ana")
        ana.button("Entrar").click()
        expect(ana.button("Salir")).to_be_visible(timeout=JOIN_MS)
        ada.enter(room["publisherURL"])
        ada.ends_with("The meeting is over", seconds=lifetime / 1000 + 60)
        ana.ends_with("La reunión ha terminado")
        assert ada.complaints() == []
        ada.page.reload()
        ada.ends_with("This meeting is over")


def test_the_limit_of_a_meeting_is_told_before_it_ends(api: Client, browser: Browser) -> None:
    room = api.create_room()
    name, zone = room["roomName"], "Asia/Kolkata"
    with (
        visitor(browser, "Ada", timezone_id=zone) as ada,
        visitor(browser, "Jo", locale="de-DE", timezone_id=zone) as jo,
    ):
        ada.enter(room["moderatorURL"])
        jo.open(room["publisherURL"])
        jo.page.get_by_label("Ihr Name").fill("Jo")
        jo.button("Teilnehmen").click(timeout=JOIN_MS)
        expect(jo.button("Verlassen")).to_be_visible(timeout=JOIN_MS)
        began = api.call("GET", f"/meetings/{name}").body["startDate"]
        minutes = (clock.now() - began) // MINUTE + 3
        api.call("PUT", f"/rooms/{name}", {"maxDurationMinutes": minutes})
        end = datetime.fromtimestamp((began + minutes * MINUTE) / SECOND, ZoneInfo(zone))
        told = ada.page.get_by_role("status").get_by_text("This meeting ends at")
        expect(told).to_have_text(f"This meeting ends at {end:%H:%M}.", timeout=90_000)
        german = jo.page.get_by_role("status").get_by_text("Diese Besprechung endet um")
        expect(german).to_have_text(f"Diese Besprechung endet um {end:%H:%M}.", timeout=JOIN_MS)
        assert ada.complaints() == []
        with visitor(browser, "Eve", timezone_id=zone) as eve:  # after the message was sent
            eve.enter(room["viewerURL"])
            told = eve.page.get_by_role("status").get_by_text("This meeting ends at")
            expect(told).to_have_text(f"This meeting ends at {end:%H:%M}.")
        api.call("PUT", f"/rooms/{name}", {"maxDurationMinutes": 1})
        ada.ends_with("The meeting is over", seconds=150)
        expect(ada.page.get_by_text("The meeting reached its maximum length.")).to_be_visible()
        jo.ends_with("Die Besprechung ist zu Ende")


def test_who_joins_elsewhere_is_told_here(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as here, visitor(browser, "Ada") as there:
        answer = api.token(room, "Ada").data.decode()

        for each in (here, there):
            each.page.route(
                "**/participants/token",
                lambda route: route.fulfill(body=answer, content_type="application/json"),
            )
            each.enter(room["publisherURL"])
        here.ends_with("You joined somewhere else")
