"""The meeting with a keyboard alone, and what axe says about it."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

FOCUSED = """() => {
  const it = document.activeElement;
  return it.getAttribute("aria-label") || it.innerText || it.tagName;
}"""


def _tab_to(somebody: Visitor, name: str) -> None:
    """Press Tab until something of that name has the focus, and shows that it has."""
    for _ in range(40):
        if somebody.page.evaluate(FOCUSED).strip() == name:
            outline = somebody.page.evaluate(
                "getComputedStyle(document.activeElement).outlineStyle"
            )
            assert outline != "none", f"{name} does not show the focus"
            return
        somebody.page.keyboard.press("Tab")
    pytest.fail(f"Tab does not lead to {name}")


@pytest.mark.every_browser
def test_somebody_joins_mutes_chats_and_leaves_by_keyboard_alone(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        bob.enter(room["publisherURL"])
        keys = ada.page.keyboard
        ada.open(room["publisherURL"])
        ada.at_the_door()
        ada.page.bring_to_front()  # Firefox shows the focus in one window only
        keys.type("Ada")
        keys.press("Enter")
        expect(ada.button("Leave")).to_be_visible(timeout=JOIN_MS)
        expect(ada.button("Mute")).to_be_enabled(timeout=JOIN_MS)

        _tab_to(ada, "Mute")
        keys.press("Space")
        expect(ada.button("Unmute")).to_be_focused()

        _tab_to(ada, "Background")
        keys.press("Enter")
        expect(ada.page.get_by_role("heading", name="Background")).to_be_focused()
        keys.press("Tab")
        keys.press("Tab")
        expect(ada.page.get_by_role("radio", name="None")).to_be_focused()
        keys.press("Escape")
        expect(ada.button("Background")).to_be_focused()

        _tab_to(ada, "Chat")
        keys.press("Enter")
        expect(ada.page.get_by_label("Message", exact=True)).to_be_focused()
        keys.type("Hello Bob")
        keys.press("Enter")
        bob.reads("Hello Bob")
        keys.press("Escape")
        expect(ada.button("Chat")).to_be_focused()

        _tab_to(ada, "Leave")
        keys.press("Enter")
        ada.ends_with("You left the meeting")
        expect(ada.page.get_by_role("heading", name="You left the meeting")).to_be_focused()


@pytest.mark.every_browser
def test_axe_finds_nothing_from_the_door_to_the_end(api: Client, browser: Browser) -> None:
    _has_no_complaints(api, browser, 1280, "light")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light"), (390, "dark")])
def test_axe_finds_nothing_on_a_phone_or_in_the_dark(
    api: Client, browser: Browser, width: int, scheme: str
) -> None:
    _has_no_complaints(api, browser, width, scheme)


def _has_no_complaints(api: Client, browser: Browser, width: int, scheme: str) -> None:
    room = api.create_room()
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 780}}
    with visitor(browser, "Ada", **look) as ada, visitor(browser, "Bob") as bob:
        bob.enter(room["publisherURL"])
        ada.open(room["moderatorURL"])
        ada.at_the_door()
        assert ada.complaints() == [], "at the door"
        ada.join()
        expect(ada.tile("Bob")).to_be_visible(timeout=JOIN_MS)
        assert ada.complaints() == [], "in the grid"
        for panel in ("Background", "People", "Chat"):
            if ada.button("More").is_visible():
                ada.button("More").click()
                assert ada.complaints() == [], "with more controls"
                ada.button("More").click()
            ada.press(panel)
            expect(ada.page.locator(".side h2")).to_contain_text(panel)
            if panel == "Chat":
                ada.write("Hello")
            assert ada.complaints() == [], panel
        ada.button("Close").click()
        ada.press("Speaker view")
        assert ada.complaints() == [], "in the speaker's view"
        assert ada.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        ada.button("Leave").click()
        ada.ends_with("You left the meeting")
        assert ada.complaints() == [], "at the end"
