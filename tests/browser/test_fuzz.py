"""Clients that send everything wrong at random: every page keeps its meeting.

For MEET_FUZZ_SECONDS. The seed is printed; MEET_FUZZ_SEED repeats a run.
"""

import asyncio
import json
import os
import random
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from livekit import rtc
from livekit.api import AccessToken, VideoGrants
from playwright.sync_api import Browser, expect

from meet import clock
from tests.browser.crowd import Crowd, together
from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client, Person

pytestmark = [pytest.mark.usefixtures("pages"), pytest.mark.timeout(3600)]

SECONDS = float(os.environ.get("MEET_FUZZ_SECONDS", "20"))
SEED = int(os.environ.get("MEET_FUZZ_SEED", secrets.randbelow(10**9)))
CLIENTS = 3
PAUSE = 0.02
OTHER_VIEW = re.compile("(Speaker|Grid) view")

TOPICS = {
    "lk.chat": "text",
    "lk-chat-topic": {"id": "1", "timestamp": 1, "message": "hi"},
    "meet.reaction": "👍",
    "meet.history": [{"id": "a", "identity": "x", "name": "Eve", "at": 1, "text": "hi"}],
    "meet.lobby": {"waiting": 1},
    "meet.ending": {"endsAt": 1},
    "meet.lock": {"locked": True},
    "lk.transcription": {"segments": []},
    "": {},
}
METADATA = {"role": "publisher", "permissions": {"canChat": True, "canRecord": False}}
NASTY: list[Any] = [
    None, True, 0, -1, 1e99, -1e99, 2**53, 0.1, "", " ", "x" * 5000, "\u202e" * 300, "\u0000",
    "🧑‍🚀" * 50,
    "e" + "\u0301" * 4000, "<img src=x onerror=alert(1)>", "{name}", "$&", "https://" + "a" * 3000,
    "javascript:alert(1)", "../..", "%2e%2e", "\ufffe", [], [[[]]], {}, {"toString": 1},
    {"__proto__": {"role": "moderator"}}, {"constructor": None}, ["moderator"], "moderator",
    "viewer",
]  # fmt: skip
SOURCES = [
    rtc.TrackSource.SOURCE_CAMERA,
    rtc.TrackSource.SOURCE_MICROPHONE,
    rtc.TrackSource.SOURCE_SCREENSHARE,
    rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO,
    rtc.TrackSource.SOURCE_UNKNOWN,
]
Action = Callable[[random.Random, Person], Awaitable[Any]]


def _wrong(dice: random.Random, right: Any) -> Any:
    """Return something that is a little, or altogether, different."""
    if dice.random() < 0.3:
        return dice.choice(NASTY)
    if isinstance(right, dict) and right:
        changed = dict(right)
        key = dice.choice([*right])
        changed[key] = _wrong(dice, right[key])
        if dice.random() < 0.2:
            del changed[key]
        return changed
    if isinstance(right, list):
        return [_wrong(dice, each) for each in right * dice.randint(0, 150)]
    return right if dice.random() < 0.3 else dice.choice(NASTY)


def _text(dice: random.Random, right: Any) -> str:
    made = _wrong(dice, right)
    text = made if isinstance(made, str) else json.dumps(made)
    match dice.randrange(6):
        case 0:
            return text[: dice.randrange(len(text) + 1)]
        case 1:
            return "[" * dice.randint(1, 9000) + text
    return text


async def _data(dice: random.Random, person: Person) -> None:
    topic = dice.choice([*TOPICS])
    packet = _text(dice, TOPICS[topic]).encode()[:14_000]
    if dice.random() < 0.2:
        packet = dice.randbytes(dice.randrange(2000))
    own = person.room.local_participant
    await own.publish_data(packet, topic=topic, reliable=dice.random() < 0.8)


async def _stream(dice: random.Random, person: Person) -> None:
    topic = dice.choice([*TOPICS])
    own = person.room.local_participant
    match dice.randrange(4):
        case 0:
            writer = await own.stream_text(topic=topic, total_size=dice.randrange(10))
            await writer.write(_text(dice, TOPICS[topic]))
            if dice.random() < 0.5:
                await writer.aclose()
        case 1:
            file = await own.stream_bytes(_text(dice, "name")[:200], topic=topic)
            await file.write(dice.randbytes(dice.randrange(50_000)))
            await file.aclose()
        case _:
            text = _text(dice, TOPICS[topic]) * dice.choice([1, 1, 1, 40])
            await own.send_text(text[:400_000], topic=topic)


async def _metadata(dice: random.Random, person: Person) -> None:
    await person.room.local_participant.set_metadata(_text(dice, METADATA)[:60_000])


async def _attributes(dice: random.Random, person: Person) -> None:
    wrong = {
        key: _text(dice, dice.choice(NASTY))[:3000]
        for key in ("role", "handRaisedAt", "name", "x", "")
    }
    await person.room.local_participant.set_attributes(wrong)


async def _name(dice: random.Random, person: Person) -> None:
    await person.room.local_participant.set_name(_text(dice, "Mallory")[:200])


async def _track(dice: random.Random, person: Person) -> None:
    own = person.room.local_participant
    if len(own.track_publications) > 3:
        await own.unpublish_track(dice.choice([*own.track_publications]))
        return
    name = _text(dice, "track")[:200]
    options = rtc.TrackPublishOptions(source=dice.choice(SOURCES))
    track: rtc.LocalTrack
    if dice.random() < 0.5:
        track = rtc.LocalAudioTrack.create_audio_track(name, rtc.AudioSource(48_000, 1))
    else:
        size = dice.choice([(16, 16), (16, 320), (320, 16)])
        track = rtc.LocalVideoTrack.create_video_track(name, rtc.VideoSource(*size))
    await own.publish_track(track, options)


ACTIONS: list[tuple[Action, int]] = [
    (_data, 60), (_stream, 15), (_metadata, 5), (_attributes, 5), (_name, 5), (_track, 4),
]  # fmt: skip


async def _fuzz(seed: int, person: Person, until: float) -> int:
    dice = random.Random(seed)
    actions, weights = zip(*ACTIONS, strict=True)
    done = 0
    while time.monotonic() < until and person.room.isconnected():
        (action,) = dice.choices(actions, weights)
        with suppress(Exception):  # the server or the client may refuse any of it
            await asyncio.wait_for(asyncio.shield(asyncio.ensure_future(action(dice, person))), 5)
        done += 1
        await asyncio.sleep(PAUSE)
    return done


def _token(api: Client, room: dict[str, Any], identity: str) -> str:
    """Return a token that lets its holder change everything about themselves."""
    grants = VideoGrants(room_join=True, room=room["roomName"], can_update_own_metadata=True)
    return (
        AccessToken(api.stack.livekit_api_key, api.stack.livekit_api_secret)
        .with_identity(identity)
        .with_name("Mallory")
        .with_metadata(json.dumps(METADATA))
        .with_attributes({"issuedAt": str(clock.now()), "role": "publisher"})
        .with_grants(grants)
        .to_jwt()
    )


def _keeps_its_meeting(somebody: Visitor, other: Visitor, text: str) -> None:
    expect(somebody.button("Leave")).to_be_visible()
    expect(somebody.page.locator(".broken")).to_have_count(0)
    other.sees_moving(somebody.name, 60)
    somebody.write(text)
    other.reads(text)
    wrong = [line for line in somebody.said if line.startswith("pageerror")]
    assert not wrong, f"seed {SEED}: {wrong[:5]}"
    assert not somebody.page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_every_page_keeps_its_meeting_whatever_is_sent(api: Client, browser: Browser) -> None:
    print(f"MEET_FUZZ_SEED={SEED} MEET_FUZZ_SECONDS={SECONDS:g}")
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        ada.enter(room["moderatorURL"])
        bob.enter(room["publisherURL"])
        expect(bob.tile("Ada")).to_be_visible(timeout=JOIN_MS)
        ada.press("Chat")
        bob.press("People")
        names = [f"mallory-{number}" for number in range(CLIENTS)]
        with together(api, names, [_token(api, room, name) for name in names]) as mallories:
            _let_loose(mallories, bob)
            # They are there still, with what they have made of themselves.
            _keeps_its_meeting(ada, bob, "During")
        _keeps_its_meeting(bob, ada, "After")
        _keeps_its_meeting(ada, bob, "After, too")


def _let_loose(mallories: Crowd, bob: Visitor) -> None:
    until = time.monotonic() + SECONDS
    work = [
        mallories.begin(_fuzz(SEED + number, person, until))
        for number, person in enumerate(mallories.people.values())
    ]
    while time.monotonic() < until:
        bob.press(OTHER_VIEW)  # a screen that is shared, or is not any longer, changes the view
        bob.page.wait_for_timeout(500)
    assert sum(each.result(60) for each in work) > CLIENTS
