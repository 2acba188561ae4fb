"""Coming back, by a reload or after leaving: as one was, also where the browser keeps nothing."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.outages import lose, watch_sockets
from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

NOTHING_IS_KEPT = """
const get = () => { throw new DOMException("denied", "SecurityError"); };
for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {get});
"""


def test_those_who_reload_are_in_the_meeting_again_and_still_silent(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        for each in (ada, bob):
            each.enter(room["publisherURL"])
        bob.sees_moving("Ada")
        for control in ("Mute", "Turn camera off"):
            ada.button(control).click()
        expect(ada.button("Turn camera on")).to_be_enabled()
        ada.reload()
        expect(ada.button("Unmute")).to_be_visible()
        expect(ada.button("Turn camera on")).to_be_visible()
        ada.sees_moving("Bob")
        expect(bob.tile("Ada")).to_have_count(1)
        expect(bob.tile("Ada").locator("video")).to_have_count(0)

        ada.button("Turn camera on").click()
        bob.sees_moving("Ada")
        ada.reload()
        bob.sees_moving("Ada")
        expect(ada.button("Unmute")).to_be_visible()


def test_those_who_join_again_find_their_choices(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada:
        ada.open(room["publisherURL"])
        ada.at_the_door()
        ada.page.get_by_label("Microphone", exact=True).select_option(label="Fake Audio Input 2")
        ada.join()
        ada.button("Mute").click()
        ada.button("Turn camera off").click()
        expect(ada.button("Turn camera on")).to_be_enabled()
        ada.button("Leave").click()
        ada.button("Join again").click()
        ada.at_the_door()
        for control in ("Unmute", "Turn camera on"):
            expect(ada.button(control)).to_be_visible()
        ada.button("Unmute").click()
        microphone = ada.page.get_by_label("Microphone", exact=True)
        expect(microphone.locator("option:checked")).to_have_text("Fake Audio Input 2")
        ada.join()
        expect(ada.button("Mute")).to_be_enabled(timeout=JOIN_MS)
        expect(ada.button("Turn camera on")).to_be_visible()
        ada.open(room["publisherURL"])  # to open the link is to be asked again
        ada.at_the_door()


def test_those_whom_a_moderator_muted_are_still_muted_after_a_reload(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Mona") as mona:
        ada.enter(room["publisherURL"])
        expect(ada.button("Mute")).to_be_enabled(timeout=JOIN_MS)
        mona.enter(room["moderatorURL"])
        mona.press("People")
        mona.button("Mute everyone").click()
        expect(ada.button("Unmute")).to_be_visible(timeout=JOIN_MS)
        ada.reload()
        expect(ada.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)
        expect(ada.button("Unmute")).to_be_visible()


def test_each_tab_returns_as_it_was(api: Client, browser: Browser) -> None:
    with visitor(browser, "Ada") as ada:
        ada.enter(api.create_room()["publisherURL"])
        expect(ada.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)
        ada.button("Mute").click()
        expect(ada.button("Unmute")).to_be_enabled()
        other = Visitor(ada.page.context.new_page(), "Ada")
        other.enter(api.create_room()["publisherURL"])
        other.button("Unmute").click()
        other.button("Turn camera off").click()
        expect(other.button("Turn camera on")).to_be_enabled()
        ada.reload()
        expect(ada.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)
        expect(ada.button("Unmute")).to_be_visible()
        other.reload()
        expect(other.button("Mute")).to_be_enabled(timeout=JOIN_MS)
        expect(other.button("Turn camera on")).to_be_visible()


def test_viewers_who_may_speak_return_as_they_were(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Vera") as vera:
        sockets = watch_sockets(vera)
        vera.enter(room["viewerURL"])
        people = f"/meetings/{room['roomName']}/participants"
        identity = api.call("GET", people).body["participants"][0]["participantIdentity"]
        api.call("PUT", f"{people}/{identity}/role", {"role": "publisher"})
        expect(vera.button("Unmute")).to_be_visible(timeout=JOIN_MS)
        vera.reload()
        expect(vera.button("Unmute")).to_be_enabled(timeout=JOIN_MS)

        vera.button("Unmute").click()
        expect(vera.button("Mute")).to_be_enabled()
        lose(sockets)
        expect(vera.button("Mute")).to_be_enabled(timeout=JOIN_MS)


def test_a_reload_works_where_the_browser_keeps_nothing(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Mona") as mona:
        ada.page.add_init_script(NOTHING_IS_KEPT)
        ada.enter(room["publisherURL"])
        ada.button("Mute").click()
        ada.button("Leave").click()
        ada.button("Join again").click()
        expect(ada.button("Unmute")).to_be_visible(timeout=JOIN_MS)
        ada.page.reload()
        ada.at_the_door()

        ada.join()
        mona.enter(room["moderatorURL"])
        mona.act("Ada", "Remove")
        mona.page.get_by_role("group", name="Remove Ada").get_by_role(
            "button", name="Remove"
        ).click()
        ada.ends_with("You were removed")
        ada.page.reload()
        ada.ends_with("You were removed")
        assert "secret" not in ada.page.url
        assert not [line for line in ada.said if line.startswith("pageerror")], ada.said
