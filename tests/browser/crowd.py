"""Many people in one meeting: LiveKit's client for Python, not a browser for each."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

from livekit import rtc

from tests.live import Client, Person, meeting

T = TypeVar("T")

_RATE = 48_000
_FRAME = _RATE // 100
_START_SECONDS = 120


class Crowd:
    """People who are in a meeting, and what they do there."""

    def __init__(self, loop: asyncio.AbstractEventLoop, people: dict[str, Person]) -> None:
        self._loop = loop
        self.people = people
        self._tasks: list[Any] = []  # kept from the garbage collector

    def do(self, what: Coroutine[Any, Any, T], seconds: float = 30) -> T:
        """Let the clients do something, which this thread waits for."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(seconds)

    def begin(self, what: Coroutine[Any, Any, T]) -> "Future[T]":
        """Let the clients begin something, and go on at once."""
        begun = asyncio.run_coroutine_threadsafe(what, self._loop)
        self._tasks.append(begun)
        return begun

    def film(self, *names: str) -> None:
        """Turn cameras on."""
        for name in names or self.people:
            self.do(self.people[name].publish())

    def show(self, name: str, width: int, height: int, source: int) -> rtc.LocalTrackPublication:
        """Publish a picture of this size."""
        return self.do(self._show(self.people[name], width, height, source))

    async def _show(
        self, person: Person, width: int, height: int, source: int
    ) -> rtc.LocalTrackPublication:
        picture = rtc.VideoSource(width, height)
        track = rtc.LocalVideoTrack.create_video_track("picture", picture)
        options = rtc.TrackPublishOptions(source=source, simulcast=False)  # type: ignore[arg-type]
        own = person.room.local_participant
        publication = await own.publish_track(track, options)
        pixels = bytes([90, 140, 120, 255]) * (width * height)
        frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.RGBA, pixels)

        async def go_on() -> None:
            while person.room.isconnected() and publication.sid in own.track_publications:
                picture.capture_frame(frame)
                await asyncio.sleep(0.1)

        self._tasks.append(asyncio.ensure_future(go_on()))
        return publication

    def share(self, name: str) -> rtc.LocalTrackPublication:
        """Share a screen."""
        return self.show(name, 320, 180, rtc.TrackSource.SOURCE_SCREENSHARE)

    def say(self, name: str, text: str, topic: str = "lk.chat") -> None:
        """Write into the chat."""
        self.do(self.people[name].room.local_participant.send_text(text, topic=topic))

    def send(self, name: str, packet: bytes, topic: str) -> None:
        """Send a data packet."""
        own = self.people[name].room.local_participant
        self.do(own.publish_data(packet, topic=topic, reliable=True))

    def stop(self, name: str, publication: rtc.LocalTrackPublication) -> None:
        """Publish a picture no longer."""
        self.do(self.people[name].room.local_participant.unpublish_track(publication.sid))

    def speak(self, name: str, seconds: float) -> None:
        """Let somebody be heard for some seconds; this thread waits meanwhile."""
        self.do(_speak(self.people[name], seconds), seconds + 30)

    def begin_to_speak(self, name: str, seconds: float = 15) -> None:
        """Let somebody be heard for some seconds, and go on at once."""
        self.begin(_speak(self.people[name], seconds))


async def _speak(person: Person, seconds: float) -> None:
    source = rtc.AudioSource(_RATE, 1)
    track = rtc.LocalAudioTrack.create_audio_track("voice", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    publication = await person.room.local_participant.publish_track(track, options)
    loud = b"".join(
        (20_000 if (n // 60) % 2 else -20_000).to_bytes(2, "little", signed=True)
        for n in range(_FRAME)
    )
    for _ in range(int(seconds * 100)):
        await source.capture_frame(rtc.AudioFrame(loud, _RATE, 1, _FRAME))
    await person.room.local_participant.unpublish_track(publication.sid)


@contextmanager
def crowd(
    api: Client, room: dict[str, Any], *names: str, role: str = "publisher"
) -> Iterator[Crowd]:
    """Let these people join, in this order; they leave at the end."""
    tokens = [api.token(room, name, role).body["token"] for name in names]
    with together(api, names, tokens) as people:
        yield people


@contextmanager
def together(api: Client, names: Sequence[str], tokens: Sequence[str]) -> Iterator[Crowd]:
    """Let people with these tokens join, in this order; they leave at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    there = meeting(api.stack.livekit_url, *tokens)
    enter = asyncio.run_coroutine_threadsafe(there.__aenter__(), loop)
    try:
        people = enter.result(_START_SECONDS)
        yield Crowd(loop, dict(zip(names, people, strict=True)))
    finally:
        leave = asyncio.run_coroutine_threadsafe(there.__aexit__(None, None, None), loop)
        leave.result(_START_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
