"""A client for Twirp, the RPC protocol of LiveKit's server API: calls, errors, timeouts.

https://twitchtv.github.io/twirp/docs/spec_v7.html
"""

import json
from dataclasses import dataclass, field
from typing import Any, TypeVar

from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from google.protobuf.message import DecodeError, Message

from meet.connections import FAILURES, NOT_CONNECTED, Connections, Reply
from meet.errors import MediaServerUnavailable
from meet.livekit.outages import Kind, Outages, harmless
from meet.livekit.tokens import AccessTokens

CONNECT_TIMEOUT = 2.0
READ_TIMEOUT = 5.0
"""Seconds. LiveKit answers most calls within milliseconds."""

Response = TypeVar("Response", bound=Message)


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
_USER_AGENT = "Meet"
"""Some firewalls refuse requests without one."""


def connections_to(url: str) -> Connections:
    """Return connections to the server API of a LiveKit, by the WebSocket URL for its clients.

    Raises ValueError if that is not a URL.
    """
    return Connections(
        url.replace("ws", "http", 1), connect_timeout=CONNECT_TIMEOUT, read_timeout=READ_TIMEOUT
    )


@dataclass(frozen=True)
class TwirpClient:
    """Calls one LiveKit server."""

    connections: Connections
    tokens: AccessTokens
    outages: Outages = field(default_factory=Outages)

    def call(
        self,
        method: str,
        request: Message,
        response: type[Response],
        *,
        grants: dict[str, Any],
        timeout: float = READ_TIMEOUT,
        repeatable: bool = True,
    ) -> Response:
        """Return LiveKit's answer; raises Refused, OutcomeUnknown or MediaServerUnavailable.

        A repeatable call is sent again if its connection breaks: a connection kept from an
        earlier invocation may be dead by now.
        """
        try:
            try:
                reply = self._send(method, request, grants, timeout)
            except ConnectionClosedError:
                if not repeatable:
                    raise
                reply = self._send(method, request, grants, timeout)
        except FAILURES as error:
            is_late = isinstance(error, ReadTimeoutError)
            kind = Kind.TIMEOUT if is_late else Kind.UNREACHABLE
            name = type(error).__name__
            self.outages.report(kind, method, f"{name}: {error.__cause__ or error}")
            if isinstance(error, NOT_CONNECTED):
                raise MediaServerUnavailable(f"{method}: {name}") from error
            raise OutcomeUnknown(f"{method}: {name}") from error
        if reply.status == 200:
            try:
                return response.FromString(reply.data)
            except DecodeError as error:  # a proxy in front of LiveKit answered
                self.outages.report(Kind.NOT_LIVEKIT, method, _NO_TWIRP, status=200)
                raise OutcomeUnknown(f"{method}: 200 {_NO_TWIRP}") from error
        code, message = _error(reply.data)
        refused = Refused(method, reply.status, code, message)
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

    def _send(self, method: str, request: Message, grants: dict[str, Any], timeout: float) -> Reply:
        headers = {
            "Authorization": f"Bearer {self.tokens.for_server(grants)}",
            "Content-Type": "application/protobuf",
            "User-Agent": _USER_AGENT,
        }
        path = f"/twirp/livekit.{method}"
        body = request.SerializeToString()
        return self.connections.send(body, headers, path=path, read_timeout=timeout).reply()


def _error(body: bytes) -> tuple[str, str]:
    """Return code and message of a Twirp error, which is always JSON."""
    try:
        error = json.loads(body)
        return str(error["code"]), str(error.get("msg", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _NO_TWIRP, ""
