"""Before joining: which meeting it is, how many are there, and consent to be recorded."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client, eventually

pytestmark = pytest.mark.usefixtures("pages")

RECORD_MS = 45_000  # two functions that run for the first time, on a busy machine
RECORDED = "This meeting is being recorded."

COUNT_ESCAPES = """() => {
  window.escapes = 0;
  document.addEventListener("keydown", ({key}) => window.escapes += key === "Escape", true);
}"""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""A dialog that the browser closed is shown again in a task of its own."""

NO_CAMERA = "localStorage.setItem('meet.on.camera', 'no')"
"""The recorder is another browser on this machine: it has enough to do with the sound."""


def _agree(somebody: Visitor) -> None:
    asked = somebody.page.get_by_role("dialog", name=RECORDED)
    expect(asked).to_be_visible(timeout=RECORD_MS)
    assert somebody.complaints() == []
    asked.get_by_role("button", name="Agree and stay").click()
    expect(asked).to_have_count(0)


def test_those_who_could_be_recorded_agree_once_in_a_meeting(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="weekly")
    names = ("Ada", "Bob", "Eve", "Vera")
    with (
        visitor(browser, names[0]) as ada,
        visitor(browser, names[1]) as bob,
        visitor(browser, names[2]) as eve,
        visitor(browser, names[3]) as vera,
    ):
        for each in (ada, bob, eve, vera):
            each.page.add_init_script(NO_CAMERA)
        ada.open(room["moderatorURL"])
        ada.at_the_door()
        door = ada.page.locator(".meeting-now")
        expect(door).to_have_text("weekly Nobody is there yet.")
        ada.join()
        bob.enter(room["publisherURL"])
        expect(bob.tile("Ada")).to_be_visible(timeout=JOIN_MS)
        expect(bob.button("Mute")).to_be_enabled(timeout=JOIN_MS)
        ada.press("Record")
        _agree(bob)
        dialogs = [each.page.get_by_role("dialog") for each in (ada, bob)]
        expect(ada.button("Stop recording")).to_be_visible(timeout=RECORD_MS)
        expect(dialogs[0]).to_have_count(0)  # the one who records is not asked

        eve.open(room["publisherURL"])
        eve.at_the_door()
        expect(eve.page.locator(".meeting-now")).to_have_text("weekly 2 people are there.")
        expect(eve.page.get_by_text(RECORDED)).to_be_visible()
        assert eve.complaints() == []
        eve.page.get_by_label("Your name").fill("Eve")
        eve.button("Join").click()
        expect(eve.page.get_by_role("alert")).to_have_text("To join, agree to be recorded.")
        consent = eve.page.get_by_label("I agree to be recorded.")
        expect(consent).to_be_focused()
        assert eve.complaints() == []
        consent.check()
        eve.join()
        expect(eve.tile("Ada")).to_be_visible()
        expect(eve.page.get_by_role("dialog")).to_have_count(0)

        vera.open(room["viewerURL"])
        vera.at_the_door()
        expect(vera.page.get_by_text(RECORDED)).to_be_visible()
        vera.join()  # nobody sees or hears her
        expect(vera.page.get_by_role("dialog")).to_have_count(0)

        bob.reload()
        expect(bob.page.locator(".recording-mark")).to_be_visible()
        expect(bob.page.get_by_role("dialog")).to_have_count(0)

        ada.press("Stop recording")
        expect(bob.page.locator(".recording-mark")).to_have_count(0, timeout=RECORD_MS)

    def statuses() -> list[str]:
        found = api.call("GET", f"/recordings?roomName={room['roomName']}").body
        return [each["status"] for each in found]

    eventually(lambda: statuses() == ["READY"], 30, "the recording is ready")


def test_those_who_do_not_agree_leave(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        ada.enter(room["moderatorURL"])
        bob.enter(room["publisherURL"])
        bob.sees_moving("Ada")
        ada.press("Record")
        asked = bob.page.get_by_role("dialog", name=RECORDED)
        expect(asked).to_be_visible(timeout=RECORD_MS)
        bob.page.evaluate(COUNT_ESCAPES)
        for inside in (True, False):
            if not inside:
                bob.page.evaluate("document.activeElement.blur()")
            for _ in range(4):
                bob.page.keyboard.press("Escape")
                bob.page.evaluate(SETTLED)
                expect(asked).to_be_visible()
        assert bob.page.evaluate("window.escapes") == 8
        asked.get_by_role("button", name="Leave").click()
        bob.ends_with("You left the meeting", seconds=JOIN_MS / 1000)
        expect(ada.tile("Bob")).to_have_count(0)
        ada.press("Stop recording")
        expect(ada.page.locator(".recording-mark")).to_have_count(0, timeout=RECORD_MS)
