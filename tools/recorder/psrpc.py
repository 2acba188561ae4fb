"""psrpc over Redis pub/sub: channel names, and the claims by which one server wins a call."""

import asyncio
import logging
import secrets
import string
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from google.protobuf import any_pb2
from google.protobuf.message import DecodeError, Message
from redis import asyncio as redis
from redis.exceptions import ConnectionError as RedisLost
from redis.exceptions import TimeoutError as RedisSlow

from tools.recorder.wire import ClaimRequest, ClaimResponse, Request, Response

log = logging.getLogger(__name__)

Reply = TypeVar("Reply", bound=Message)
Handler = Callable[[str, Any], Awaitable[Message]]
"""Receives topic and request; the caller gets the exception it raises."""
Affinity = Callable[[str, Any], float]
"""Receives topic and request; negative leaves the call to others, 1.0 claims it at once."""


class Refused(Exception):
    """An RPC failed with a psrpc error code, here or on the other side."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Bus(Protocol):
    """The transport that psrpc needs."""

    async def publish(self, channel: str, data: bytes) -> None:
        """Deliver to the current listeners."""

    def messages(
        self, patterns: list[str], subscribed: asyncio.Event
    ) -> AsyncIterator[tuple[str, bytes]]:
        """Yield channel and data without end; set the event once subscribed."""


class RedisBus:
    """Redis pub/sub that survives restarts of the Redis server."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, health_check_interval=10, socket_connect_timeout=5)

    async def publish(self, channel: str, data: bytes) -> None:
        """Deliver to the current listeners."""
        try:
            await self._redis.publish(channel, data)
        except RedisLost:  # a pooled connection is stale after a restart; the next one is new
            await self._redis.publish(channel, data)

    async def messages(
        self, patterns: list[str], subscribed: asyncio.Event
    ) -> AsyncIterator[tuple[str, bytes]]:
        """Yield channel and data without end; set the event once subscribed."""
        lost = False
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.psubscribe(*patterns)
                    while True:
                        message = await pubsub.get_message(timeout=5)
                        if message is None:
                            continue
                        if message["type"] == "pmessage":
                            yield message["channel"].decode(), message["data"]
                        else:
                            subscribed.set()
                            lost = False
            except (RedisLost, RedisSlow, OSError) as error:
                if not lost:
                    log.warning("redis lost, connecting again: %s", error)
                lost = True
                await asyncio.sleep(0.5)


@dataclass(slots=True)
class _Method:
    request: type[Message]
    handler: Handler
    affinity: Affinity | None


@dataclass(slots=True)
class _Call:
    claim: asyncio.Future[Any] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    responses: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)


class Peer:
    """Serves methods, and calls those of other servers."""

    def __init__(self, bus: Bus, calls: tuple[str, ...]) -> None:
        """`calls` are the services whose methods will be called."""
        self._bus = bus
        self._called_services = calls
        self._server_id = _random_id("SRV_")
        self._client_id = _random_id("CLI_")
        self._methods: dict[tuple[str, str], _Method] = {}
        self._verdicts: dict[str, asyncio.Future[str]] = {}
        self._calls: dict[str, _Call] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.subscribed = asyncio.Event()

    def serve(
        self,
        service: str,
        method: str,
        request: type[Message],
        handler: Handler,
        affinity: Affinity | None,
    ) -> None:
        """Serve a method; one without an affinity is answered by every server."""
        self._methods[service, method] = _Method(request, handler, affinity)

    async def run(self) -> None:
        """Serve calls without end."""
        # Patterns rather than a subscription per egress: Redis loses both when it restarts,
        # and patterns never change.
        patterns = [f"{service}|{method}|*" for service, method in self._methods]
        for service in self._called_services:
            patterns += [f"{service}|{self._client_id}|CLAIM", f"{service}|{self._client_id}|RES"]
        async for channel, data in self._bus.messages(patterns, self.subscribed):
            try:
                self._dispatch(channel, data)
            except DecodeError:
                log.warning("not a psrpc message on %s", channel)

    async def call(
        self, service: str, method: str, message: Message, reply: type[Reply], timeout: float = 5
    ) -> Reply:
        """Return the answer of the one server that claims the call; raises Refused."""
        request_id, call = self._new_call()
        try:
            async with asyncio.timeout(timeout):
                await self._request(service, method, message, request_id, timeout)
                claim = await call.claim
                verdict = ClaimResponse(request_id=request_id, server_id=claim.server_id)
                await self._publish(f"{service}|{method}|RCLAIM", verdict)
                response = await call.responses.get()
        except TimeoutError:
            unclaimed = call.claim.cancelled()
            code = "unavailable" if unclaimed else "deadline_exceeded"
            raise Refused(code, f"{service}.{method}: no answer in {timeout} s") from None
        except (RedisLost, RedisSlow) as error:
            raise Refused("unavailable", f"{service}.{method}: {error}") from error
        finally:
            del self._calls[request_id]
        if response.error:
            raise Refused(response.code, response.error)
        return reply.FromString(response.raw_response)

    async def ask_all(
        self, service: str, method: str, message: Message, reply: type[Reply], wait: float
    ) -> list[Reply]:
        """Return the answers of all servers within `wait` seconds; raises Refused."""
        request_id, call = self._new_call()
        try:
            await self._request(service, method, message, request_id, wait, multi=True)
            await asyncio.sleep(wait)
        except (RedisLost, RedisSlow) as error:
            raise Refused("unavailable", f"{service}.{method}: {error}") from error
        finally:
            del self._calls[request_id]
        responses = [call.responses.get_nowait() for _ in range(call.responses.qsize())]
        return [reply.FromString(each.raw_response) for each in responses if not each.error]

    def _new_call(self) -> tuple[str, _Call]:
        request_id = _random_id("REQ_")
        call = self._calls[request_id] = _Call()
        return request_id, call

    async def _request(
        self,
        service: str,
        method: str,
        message: Message,
        request_id: str,
        timeout: float,
        *,
        multi: bool = False,
    ) -> None:
        now = time.time_ns()
        request = Request(
            request_id=request_id,
            client_id=self._client_id,
            sent_at=now,
            expiry=now + int(timeout * 1e9),
            multi=multi,
            raw_request=message.SerializeToString(),
        )
        await self._publish(f"{service}|{method}|REQ", request)

    async def _publish(self, channel: str, message: Message) -> None:
        # psrpc's bus envelope is byte for byte an Any as long as its channel field is empty,
        # which over Redis it is.
        envelope = any_pb2.Any()
        envelope.Pack(message)
        await self._bus.publish(channel, envelope.SerializeToString())

    def _dispatch(self, channel: str, data: bytes) -> None:
        envelope = any_pb2.Any.FromString(data)
        kind = envelope.type_url.rpartition(".")[2]
        service, method, *rest = channel.split("|")
        if kind == "Request" and (service, method) in self._methods:
            topic = rest[0] if len(rest) == 2 else ""
            answering = self._answer(service, method, topic, Request.FromString(envelope.value))
            self._start(answering)
        elif kind == "ClaimResponse":
            verdict = ClaimResponse.FromString(envelope.value)
            waiting = self._verdicts.get(verdict.request_id)
            if waiting and not waiting.done():
                waiting.set_result(verdict.server_id)
        elif kind == "ClaimRequest":
            claim = ClaimRequest.FromString(envelope.value)
            call = self._calls.get(claim.request_id)
            if call and not call.claim.done():
                call.claim.set_result(claim)
        elif kind == "Response":
            response = Response.FromString(envelope.value)
            call = self._calls.get(response.request_id)
            if call:
                call.responses.put_nowait(response)

    def _start(self, answering: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(answering)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, service: str, method: str, topic: str, request: Any) -> None:
        seconds_left = (request.expiry - time.time_ns()) / 1e9
        if seconds_left <= 0:
            return
        served = self._methods[service, method]
        response = Response(request_id=request.request_id, server_id=self._server_id)
        try:
            message = served.request.FromString(request.raw_request)
            if served.affinity:
                affinity = served.affinity(topic, message)
                if affinity < 0 or not await self._win(service, request, affinity, seconds_left):
                    return
            response.raw_response = (await served.handler(topic, message)).SerializeToString()
        except Refused as error:
            response.error, response.code = str(error), error.code
        except Exception as error:
            log.exception("%s.%s failed", service, method)
            response.error, response.code = f"{type(error).__name__} in the worker", "internal"
        response.sent_at = time.time_ns()
        try:
            await self._publish(f"{service}|{request.client_id}|RES", response)
        except (RedisLost, RedisSlow) as error:
            log.warning("%s.%s: answer lost: %s", service, method, error)

    async def _win(self, service: str, request: Any, affinity: float, timeout: float) -> bool:
        verdict = self._verdicts[request.request_id] = asyncio.get_running_loop().create_future()
        claim = ClaimRequest(
            request_id=request.request_id, server_id=self._server_id, affinity=affinity
        )
        try:
            await self._publish(f"{service}|{request.client_id}|CLAIM", claim)
            return bool(await asyncio.wait_for(verdict, timeout) == self._server_id)
        except (TimeoutError, RedisLost, RedisSlow):
            return False
        finally:
            del self._verdicts[request.request_id]


def _random_id(prefix: str) -> str:
    alphabet = string.ascii_letters + string.digits
    return prefix + "".join(secrets.choice(alphabet) for _ in range(12))
