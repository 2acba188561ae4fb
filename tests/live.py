"""Calls the running stack as users do: a back end over HTTP, people with LiveKit clients."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import urllib3
from livekit import rtc

from meet import clock
from tools import ROOT
from tools.stack.deployment import STACK, aws_session
from tools.stack.local_stack import LocalStack

HOUR = 60 * 60 * 1000
_REMEMBERED = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: urllib3.HTTPHeaderDict
    data: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.data)


@dataclass(frozen=True)
class Client:
    """Calls the API as a user's back end does."""

    stack: LocalStack
    http: urllib3.PoolManager = field(default_factory=urllib3.PoolManager)
    heard: list[tuple[str, str]] = field(default_factory=list)
    """Each request, and its answer but for films: tests/security looks for secrets in them."""

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Call /meet/api/v1 + path; key None sends none, empty the right one."""
        sent = dict(headers or {})
        if key is not None:
            sent["X-API-KEY"] = key or self.stack.api_key
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        url = path if path.startswith("http") else self.stack.api_url + path
        reply = self.http.request(
            method, url, body=body, headers=sent, retries=False, redirect=False, timeout=30
        )
        text = reply.data[:_REMEMBERED].decode("latin-1")
        told = f"HTTP {reply.status} {dict(reply.headers)}\n{text}"
        self.heard.append((f"{method} {url.removeprefix(self.stack.api_url)}", told))
        return Answer(reply.status, reply.headers, reply.data)

    def create_room(self, *, lifetime: int = HOUR, **options: Any) -> dict[str, Any]:
        """Create a room; lifetime in milliseconds."""
        answer = self.call("POST", "/rooms", {"expirationDate": clock.now() + lifetime, **options})
        assert answer.status == 200, answer
        room: dict[str, Any] = answer.body
        return room

    def token(
        self, room: dict[str, Any], name: str, role: str = "publisher", **more: str
    ) -> Answer:
        """Ask for a token with the secret of a role's link, as the meeting page does."""
        secret = parse_qs(urlsplit(room[f"{role}URL"]).query)["secret"][0]
        request = {"roomName": room["roomName"], "participantName": name, "secret": secret, **more}
        return self.call("POST", "/participants/token", request, key=None)


def warm(api: Client, *functions: str, at_once: int = 1) -> None:
    """Start processes of each function, such as CreateRoom, as many as calls will come at once.

    A first call would wait for its process, and here all processes share two cores with the media.
    Each handles its function's sample event, which is about nothing that is there.
    """
    session, endpoint = aws_session(), api.stack.aws_endpoint_url
    stacks = session.client("cloudformation", endpoint_url=endpoint)
    lambdas: Any = session.client("lambda", endpoint_url=endpoint)
    for function in functions:
        sample = ROOT / "events" / f"{re.sub('(?<!^)(?=[A-Z])', '_', function).lower()}.json"
        found = stacks.describe_stack_resource(StackName=STACK, LogicalResourceId=function)
        name = found["StackResourceDetail"]["PhysicalResourceId"]
        call = partial(lambdas.invoke, FunctionName=name, Payload=sample.read_bytes())
        with ThreadPoolExecutor(at_once) as pool:
            for each in [pool.submit(call) for _ in range(at_once)]:
                each.result()


class Person:
    """A real LiveKit client in a meeting."""

    def __init__(self, room: rtc.Room) -> None:
        self.room = room
        self.gone = asyncio.Event()
        self.video = asyncio.Event()
        room.on("disconnected", lambda *_: self.gone.set())
        room.on("track_subscribed", self._subscribed)
        self._camera: asyncio.Task[None] | None = None

    def _subscribed(self, track: rtc.Track, *_: Any) -> None:
        if track.kind == rtc.TrackKind.KIND_VIDEO:
            self.video.set()

    async def publish(self) -> None:
        """Publish a grey camera picture, ten times a second."""
        source = rtc.VideoSource(320, 180)
        track = rtc.LocalVideoTrack.create_video_track("camera", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA)
        await self.room.local_participant.publish_track(track, options)
        frame = rtc.VideoFrame(
            320, 180, rtc.VideoBufferType.RGBA, bytes([128, 128, 128, 255]) * (320 * 180)
        )

        async def film() -> None:
            while True:
                source.capture_frame(frame)
                await asyncio.sleep(0.1)

        self._camera = asyncio.create_task(film())

    async def leave(self) -> None:
        if self._camera:
            self._camera.cancel()
        await self.room.disconnect()


@asynccontextmanager
async def meeting(url: str | None, *tokens: str) -> AsyncIterator[list[Person]]:
    """Join with each token; everybody leaves at the end."""
    assert url
    people: list[Person] = []
    try:
        for token in tokens:
            person = Person(rtc.Room())
            await person.room.connect(url, token)  # never cancel it: the SDK would panic
            people.append(person)
        yield people
    finally:
        await asyncio.gather(*(person.leave() for person in people), return_exceptions=True)


def eventually(condition: Callable[[], Any], seconds: float, what: str) -> None:
    """Return once the condition holds; fail after the seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


async def eventually_async(condition: Callable[[], Any], seconds: float, what: str) -> None:
    """Return once the condition holds, and let the clients work meanwhile; fail after seconds."""
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.05)
