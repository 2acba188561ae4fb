"""A client for Twirp, the RPC protocol of LiveKit's server API: calls, errors, timeouts.

https://twitchtv.github.io/twirp/docs/spec_v7.html
"""

import json
from dataclasses import dataclass, field
from typing import Any, TypeVar

import urllib3
from google.protobuf.message import DecodeError, Message

from meet.connections import tls
from meet.errors import MediaServerUnavailable
from meet.livekit.outages import Kind, Outages, harmless
from meet.livekit.tokens import AccessTokens

CONNECT_TIMEOUT = 2.0
READ_TIMEOUT = 5.0
"""Seconds. LiveKit answers most calls within milliseconds."""

Reply = TypeVar("Reply", bound=Message)


class Refused(Exception):
    """LiveKit answered with an error; `code` is Twirp's, such as not_found."""

    def __init__(self, method: str, status: int, code: str, message: str) -> None:
        super().__init__(f"{method}: {code}: {message}")
        self.method = method
        self.status = status
        self.code = code
        self.message = message


class OutcomeUnknown(MediaServerUnavailable):
    """The call was sent but no usable reply came back; it may or may not have taken effect."""


# Codes that blame LiveKit rather than our request. A wrong API key is reported as "unknown".
_UNAVAILABLE = {"unavailable", "unauthenticated", "unknown", "resource_exhausted"}
_NO_TWIRP = "no_twirp"  # ours: a proxy in front of LiveKit answered
_UNKNOWN = {"deadline_exceeded", "internal", _NO_TWIRP}
_NEVER_SENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


class Pools(urllib3.PoolManager):
    """Connections that share their TLS; urllib3 would load the authorities for each."""

    def _new_pool(
        self,
        scheme: str,
        host: str,
        port: int,
        request_context: dict[str, Any] | None = None,
    ) -> urllib3.HTTPConnectionPool:
        context = self.connection_pool_kw.copy() if request_context is None else request_context
        if scheme == "https":
            context["ssl_context"] = tls()
        return super()._new_pool(scheme, host, port, context)


@dataclass(frozen=True)
class TwirpClient:
    """Calls one LiveKit server; url is its WebSocket URL."""

    url: str
    tokens: AccessTokens
    http: urllib3.PoolManager
    outages: Outages = field(default_factory=Outages)

    def call(
        self,
        method: str,
        request: Message,
        reply: type[Reply],
        *,
        grants: dict[str, Any],
        timeout: float = READ_TIMEOUT,
        repeatable: bool = True,
    ) -> Reply:
        """Return LiveKit's answer; raises Refused, OutcomeUnknown or MediaServerUnavailable.

        A repeatable call is sent again if its connection breaks: a connection kept from an
        earlier invocation may be dead by now.
        """
        try:
            try:
                answer = self._send(method, request, grants, timeout)
            except urllib3.exceptions.ProtocolError:
                if not repeatable:
                    raise
                answer = self._send(method, request, grants, timeout)
        except _NEVER_SENT as error:
            self.outages.report(Kind.UNREACHABLE, method, f"{type(error).__name__}: {error}")
            raise MediaServerUnavailable(f"{method}: {type(error).__name__}") from error
        except urllib3.exceptions.HTTPError as error:
            is_late = isinstance(error, urllib3.exceptions.TimeoutError)
            kind = Kind.TIMEOUT if is_late else Kind.UNREACHABLE
            self.outages.report(kind, method, f"{type(error).__name__}: {error}")
            raise OutcomeUnknown(f"{method}: {type(error).__name__}") from error
        if answer.status == 200:
            try:
                return reply.FromString(answer.data)
            except DecodeError as error:  # a proxy in front of LiveKit answered
                self.outages.report(Kind.NOT_LIVEKIT, method, _NO_TWIRP, status=200)
                raise OutcomeUnknown(f"{method}: 200 {_NO_TWIRP}") from error
        code, message = _error(answer.data)
        refused = Refused(method, answer.status, code, message)
        if code in _UNKNOWN:
            raise self.unavailable(refused, OutcomeUnknown)
        if code in _UNAVAILABLE:
            raise self.unavailable(refused)
        raise refused

    def unavailable(
        self, refused: Refused, error: type[MediaServerUnavailable] = MediaServerUnavailable
    ) -> MediaServerUnavailable:
        """Log a refusal that the caller cannot fix, and return it as an error with its code."""
        method, status, code = refused.method, refused.status, refused.code
        kind = Kind.of(method, status, code, refused.message)
        if code == _NO_TWIRP:
            kind = Kind.NOT_LIVEKIT
        detail = harmless(f"{code}: {refused.message}")
        self.outages.report(kind, method, detail, status=status)
        unavailable = error(f"{method}: {status} {detail}")
        unavailable.code = code
        return unavailable

    def _send(
        self, method: str, request: Message, grants: dict[str, Any], timeout: float
    ) -> urllib3.BaseHTTPResponse:
        base = self.url.rstrip("/").replace("ws", "http", 1)
        return self.http.request(
            "POST",
            f"{base}/twirp/livekit.{method}",
            body=request.SerializeToString(),
            headers={
                "Authorization": f"Bearer {self.tokens.for_server(grants)}",
                "Content-Type": "application/protobuf",
            },
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=timeout),
            retries=False,
        )


def _error(body: bytes) -> tuple[str, str]:
    """Return code and message of a Twirp error, which is always JSON."""
    try:
        error = json.loads(body)
        return str(error["code"]), str(error.get("msg", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return _NO_TWIRP, ""
