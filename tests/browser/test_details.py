"""Small things of the meeting page that stood in somebody's way."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.crowd import crowd
from tests.browser.visitors import JOIN_MS, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

EATEN = ["%2e%2e", "a/b", "..%2f..", "?ban=true", "#top", "a\\b", "%", "ä+b c;d"]
INITIALS = {
    "👩‍👩‍👧 Müller": "👩‍👩‍👧M",
    "क्षितिज नायर": "क्षिना",
    "x\u0302avier zola": "X\u0302Z",
    "Ada": "A",
}
REPEATS = """() => document.getAnimations()
  .map((each) => each.effect.getComputedTiming())
  .filter(({iterations, duration}) => iterations > 1 && duration < 1000).length"""


@pytest.fixture
def room(api: Client) -> dict[str, Any]:
    return api.create_room()


def test_participants_are_removed_whatever_their_names_are(
    api: Client, room: dict[str, Any], browser: Browser
) -> None:
    with crowd(api, room, *EATEN) as others, visitor(browser, "Mona") as mona:
        mona.enter(room["moderatorURL"])
        mona.press("People")
        for name in EATEN:
            mona.act(name, "Remove")
            question = mona.page.get_by_role("group", name=f"Remove {name} from")
            question.get_by_role("button", name="Remove", exact=True).click()
            listed = mona.page.locator(".person-name").get_by_text(name, exact=True)
            expect(listed).to_have_count(0, timeout=JOIN_MS)
            assert others.people[name].gone.is_set()
        expect(mona.button("Leave")).to_be_visible()


@pytest.mark.parametrize(("status", "reason"), [(404, "not_found"), (500, "internal_server_error")])
def test_a_removal_that_fails_is_told(
    api: Client, room: dict[str, Any], browser: Browser, status: int, reason: str
) -> None:
    with crowd(api, room, "Ada"), visitor(browser, "Mona") as mona:
        mona.enter(room["moderatorURL"])
        answer = {"code": status, "message": "No", "reason": reason}
        mona.page.route(
            "**/participants/Ada*", lambda route: route.fulfill(status=status, json=answer)
        )
        mona.act("Ada", "Remove")
        question = mona.page.get_by_role("group", name="Remove Ada")
        question.get_by_role("button", name="Remove", exact=True).click()
        failed = mona.page.locator(".notice", has_text="That did not work")
        expect(failed).to_be_visible(timeout=JOIN_MS)


def test_initials_are_letters_as_readers_count_them(
    api: Client, room: dict[str, Any], browser: Browser
) -> None:
    with crowd(api, room, *INITIALS), visitor(browser, "Vera") as vera:
        vera.enter(room["viewerURL"])
        for name, letters in INITIALS.items():
            expect(vera.tile(name).locator(".avatar")).to_have_text(letters, timeout=JOIN_MS)


def test_nothing_flickers_where_motion_is_reduced(
    api: Client, room: dict[str, Any], browser: Browser
) -> None:
    with (
        crowd(api, room, "Ada") as others,
        visitor(browser, "Vera", reduced_motion="reduce") as vera,
    ):
        others.film()
        vera.enter(room["viewerURL"])
        vera.sees_moving("Ada")
        _put_dot(vera.page)
        assert vera.page.evaluate(REPEATS) == 0


def _put_dot(page: Page) -> None:
    """Show the mark of a recording, without the recording."""
    page.evaluate("document.querySelector('.bar').innerHTML += '<span class=dot></span>'")


def test_escape_closes_more_wherever_the_focus_is(room: dict[str, Any], browser: Browser) -> None:
    with visitor(browser, "Ada", viewport={"width": 390, "height": 844}) as ada:
        ada.enter(room["moderatorURL"])
        ada.button("More").click()
        popup = ada.page.locator(".popup")
        expect(popup).to_be_visible()
        ada.page.evaluate("document.activeElement.blur()")
        ada.page.keyboard.press("Escape")
        expect(popup).to_have_count(0)
        expect(ada.button("More")).to_be_focused()


def test_who_speaks_is_in_the_text_too(api: Client, room: dict[str, Any], browser: Browser) -> None:
    with crowd(api, room, "Bob") as others, visitor(browser, "Ada") as ada:
        ada.enter(room["publisherURL"])
        expect(ada.tile("Bob")).to_be_visible(timeout=JOIN_MS)
        ada.press("People")
        expect(ada.page.locator(".people li", has_text="Bob")).not_to_contain_text("speaking")
        others.begin_to_speak("Bob")
        expect(ada.tile("Bob")).to_contain_text("speaking", timeout=JOIN_MS)
        expect(ada.page.locator(".people li", has_text="Bob")).to_contain_text("speaking")
