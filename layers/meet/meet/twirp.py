"""Twirp over HTTP, as LiveKit's server API speaks it: one call, its errors, its timeouts.

https://twitchtv.github.io/twirp/docs/spec_v7.html
"""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

import urllib3
from google.protobuf.message import DecodeError, Message

from meet.access_token import AccessTokens
from meet.errors import MediaServerUnavailable

CONNECT_TIMEOUT = 2.0
READ_TIMEOUT = 5.0
"""Seconds. Most calls take LiveKit milliseconds, or something is wrong."""

Reply = TypeVar("Reply", bound=Message)


class Refused(Exception):
    """LiveKit answered that it will not; code is Twirp's, such as not_found."""

    def __init__(self, method: str, code: str, message: str) -> None:
        super().__init__(f"{method}: {code}: {message}")
        self.code = code
        self.message = message


class OutcomeUnknown(MediaServerUnavailable):
    """The call was sent and not answered to the point: it may have been done, or not."""


# Codes that say that LiveKit, not our request, is at fault. A wrong API key comes as "unknown".
_UNAVAILABLE = {"unavailable", "unauthenticated", "unknown", "resource_exhausted"}
_NO_TWIRP = "no_twirp"  # ours: a proxy in front of LiveKit answered
_UNKNOWN = {"deadline_exceeded", "internal", _NO_TWIRP}
_NEVER_SENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


@dataclass(frozen=True)
class TwirpClient:
    """Calls one LiveKit server; url is its WebSocket URL."""

    url: str
    tokens: AccessTokens
    http: urllib3.PoolManager

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
        """Return LiveKit's answer; raise Refused, OutcomeUnknown or MediaServerUnavailable.

        A repeatable call is sent again when its connection breaks: those kept from an earlier
        invocation may be dead, without a word.
        """
        try:
            try:
                answer = self._send(method, request, grants, timeout)
            except urllib3.exceptions.ProtocolError:
                if not repeatable:
                    raise
                answer = self._send(method, request, grants, timeout)
        except _NEVER_SENT as error:
            raise MediaServerUnavailable(f"{method}: {type(error).__name__}") from error
        except urllib3.exceptions.HTTPError as error:
            raise OutcomeUnknown(f"{method}: {type(error).__name__}") from error
        if answer.status == 200:
            try:
                return reply.FromString(answer.data)
            except DecodeError as error:  # a proxy in front of LiveKit answered
                raise OutcomeUnknown(f"{method}: 200 {_NO_TWIRP}") from error
        code, message = _error(answer.data)
        if code in _UNKNOWN:
            raise _answered(OutcomeUnknown, method, answer.status, code, message)
        if code in _UNAVAILABLE:
            raise _answered(MediaServerUnavailable, method, answer.status, code, message)
        raise Refused(method, code, message)

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


def _answered(
    kind: type[MediaServerUnavailable], method: str, status: int, code: str, message: str
) -> MediaServerUnavailable:
    """Return the error that carries LiveKit's code and words; callers see neither."""
    error = kind(f"{method}: {status} {code}: {message}")
    error.code = code
    return error


def _error(body: bytes) -> tuple[str, str]:
    """Return code and message of a Twirp error, which is always JSON."""
    try:
        error = json.loads(body)
        return str(error["code"]), str(error.get("msg", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return _NO_TWIRP, ""
