"""A participant whose client sends everything wrong: everybody else stays in the meeting."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from livekit import rtc
from playwright.sync_api import Browser, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client, meeting

pytestmark = pytest.mark.usefixtures("pages")

CHAT, LEGACY = "lk.chat", "lk-chat-topic"
LONGEST = 4000
KEPT = 500


def _legacy(**content: Any) -> bytes:
    return json.dumps({"id": "1", "timestamp": 1, "message": "hi"} | content).encode()


WRONG: list[bytes] = [
    _legacy(message={"toString": "no"}),
    _legacy(message=["<b>", {}]),
    _legacy(message=None),
    _legacy(timestamp=1e99),
    _legacy(timestamp="soon"),
    _legacy(timestamp={}),
    _legacy(id={"a": 1}),
    _legacy(id=None),
    _legacy(message=""),
    _legacy(message="\u202e" * 200),
    _legacy(ignoreLegacy={}),
    _legacy(editTimestamp=1e99, generated="yes", attributes=7, attachedFiles=[None]),
    b"no JSON",
    b"",
    b"null",
    b"[]",
    b"7",
    b'"text"',
    b"\xff\xfe\x00",
    b"[" * 10_000,
    b'{"__proto__": {"message": "x"}}',
    _legacy(message="x" * 14_000),
]
TOPICS = ("", LEGACY, CHAT, "meet.lobby", "meet.ending", "meet.lock", "lk.transcription", "unknown")


async def _send_everything_wrong(url: str | None, token: str) -> None:
    async with meeting(url, token) as (mallory,):
        own = mallory.room.local_participant
        for topic in TOPICS:
            for packet in WRONG:
                await own.publish_data(packet, topic=topic, reliable=True)
                await own.publish_data(packet, topic=topic, reliable=False)
        for topic in (CHAT, "meet.lobby"):
            await own.send_text("", topic=topic)
            await own.send_text("y" * 300_000, topic=topic, attributes={"x": "z" * 1000})
            writer = await own.stream_text(topic=topic, total_size=3)
            await writer.write("more than three letters")
            await writer.aclose()
            await own.stream_text(topic=topic)  # it is never closed
            file = await own.stream_bytes("file" * 100, topic=topic)
            await file.write(b"\x00" * 100_000)
            await file.aclose()
        for number in range(4):
            source = rtc.AudioSource(48000, 1)
            track = rtc.LocalAudioTrack.create_audio_track(f"{'<b>' * 100}{number}", source)
            options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
            if number % 2:
                options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO)
            await own.publish_track(track, options)
        for number in range(3000):
            await own.publish_data(_legacy(message=f"flood {number}"), topic=LEGACY)
        await own.publish_data(_legacy(message="the last one"), topic=LEGACY)
        await asyncio.sleep(1)  # LiveKit sends it on only while its sender is there


def _is_well(somebody: Visitor, other: Visitor, text: str) -> None:
    other.sees_moving(somebody.name)
    somebody.sees_moving(other.name)
    somebody.write(text)
    other.reads(text)
    expect(somebody.page.locator(".broken")).to_have_count(0)
    assert not [line for line in somebody.said if line.startswith("pageerror")], somebody.said


def test_whatever_a_participant_sends_everybody_stays(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        ada.enter(room["moderatorURL"])
        bob.enter(room["publisherURL"])
        ada.write("Before")
        bob.reads("Before")
        token = api.token(room, "M" * 128).body["token"]
        sending = _send_everything_wrong(api.stack.livekit_url, token)
        with ThreadPoolExecutor(1) as elsewhere:  # this thread has Playwright's event loop
            elsewhere.submit(asyncio.run, sending).result()
        _is_well(ada, bob, "After")
        _is_well(bob, ada, "After, too")
        texts = bob.page.locator(".messages .text").all_inner_texts()
        assert "Before" in texts, "a flood leaves what others wrote"
        assert len(texts) <= KEPT
        assert max(map(len, texts)) <= LONGEST + 1
        assert not bob.page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_part_that_fails_leaves_the_meeting_and_can_be_shown_again(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        ada.page.add_init_script("""
          Object.defineProperty(Intl.DateTimeFormat.prototype, "format", {get() {
            if (window.fails) throw new Error("told to fail");
            return (date) => new Date(date).toISOString();
          }});
        """)
        ada.enter(room["publisherURL"])
        bob.enter(room["publisherURL"])
        ada.page.evaluate("window.fails = true")
        bob.write("Hello")
        ada.press("Chat")
        broken = ada.page.locator(".side .broken")
        expect(broken).to_be_visible(timeout=JOIN_MS)
        assert ada.complaints() == []
        bob.sees_moving("Ada")
        ada.sees_moving("Bob")
        ada.page.evaluate("window.fails = false")
        broken.get_by_role("button", name="Show it again").click()
        ada.reads("Hello")


def test_a_page_that_is_shown_again_unmutes_nobody(api: Client, browser: Browser) -> None:
    with visitor(browser, "Ada") as ada:
        ada.page.add_init_script("""
          const {replace} = String.prototype;
          String.prototype.replace = function (pattern, by) {
            if (window.fails && String(pattern).includes("{15}$")) throw new Error("told to fail");
            return replace.call(this, pattern, by);
          };
        """)  # the whole meeting shows its title
        ada.enter(api.create_room()["publisherURL"])
        expect(ada.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)
        ada.button("Mute").click()
        expect(ada.button("Unmute")).to_be_enabled()
        ada.page.evaluate("window.fails = true")
        ada.press("Chat")
        again = ada.button("Show it again")
        expect(again).to_be_visible()
        ada.page.evaluate("window.fails = false")
        again.click()
        expect(ada.button("Unmute")).to_be_visible()
        ada.button("Turn camera off").click()  # which waits for whatever is switched on before
        expect(ada.button("Turn camera on")).to_be_enabled()
        expect(ada.button("Unmute")).to_be_visible()


def test_a_file_that_is_not_there_takes_nothing_else_with_it(api: Client, browser: Browser) -> None:
    with visitor(browser, "Ada") as ada:
        for part in ("ShortcutsDialog", "inside"):
            ada.page.route(f"**/{part}-*.js", lambda route: route.fulfill(status=404))
        ada.open(api.create_room()["publisherURL"])
        ada.at_the_door()
        ada.page.get_by_label("Your name").fill("Ada")
        ada.button("Join").click()
        ada.ends_with("This page does not work right now")
        assert ada.complaints() == []
        ada.page.unroute("**/inside-*.js")
        ada.button("Load again").click()
        expect(ada.button("Turn camera off")).to_be_enabled(timeout=JOIN_MS)

        ada.page.keyboard.press("?")
        expect(ada.page.get_by_text("This part of the page does not work")).to_be_visible()
        expect(ada.button("Mute")).to_be_visible()
        ada.page.keyboard.press("m")
        expect(ada.button("Unmute")).to_be_enabled()
