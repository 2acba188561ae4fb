"""Who is who: namesakes, reloads, and connections that come back late."""

import json
from typing import Any

import jwt
import pytest
from playwright.sync_api import Browser, Request, Route, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

GIVING_UP_MS = 120_000
"""LiveKit's client tries for about a minute to get a connection back."""


def _token_requests(somebody: Visitor) -> list[Request]:
    return [each for each in somebody.requests if each.url.endswith("/participants/token")]


def _identities(somebody: Visitor) -> list[str]:
    """Return the identity of each token that the page got."""
    answers: list[dict[str, Any]] = []
    for each in _token_requests(somebody):
        reply = each.response()
        assert reply is not None
        answers.append(reply.json())
    tokens = [jwt.decode(each["token"], options={"verify_signature": False}) for each in answers]
    assert [each["sub"] for each in tokens] == [each["participantIdentity"] for each in answers]
    return [each["sub"] for each in tokens]


def test_namesakes_are_numbered_by_their_joining_and_the_right_one_is_removed(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with (
        visitor(browser, "Mona") as mona,
        visitor(browser, "Ada") as first,
        visitor(browser, "Ada") as second,
    ):
        mona.enter(room["moderatorURL"])
        for each in (first, second):
            each.enter(room["publisherURL"])
        for each in (mona, first, second):
            expect(each.tile("Ada")).to_have_count(1, timeout=JOIN_MS)
            expect(each.tile("Ada (2)")).to_have_count(1, timeout=JOIN_MS)
        second.write("It is me")
        mona.reads("It is me")
        expect(mona.page.locator(".from b")).to_have_text("Ada (2)")
        mona.act("Ada (2)", "Remove")
        question = mona.page.get_by_role("group", name="Remove Ada (2)")
        question.get_by_role("button", name="Remove", exact=True).click()
        second.ends_with("You were removed")
        expect(mona.tile("Ada")).to_be_visible()
        expect(mona.tile("Ada (2)")).to_have_count(0)
        expect(first.button("Leave")).to_be_visible()


def test_requests_and_reloads_of_a_browser_have_one_identity(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        bob.enter(room["publisherURL"])
        ada.enter(room["publisherURL"])
        expect(bob.tile("Ada")).to_be_visible(timeout=JOIN_MS)
        before = _identities(ada)
        ada.requests.clear()  # a reload forgets the answers
        ada.reload()
        after = _identities(ada)
        assert (len(before), len(after)) == (2, 1)
        assert {*after} == {*before}
        ada.requests.clear()
        ada.enter(room["publisherURL"])
        after = _identities(ada)
        assert len(after) == 1, "the name is known: the door's token is the one to join with"
        assert len({*before, *after}) == 1
        expect(bob.tile("Ada")).to_have_count(1)
        expect(bob.tile("Ada (2)")).to_have_count(0)
        assert {*after}.isdisjoint(_identities(bob))


def test_a_name_that_the_api_refuses_can_be_put_right(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "..") as ada:
        ada.open(room["publisherURL"])
        join = ada.at_the_door()
        ada.page.get_by_label("Your name").fill("..")
        join.click()
        expect(ada.page.get_by_role("alert")).to_have_text(
            "This name cannot be used. Please choose another one."
        )
        ada.name = "Ada"
        ada.join()


def test_a_connection_that_comes_back_too_late_gets_a_new_token(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    is_up = True

    def back(route: Route) -> None:
        nonlocal is_up
        if not is_up:
            api.stack.livekit.start()
            is_up = True
        route.continue_()

    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        ada.enter(room["publisherURL"])
        ada.button("Mute").click()
        expect(ada.button("Unmute")).to_be_visible()
        before = _identities(ada)
        ada.page.route("**/participants/token", back)
        try:
            api.stack.livekit.stop()
            is_up = False
            with ada.page.expect_request("**/participants/token", timeout=GIVING_UP_MS) as request:
                pass
            assert json.loads(request.value.post_data or "")["previousToken"]
            bob.enter(room["publisherURL"])
        finally:
            if not is_up:
                api.stack.livekit.start()
        bob.sees_moving("Ada")
        expect(ada.button("Unmute")).to_be_visible(timeout=JOIN_MS)
        expect(bob.tile("Ada")).to_have_count(1)
        assert len(_identities(ada)) == len(before) + 1
        assert len(set(_identities(ada))) == 1
