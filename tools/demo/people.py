"""A process with synthetic participants: colour bars that move, tones, a flash with a beep.

stdin: one JSON line, {"url", "people": [{"token", "publish", "colour", "tone", ...}]}; instead of
a token, "identity" and "name" can be given, with "key", "secret" and "room" beside "people". Prints
"joined" once all participants publish, and ends when stdin ends.
"""

import asyncio
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from livekit import api, rtc

RATE = 48_000
FPS = 25
PERIOD = 4
"""Seconds for which each of a participant's colours is shown, by the wall clock."""
BEAT_SECONDS = 0.2
"""How long flash and beep last, at the beginning of each second."""
SIZES = {"camera": (640, 360), "portrait": (360, 640), "small": (160, 90), "screen": (1280, 720)}


class MeetingFailed(Exception):
    """A participant could not join."""


async def join(task: dict[str, Any], person: dict[str, Any]) -> None:
    """Connect a participant and publish their tracks."""
    room = rtc.Room()
    options = rtc.RoomOptions(auto_subscribe=person.get("watches", True))
    await room.connect(task["url"], person.get("token") or _token(task, person), options)
    background = []
    for kind in person["publish"]:
        if kind == "microphone":
            background.append(await sound(room, person))
        else:
            background.append(await picture(room, person, kind))
    person["background"] = (room, background)


def _token(task: dict[str, Any], person: dict[str, Any]) -> str:
    token = api.AccessToken(task["key"], task["secret"]).with_identity(person["identity"])
    grants = api.VideoGrants(room_join=True, room=task["room"])
    return token.with_name(person.get("name", "")).with_grants(grants).to_jwt()


async def picture(room: rtc.Room, person: dict[str, Any], kind: str) -> "asyncio.Task[None]":
    """Publish a camera or a screen of one colour with a bar that moves."""
    width, height = SIZES[kind]
    source = rtc.VideoSource(width, height)
    track = rtc.LocalVideoTrack.create_video_track(kind, source)
    of = rtc.TrackSource.SOURCE_SCREENSHARE if kind == "screen" else rtc.TrackSource.SOURCE_CAMERA
    await room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=of))

    async def run() -> None:
        colours = person.get("colours") or [person["colour"]]
        rate = person.get("fps", FPS)
        begin, n = time.monotonic(), 0
        while True:
            luma, blue, red = colours[int(time.time() / PERIOD) % len(colours)]
            flat = np.empty(width * height * 3 // 2, np.uint8)
            pixels = width * height
            flat[:pixels] = 235 if person.get("beat") and in_beat() else luma
            bar = (n * 6) % (width - 40)
            flat[:pixels].reshape(height, width)[height // 4 : height // 3, bar : bar + 40] = 235
            flat[pixels : pixels * 5 // 4] = blue
            flat[pixels * 5 // 4 :] = red
            frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, flat.tobytes())
            source.capture_frame(frame)
            n += 1
            await asyncio.sleep(max(0.0, begin + n / rate - time.monotonic()))

    return asyncio.create_task(run())


async def sound(room: rtc.Room, person: dict[str, Any]) -> "asyncio.Task[None]":
    """Publish a tone."""
    source = rtc.AudioSource(RATE, 1, queue_size_ms=20)
    track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
    await room.local_participant.publish_track(track, options)

    async def run() -> None:
        n, begin = 0, time.monotonic()
        turn = 2 * math.pi * person.get("tone", 440) / RATE
        while True:
            samples = np.sin(turn * (np.arange(RATE // 100) + n * (RATE // 100))) * 8000
            if person.get("beat") and not in_beat():
                samples[:] = 0
            data = samples.astype(np.int16).tobytes()
            await source.capture_frame(rtc.AudioFrame(data, RATE, 1, RATE // 100))
            n += 1
            await asyncio.sleep(max(0.0, begin + n / 100 - time.monotonic()))

    return asyncio.create_task(run())


def in_beat() -> bool:
    """True if flash and beep are on."""
    return time.monotonic() % 1 < BEAT_SECONDS


async def main() -> None:
    """Connect all participants, and stay until stdin ends."""
    stdin = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    task = json.loads(await stdin.readline())
    for person in task["people"]:
        await join(task, person)
    print("joined", flush=True)
    await stdin.read()
    await asyncio.gather(*(person["background"][0].disconnect() for person in task["people"]))


@contextmanager
def present(url: str, people: list[dict[str, Any]]) -> Iterator[None]:
    """Keep synthetic participants with our tokens in a meeting; raises MeetingFailed."""
    process = subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps({"url": url, "people": people}) + "\n")
        process.stdin.flush()
        if process.stdout.readline() != "joined\n":
            raise MeetingFailed("No participant could join the meeting.")
        yield
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    finally:
        os._exit(0)
