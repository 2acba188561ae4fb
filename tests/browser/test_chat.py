"""The chat as one reads and writes it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.crowd import Crowd, crowd
from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

HEBREW = "דוד (1)"
SENTENCE = (
    "See https://example.org/a_(b)?q=1#x, (http://example.com/path). javascript:alert(1) "
    "https://you@evil.example/ ftp://example.net/ https:// data:text/html,x https://bücher.example/é!"
)
LINKS = [
    "https://example.org/a_(b)?q=1#x",
    "http://example.com/path",
    "https://bücher.example/é",
]
TOLD = re.compile("as (Ada|Bob) has them")
SCROLLED = "(list) => list.scrollHeight - list.scrollTop - list.clientHeight"
BOX = """(element) => {
  const {x, y, width, height} = element.getBoundingClientRect();
  return [x, y, x + width, y + height];
}"""

SLOW = """
const {get} = Object.getOwnPropertyDescriptor(RTCDataChannel.prototype, "bufferedAmount");
const {send} = RTCDataChannel.prototype;
const channels = new Set();
Object.defineProperty(RTCDataChannel.prototype, "bufferedAmount", {get() {
  channels.add(this);
  return window.isFull ? 1e9 : get.call(this);
}});
RTCDataChannel.prototype.send = function (packet) {
  if (window.isBroken) throw new DOMException("told to fail", "NetworkError");
  send.call(this, packet);
};
window.drain = () => {
  window.isFull = false;
  channels.forEach((each) => each.dispatchEvent(new Event("bufferedamountlow")));
};
"""
"""A connection that a test holds up and breaks."""


@pytest.fixture(scope="module")
def room(api: Client) -> dict[str, Any]:
    return api.create_room()


@pytest.fixture(scope="module")
def others(api: Client, room: dict[str, Any]) -> Iterator[Crowd]:
    with crowd(api, room, "Bob", HEBREW) as both:
        yield both


def _field(somebody: Visitor) -> Locator:
    return somebody.page.get_by_label("Message", exact=True)


@pytest.mark.every_browser
def test_a_draft_outlives_the_panel_and_the_field_has_the_focus(
    room: dict[str, Any], browser: Browser
) -> None:
    with visitor(browser, "Ada") as ada:
        ada.enter(room["publisherURL"])
        ada.press("Chat")
        expect(_field(ada)).to_be_focused()
        ada.page.keyboard.type("Half a sent")
        ada.page.keyboard.press("Escape")
        expect(ada.page.locator(".side")).to_have_count(0)
        ada.press("People")
        ada.press("Chat")
        expect(_field(ada)).to_have_value("Half a sent")
        ada.page.keyboard.type("ence")
        ada.button("Send").click()
        ada.reads("Half a sentence")
        expect(_field(ada)).to_have_value("")
    with visitor(browser, "Vera") as vera:
        vera.enter(room["viewerURL"])
        expect(vera.button("Chat")).to_have_count(0)


def test_older_messages_stay_where_they_are_read(
    room: dict[str, Any], others: Crowd, browser: Browser
) -> None:
    with visitor(browser, "Ada") as ada:
        ada.enter(room["publisherURL"])
        ada.press("Chat")
        for number in range(40):
            ada.write(f"Line {number}")
        ada.reads("Line 39")
        messages = ada.page.locator(".messages")
        assert messages.evaluate(SCROLLED) < 2
        messages.evaluate("(list) => list.scrollTo({top: 100})")
        others.say("Bob", "Are you there?")
        news = ada.button("New messages")
        expect(news).to_be_visible(timeout=JOIN_MS)
        assert messages.evaluate("(list) => list.scrollTop") == 100
        assert ada.complaints() == []
        news.click()
        expect(news).to_have_count(0)
        assert messages.evaluate(SCROLLED) < 2
        others.say("Bob", "Hello")
        ada.reads("Hello")
        assert messages.evaluate(SCROLLED) < 2, "at the end one stays at the end"
        messages.evaluate("(list) => list.scrollTo({top: 100})")
        ada.write("My own")
        ada.reads("My own")
        assert messages.evaluate(SCROLLED) < 2


@pytest.mark.every_browser
def test_addresses_are_links_and_nothing_else_is(
    room: dict[str, Any], others: Crowd, browser: Browser
) -> None:
    with visitor(browser, "Ada") as ada:
        ada.enter(room["publisherURL"])
        ada.press("Chat")
        others.say("Bob", SENTENCE)
        ada.reads(SENTENCE)
        links = ada.page.locator(".messages a")
        assert links.all_inner_texts() == LINKS
        for link in links.all():
            assert link.get_attribute("rel") == "noopener noreferrer"
            assert link.get_attribute("target") == "_blank"
            assert str(link.evaluate("(link) => link.protocol")) in {"http:", "https:"}
        others.say("Bob", "https://a.example/ " * 200)
        expect(links.nth(len(LINKS))).to_be_visible(timeout=JOIN_MS)
        assert links.count() <= len(LINKS) + 30
        assert ada.complaints() == []


def test_text_from_right_to_left_turns_nothing_around_it(
    room: dict[str, Any], others: Crowd, browser: Browser
) -> None:
    with visitor(browser, "Ada") as ada:
        ada.enter(room["publisherURL"])
        others.say(HEBREW, "שלום, Ada!")
        notice = ada.page.locator(".notice", has_text="שלום")
        expect(notice).to_contain_text(f"\u2068{HEBREW}\u2069 wrote", timeout=JOIN_MS)
        ada.press("Chat")
        text = ada.page.locator(".messages .text").last
        expect(text).to_have_text("שלום, Ada!")
        assert text.evaluate("(one) => getComputedStyle(one).direction") == "rtl"
        expect(ada.page.locator(".messages .from bdi").last).to_have_text(HEBREW)
        ada.press("People")
        expect(ada.page.locator(".people bdi", has_text=HEBREW)).to_be_visible()
        expect(ada.tile(HEBREW).locator("bdi.tile-text")).to_have_text(HEBREW)


@pytest.mark.parametrize(
    ("locale", "clock"), [("en-US", r"\d{1,2}:\d\d\s[AP]M"), ("fi-FI", r"\d{1,2}\.\d\d")]
)
def test_times_are_those_of_the_region(
    room: dict[str, Any], browser: Browser, locale: str, clock: str
) -> None:
    with visitor(browser, "Ada", locale=locale) as ada:
        ada.enter(room["publisherURL"])
        ada.write("What time is it?")
        ada.reads("What time is it?")
        expect(ada.page.locator(".messages time").last).to_have_text(re.compile(f"^{clock}$"))


@pytest.mark.parametrize("width", [1280, 960, 390])
def test_notices_do_not_cover_the_chat(
    room: dict[str, Any], others: Crowd, browser: Browser, width: int
) -> None:
    with visitor(browser, "Ada", viewport={"width": width, "height": 800}) as ada:
        ada.enter(room["publisherURL"])
        expect(ada.tile("Bob")).to_be_visible(timeout=JOIN_MS)
        ada.press("Chat")
        screen = others.share("Bob")
        notice = ada.page.locator(".notice")
        expect(notice.last).to_be_visible(timeout=JOIN_MS)
        others.stop("Bob", screen)
        left, top, right, bottom = notice.last.evaluate(BOX)
        x1, y1, x2, y2 = ada.page.locator(".side").evaluate(BOX)
        assert right <= x1 or left >= x2 or bottom <= y1 or top >= y2
        assert left >= 0
        assert right <= width


def test_those_who_come_later_read_what_was_written_before(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        ada.enter(room["moderatorURL"])
        bob.enter(room["publisherURL"])
        expect(bob.tile("Ada")).to_be_visible(timeout=JOIN_MS)
        ada.write("First")
        bob.reads("First")
        bob.write("Second")
        ada.reads("Second")
        with visitor(browser, "Vera") as vera:
            vera.enter(room["viewerURL"])
            vera.reads("Second")
            texts = vera.page.locator(".messages .text")
            assert texts.all_inner_texts() == ["First", "Second"], "from two tellers, once"
            expect(vera.page.locator(".messages")).to_contain_text(TOLD)
            assert vera.page.locator(".messages .from bdi").all_inner_texts() == ["Ada", "Bob"]
            ada.write("Third")
            vera.reads("Third")
        bob.reload()
        bob.reads("Third")
        assert bob.page.locator(".messages .mine .text").all_inner_texts() == ["Second"]


def test_a_history_that_is_wrong_is_taken_as_far_as_it_is_right(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    right = {"id": "a", "identity": "x", "name": "Eve", "at": 1, "text": "A right one"}
    wrong: list[Any] = [
        None,
        7,
        "text",
        [],
        {},
        right | {"at": 1e99},
        right | {"text": {}},
        right | {"id": "i" * 99},
        right | {"name": {"toString": 1}},
        right | {"text": " "},
        right | {"identity": None},
    ]
    with crowd(api, room, "Mallory") as others, visitor(browser, "Ada") as ada:
        ada.enter(room["publisherURL"])
        expect(ada.tile("Mallory")).to_be_visible(timeout=JOIN_MS)
        for history in ("no JSON", "{}", "[" * 9000, json.dumps(wrong), "x" * 300_000):
            others.say("Mallory", history, topic="meet.history")
        others.say("Mallory", json.dumps([*wrong, right, right]), topic="meet.history")
        ada.write("Mine")
        ada.reads("A right one")
        others.say(
            "Mallory", json.dumps([right | {"id": "b", "text": "More"}]), topic="meet.history"
        )
        others.say("Mallory", "Live")
        ada.reads("Live")
        assert ada.page.locator(".messages .text").all_inner_texts() == [
            "A right one",
            "Mine",
            "Live",
        ]
        assert not [line for line in ada.said if line.startswith("pageerror")], ada.said


def test_what_is_typed_while_a_message_is_on_its_way_stays(
    room: dict[str, Any], browser: Browser
) -> None:
    with visitor(browser, "Ada") as ada:
        ada.page.add_init_script(SLOW)
        ada.enter(room["publisherURL"])
        keys, texts = ada.page.keyboard, ada.page.locator(".messages .mine .text")

        def reopen() -> None:
            keys.press("Escape")
            expect(ada.page.locator(".side")).to_have_count(0)
            ada.press("Chat")

        ada.write("First")
        ada.reads("First")
        ada.page.evaluate("window.isFull = true")
        _field(ada).fill("Second")
        keys.press("Enter")
        expect(_field(ada)).to_have_value("")
        reopen()
        expect(_field(ada)).to_have_value("")
        keys.type("Third")
        keys.press("Enter")
        keys.type("Four")
        ada.page.evaluate("drain()")
        ada.reads("Third")
        assert texts.all_inner_texts() == ["First", "Second", "Third"]
        expect(_field(ada)).to_have_value("Four")

        ada.page.evaluate("window.isFull = window.isBroken = true")
        keys.press("Enter")
        reopen()
        keys.type("Five")
        keys.press("Enter")
        keys.type("Six")
        ada.page.evaluate("drain()")
        expect(ada.page.get_by_text("The message was not sent.")).to_be_visible()
        expect(_field(ada)).to_have_value("Four\nFive\nSix")
        assert texts.count() == 3
