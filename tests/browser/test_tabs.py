"""One participant with several tabs, and a tab that is closed by mistake."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client, eventually

pytestmark = pytest.mark.usefixtures("pages")

SILENT_S = 30
CONNECTIONS = """
window.connections = [];
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...options) {
    super(...options);
    window.connections.push(this);
  }
};
"""
"""Remembers the page's connections, to ask them what they receive."""
HEARD = """async () => {
  let bytes = 0;
  for (const each of window.connections)
    for (const {type, kind, bytesReceived} of (await each.getStats()).values())
      if (type === "inbound-rtp" && kind === "audio") bytes += bytesReceived;
  return bytes;
}"""


@pytest.fixture
def ada(browser: Browser) -> Iterator[Visitor]:
    with visitor(browser, "Ada") as somebody:
        somebody.page.context.add_init_script(CONNECTIONS)
        yield somebody


def _hears(somebody: Visitor) -> bool:
    """True if the sound of others arrives."""
    before = somebody.page.evaluate(HEARD)
    somebody.page.wait_for_timeout(2000)
    return bool(somebody.page.evaluate(HEARD) > before)


def _second(ada: Visitor, url: str) -> Visitor:
    """Open the link in another tab of the same browser."""
    second = Visitor(ada.page.context.new_page(), "Ada")
    second.open(url)
    second.at_the_door()
    return second


def test_a_second_tab_is_silent_and_says_why(api: Client, browser: Browser, ada: Visitor) -> None:
    room = api.create_room()
    url = room["publisherURL"]
    with visitor(browser, "Bob") as bob:
        bob.enter(url)
        ada.enter(url)
        ada.sees_moving("Bob")
        second = _second(ada, url)
        expect(second.page.get_by_text("You are in this meeting in another tab.")).to_be_visible()
        assert second.complaints() == []
        second.join()
        expect(second.page.get_by_text("so there is no sound here")).to_be_visible()
        expect(second.button("Unmute")).to_be_visible()
        second.sees_moving("Bob")
        eventually(lambda: not _hears(second), SILENT_S, "no sound in the second tab")
        assert _hears(ada)
        expect(ada.page.get_by_text("another tab")).to_have_count(0)

        second.button("Move here").click()
        ada.ends_with("You joined somewhere else")
        expect(second.page.get_by_text("so there is no sound here")).to_have_count(0)
        eventually(lambda: _hears(second), SILENT_S, "the sound is here now")


def test_the_meeting_moves_to_the_second_tab(api: Client, ada: Visitor) -> None:
    url = api.create_room()["publisherURL"]
    ada.enter(url)
    second = _second(ada, url)
    second.button("Move here").click()
    ada.ends_with("You joined somewhere else")
    expect(second.page.get_by_text("in another tab")).to_have_count(0)
    second.join()
    expect(second.button("Mute")).to_be_enabled(timeout=JOIN_MS)
    third = _second(second, url)
    expect(third.page.get_by_text("You are in this meeting in another tab.")).to_be_visible()
    second.button("Leave").click()
    expect(third.page.get_by_text("You are in this meeting in another tab.")).to_have_count(0)


def test_a_tab_is_not_closed_by_mistake(api: Client, ada: Visitor) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    def close(page: Page) -> None:
        page.close(run_before_unload=True)
        page.wait_for_timeout(500)

    ada.page.on("dialog", stay)
    ada.enter(api.create_room()["publisherURL"])
    close(ada.page)
    assert asked == ["beforeunload"]
    with ada.page.expect_event("dialog"):
        ada.page.evaluate("setTimeout(() => history.back())")
    assert asked == ["beforeunload"] * 2
    expect(ada.button("Leave")).to_be_visible()
    ada.button("Leave").click()
    ada.ends_with("You left the meeting")
    with ada.page.expect_event("close"):
        ada.page.close(run_before_unload=True)
    assert asked == ["beforeunload"] * 2
