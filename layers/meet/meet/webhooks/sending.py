"""One attempt to send an event to an endpoint, and what came of it, in our own words."""

import http.client
import math
import ssl
import threading
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import urllib3

from meet import clock
from meet.clock import HOUR, SECOND, Milliseconds
from meet.webhooks.model import Secrets, Webhook
from meet.webhooks.peer import (
    CheckedHTTPConnection,
    CheckedHTTPSConnection,
    NotPublic,
    NotReached,
    NotResolved,
    connection,
)
from meet.webhooks.signing import signed_headers

PATIENCE = 15.0
"""Seconds that an attempt may take in all."""
QUICK = 1.5
"""Seconds that an endpoint may take which is served together with others."""
MOST_RETRY_AFTER = HOUR

_MAY_ASK_TO_WAIT = {429, 503}


class Problem(StrEnum):
    """Why the endpoint did not answer."""

    NOT_RESOLVED = "could not be resolved"
    NOT_PUBLIC = "is not a public address"
    NOT_REACHED = "could not be reached"
    REFUSED = "refused the connection"
    NO_CERTIFICATE = "has no valid certificate"
    NO_TLS = "does not speak TLS"
    SILENT = "did not answer in 15 s"
    BROKE_OFF = "closed the connection"
    NOT_HTTP = "does not speak HTTP"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt."""

    duration: float
    """Seconds."""
    status: int | None = None
    problem: Problem | None = None
    retry_after: int | None = None
    """Milliseconds that a 429 or 503 asks to wait, at most MOST_RETRY_AFTER."""

    @property
    def is_success(self) -> bool:
        """True if the endpoint accepted the event."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """True if the endpoint wants no more events."""
        return self.status == http.client.GONE

    @property
    def is_silent(self) -> bool:
        """True if there was no answer within the time of the attempt."""
        return self.problem is Problem.SILENT

    @property
    def words(self) -> str:
        """The outcome as users read it; nothing of the answer but its status."""
        if self.problem is None:
            return f"The endpoint answered {self.status}"
        return f"The endpoint {self.problem}"


@dataclass(frozen=True)
class Sender:
    """Sends events to endpoints."""

    tls: ssl.SSLContext
    allow_private: bool = False

    def send(
        self,
        webhook: Webhook,
        signing: Secrets,
        event_id: str,
        body: bytes,
        *,
        now: Milliseconds,
        patience: float = PATIENCE,
    ) -> Outcome:
        """Make one attempt, which ends within `patience` seconds whatever the endpoint does."""
        url = urlsplit(webhook.url)
        began = clock.monotonic()
        connected = connection(
            url.scheme,
            url.hostname or "",
            url.port,
            allow_private=self.allow_private,
            tls=self.tls,
        )
        connected.timeout = patience
        # A timeout of a socket is for one read: whoever sends a byte now and then outlives it.
        watchdog = threading.Timer(patience, connected.cut)
        watchdog.daemon = True
        watchdog.start()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Meet/1",
            **signed_headers(webhook.definition.format, signing, event_id, body, now=now),
        }
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        status, asked, problem = None, None, None
        try:
            status, asked = _post(connected, path, body, headers)
        except Exception as error:
            problem = _problem(error)
        finally:
            watchdog.cancel()
            connected.close()
        took = clock.monotonic() - began
        if took >= patience:  # whatever came of breaking it off
            return Outcome(took, problem=Problem.SILENT)
        wait = _retry_after(asked) if status in _MAY_ASK_TO_WAIT else None
        return Outcome(took, status, problem, retry_after=wait)


def _post(
    connected: CheckedHTTPConnection | CheckedHTTPSConnection,
    path: str,
    body: bytes,
    headers: dict[str, str],
) -> tuple[int, str | None]:
    """Send the request; return status and Retry-After. The body of the answer is not read."""
    connected.request("POST", path, body=body, headers=headers, preload_content=False)
    answer = connected.getresponse()
    return answer.status, answer.headers.get("Retry-After")


def _problem(error: Exception) -> Problem:
    """Return the problem of a failed attempt; raises the error if it is a bug of ours."""
    match error:
        case NotPublic():
            return Problem.NOT_PUBLIC
        case NotResolved():
            return Problem.NOT_RESOLVED
        case ssl.SSLCertVerificationError():
            return Problem.NO_CERTIFICATE
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return Problem.BROKE_OFF
        case ssl.SSLError():
            return Problem.NO_TLS
        case ConnectionRefusedError():
            return Problem.REFUSED
        case http.client.RemoteDisconnected() | http.client.IncompleteRead() | ConnectionError():
            return Problem.BROKE_OFF
        case http.client.HTTPException() | urllib3.exceptions.HTTPError():
            return Problem.NOT_HTTP
        case NotReached() | OSError():  # TimeoutError of the connection is one of them
            return Problem.NOT_REACHED
    raise error


def _retry_after(text: str | None) -> int | None:
    """Return the wait in a Retry-After of seconds; one with a date, which is rare, is ignored."""
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    if not math.isfinite(seconds) or seconds < 0:
        return None
    return min(int(seconds * SECOND), MOST_RETRY_AFTER)
