"""psrpc between peers on a bus in memory, and its bytes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import Any

import pytest
from google.protobuf import any_pb2
from google.protobuf.message import DecodeError
from google.protobuf.wrappers_pb2 import StringValue

from tools.recorder.psrpc import Peer, Refused
from tools.recorder.wire import ClaimResponse, Request, StartEgressRequest


class MemoryBus:
    """Delivers to everybody subscribed, and remembers channels and kinds of message."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self._listeners: list[tuple[list[str], asyncio.Queue[tuple[str, bytes]]]] = []

    async def publish(self, channel: str, data: bytes) -> None:
        with suppress(DecodeError):
            self.seen.append((channel, any_pb2.Any.FromString(data).type_url))
        for patterns, queue in self._listeners:
            if any(fnmatchcase(channel, pattern) for pattern in patterns):
                queue.put_nowait((channel, data))

    async def messages(
        self, patterns: list[str], subscribed: asyncio.Event
    ) -> AsyncIterator[tuple[str, bytes]]:
        queue: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._listeners.append((patterns, queue))
        subscribed.set()
        while True:
            yield await queue.get()


class Peers:
    """A caller and servers of Talk.Say, each answering with its own name."""

    def __init__(self, *servers: tuple[str, float | None]) -> None:
        self.bus = MemoryBus()
        self.caller = Peer(self.bus, calls=("Talk",))
        self.handled: list[str] = []
        self._peers = [self.caller]
        for name, affinity in servers:
            peer = Peer(self.bus, calls=())
            rule = None if affinity is None else (lambda _t, _m, a=affinity: a)
            peer.serve("Talk", "Say", StringValue, self._handler(name), rule)
            self._peers.append(peer)

    def _handler(self, name: str) -> Any:
        async def handle(topic: str, message: Any) -> Any:
            self.handled.append(name)
            if message.value == "bad":
                raise Refused("invalid_argument", "do not say that")
            if message.value == "bug":
                raise RuntimeError("a secret")
            return StringValue(value=f"{name} heard {message.value}{topic}")

        return handle

    async def __aenter__(self) -> "Peers":
        self._tasks = [asyncio.create_task(peer.run()) for peer in self._peers]
        for peer in self._peers:
            await peer.subscribed.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()

    async def say(self, text: str, timeout: float = 1) -> str:
        message = StringValue(value=text)
        return str((await self.caller.call("Talk", "Say", message, StringValue, timeout)).value)


def test_a_call_takes_the_channels_and_messages_of_psrpc() -> None:
    async def scenario() -> list[tuple[str, str]]:
        async with Peers(("a", 1.0)) as peers:
            assert await peers.say("hello") == "a heard hello"
            return peers.bus.seen

    seen = asyncio.run(scenario())
    client = seen[1][0].split("|")[1]
    assert client.startswith("CLI_")
    url = "type.googleapis.com/internal."
    assert seen == [
        ("Talk|Say|REQ", f"{url}Request"),
        (f"Talk|{client}|CLAIM", f"{url}ClaimRequest"),
        ("Talk|Say|RCLAIM", f"{url}ClaimResponse"),
        (f"Talk|{client}|RES", f"{url}Response"),
    ]


def test_of_several_that_claim_only_one_acts() -> None:
    async def scenario() -> list[str]:
        async with Peers(("a", 1.0), ("b", 1.0), ("c", -1.0)) as peers:
            await peers.say("hello")
            return peers.handled

    assert len(asyncio.run(scenario())) == 1


def test_a_call_that_nobody_claims_is_unavailable() -> None:
    async def scenario() -> None:
        async with Peers(("a", -1.0)) as peers:
            await peers.say("hello", timeout=0.1)

    with pytest.raises(Refused) as refused:
        asyncio.run(scenario())
    assert refused.value.code == "unavailable"


@pytest.mark.parametrize(
    ("word", "code", "message"),
    [
        ("bad", "invalid_argument", "do not say that"),
        ("bug", "internal", "RuntimeError in the worker"),
    ],
)
def test_errors_arrive_with_code_and_without_detail(word: str, code: str, message: str) -> None:
    async def scenario() -> None:
        async with Peers(("a", 1.0)) as peers:
            await peers.say(word)

    with pytest.raises(Refused, match=message) as refused:
        asyncio.run(scenario())
    assert refused.value.code == code


def test_all_servers_can_be_asked() -> None:
    async def scenario() -> list[str]:
        async with Peers(("a", None), ("b", None)) as peers:
            question = StringValue(value="you")
            answers = await peers.caller.ask_all("Talk", "Say", question, StringValue, 0.1)
            return sorted(answer.value for answer in answers)

    assert asyncio.run(scenario()) == ["a heard you", "b heard you"]


def test_requests_with_a_topic_are_heard_and_late_ones_are_not() -> None:
    async def scenario() -> list[str]:
        async with Peers(("a", None)) as peers:
            for seconds in (-1, 1):
                request = Request(
                    request_id="REQ_1",
                    client_id="CLI_1",
                    expiry=time.time_ns() + seconds * 10**9,
                    raw_request=StringValue(value="x").SerializeToString(),
                )
                envelope = any_pb2.Any()
                envelope.Pack(request)
                data = envelope.SerializeToString()
                await peers.bus.publish("Talk|Say|topic|REQ", data)
            await peers.bus.publish("Talk|Say|REQ", b"\xff not protobuf")
            await asyncio.sleep(0.05)
            return peers.handled

    assert asyncio.run(scenario()) == ["a"]


def test_messages_are_the_bytes_of_psrpc() -> None:
    verdict = ClaimResponse(request_id="REQ_1", server_id="SRV_1")
    assert verdict.SerializeToString() == b"\x0a\x05REQ_1\x12\x05SRV_1"
    request = Request(request_id="R", client_id="C", sent_at=1, expiry=2, raw_request=b"m")
    assert request.SerializeToString() == b"\x0a\x01R\x12\x01C\x18\x01\x20\x02\x42\x01m"
    # egress_id 1, room_composite 5 with room_name 1
    start = StartEgressRequest.FromString(b"\x0a\x02EG\x2a\x06\x0a\x04room")
    assert start.WhichOneof("request") == "room_composite"
    assert start.room_composite.room_name == "room"
