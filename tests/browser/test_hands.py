"""Reactions and raised hands."""

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.crowd import crowd
from tests.browser.visitors import JOIN_MS, visitor
from tests.live import Client, warm

pytestmark = pytest.mark.usefixtures("pages")

TOPIC = "meet.reaction"
MOST_SHOWN = 12
BURST = 3
GONE_MS = 8000
MANY_CLICKS = "(button) => { for (let n = 0; n < 7; n++) button.click(); }"


def test_a_reaction_is_shown_to_everybody_for_a_moment(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Vera") as vera:
        ada.enter(room["publisherURL"])
        vera.enter(room["viewerURL"])
        expect(vera.tile("Ada")).to_be_visible(timeout=JOIN_MS)
        expect(vera.button("React")).to_have_count(0)
        ada.press("React")
        expect(ada.button("Thumbs up")).to_be_focused()
        assert ada.complaints() == []
        ada.button("Applause").evaluate(MANY_CLICKS)  # in one moment, however busy the machine is
        for each in (vera, ada):
            shown = each.page.get_by_role("log", name="Reactions").locator("p")
            expect(
                shown.filter(has=each.page.get_by_role("img", name="Applause")).first
            ).to_contain_text("Ada")
            assert shown.count() <= BURST
        for each in (ada, vera):
            shown = each.page.get_by_role("log", name="Reactions").locator("p")
            expect(shown).to_have_count(0, timeout=GONE_MS)
        ada.page.keyboard.press("Escape")
        expect(ada.button("Applause")).to_have_count(0)
        expect(ada.button("React")).to_be_focused()


def test_a_flood_of_reactions_is_a_few_and_what_is_none_is_nothing(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    wrong = [
        b"",
        b"x",
        "👍👍".encode(),
        b"<b>",
        b"\xff",
        "👍".encode() * 5000,
        "🔥".encode(),
    ]
    names = [f"Mallory {number}" for number in range(8)]
    with (
        crowd(api, room, *names) as others,
        visitor(browser, "Vera", reduced_motion="reduce") as vera,
    ):
        vera.enter(room["viewerURL"])
        expect(vera.tile(names[-1])).to_be_visible(timeout=JOIN_MS)
        shown = vera.page.get_by_role("log", name="Reactions").locator("p")
        for packet in wrong:
            others.send(names[0], packet[:14_000], TOPIC)
        others.send(names[1], "👍".encode(), TOPIC)
        expect(shown).to_have_count(1, timeout=JOIN_MS)
        expect(shown).to_contain_text(names[1])
        expect(shown).to_have_css("animation-name", "none")
        for name in names:
            for _ in range(20):
                others.send(name, "🎉".encode(), TOPIC)
        expect(shown.nth(5)).to_be_visible()
        assert shown.count() <= MOST_SHOWN
        expect(shown).to_have_count(0, timeout=GONE_MS)
        assert not [line for line in vera.said if line.startswith("pageerror")], vera.said


def test_everybody_raises_a_hand_in_an_order_that_all_see_and_moderators_lower_it(
    api: Client, browser: Browser
) -> None:
    warm(api, "RaiseHand")
    room = api.create_room(chatPreferences={"enabled": False})
    with (
        visitor(browser, "Mona") as mona,
        visitor(browser, "Vera") as vera,
        crowd(api, room, "Bob") as others,
    ):
        mona.enter(room["moderatorURL"])
        vera.enter(room["viewerURL"])
        expect(vera.tile("Bob")).to_be_visible(timeout=JOIN_MS)
        vera.press("Raise hand")
        notices = mona.page.locator(".notices [role=status]").first
        expect(notices).to_contain_text("Vera raised a hand.", timeout=JOIN_MS)
        expect(vera.button("Lower hand")).to_be_visible()
        bob = others.people["Bob"].room.local_participant.identity
        hand = f"/meetings/{room['roomName']}/participants/{bob}/hand"
        assert api.call("PUT", hand, {"raised": True}).status == 200
        expect(mona.tile("Bob")).to_contain_text("2hand raised")
        mona.press("People")
        names = mona.page.locator(".people .person-name")
        expect(names).to_have_text(["Vera", "Bob", "Mona (you)"])
        assert mona.complaints() == []
        with visitor(browser, "Ada") as ada:
            ada.enter(room["publisherURL"])
            expect(ada.tile("Bob")).to_contain_text("2hand raised", timeout=JOIN_MS)
            expect(ada.page.get_by_text("raised a hand.")).to_have_count(0)
            ada.press("Raise hand")
            expect(mona.tile("Ada")).to_contain_text("3hand raised", timeout=JOIN_MS)
        expect(names).to_have_text(["Vera", "Bob", "Mona (you)"])
        mona.act("Vera", "Lower hand")
        expect(vera.page.get_by_text("A moderator lowered your hand.")).to_be_visible(
            timeout=JOIN_MS
        )
        expect(vera.button("Raise hand")).to_be_visible()
        expect(mona.tile("Bob")).to_contain_text("1hand raised")
        vera.press("Raise hand")  # perhaps within the second in which the server refuses it
        expect(names).to_have_text(["Bob", "Vera", "Mona (you)"], timeout=JOIN_MS)
        vera.page.keyboard.press("h")
        expect(names).to_have_text(["Bob", "Mona (you)", "Vera"], timeout=JOIN_MS)
        assert vera.complaints() == []


def test_a_hand_that_cannot_be_raised_is_told_and_is_not_shown(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Vera") as vera:
        vera.enter(room["viewerURL"])
        vera.page.route("**/hand", lambda route: route.abort())
        vera.press("Raise hand")
        expect(vera.page.get_by_text("That did not work. Try again.")).to_be_visible()
        expect(vera.button("Raise hand")).to_have_attribute("aria-pressed", "false")
        vera.page.unroute("**/hand")
        vera.press("Raise hand")
        expect(vera.button("Lower hand")).to_be_visible()


def test_a_hand_that_cannot_be_lowered_is_told_and_the_own_one_stays_up(
    api: Client, browser: Browser
) -> None:
    warm(api, "RaiseHand")
    room = api.create_room()
    with visitor(browser, "Mona") as mona, visitor(browser, "Vera") as vera:
        mona.enter(room["moderatorURL"])
        vera.enter(room["viewerURL"])
        vera.press("Raise hand")
        mona.press("People")
        names = mona.page.locator(".people .person-name")
        expect(names).to_have_text(["Vera", "Mona (you)"], timeout=JOIN_MS)
        held: list[Route] = []

        def answer(route: Route) -> None:
            if (route.request.post_data_json or {})["raised"]:
                held.append(route)
            else:
                route.fulfill(status=403, json={"code": 403, "reason": "forbidden"})

        mona.page.route("**/hand", answer)
        mona.press("Raise hand")
        expect(mona.button("Lower hand")).to_be_visible()
        mona.act("Vera", "Lower hand")
        expect(
            mona.page.get_by_text("You can no longer do this. Leave and join again.")
        ).to_be_visible()
        expect(mona.button("Lower hand")).to_be_visible()
        for each in held:
            each.continue_()
        expect(names).to_have_text(["Vera", "Mona (you)"])
        expect(vera.tile("Mona")).to_contain_text("2hand raised", timeout=JOIN_MS)
