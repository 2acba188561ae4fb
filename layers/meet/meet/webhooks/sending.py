"""One attempt to send an event to an endpoint."""

import http.client
import math
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

import urllib3

from meet import clock
from meet.clock import HOUR, SECOND, Milliseconds
from meet.webhooks.model import Secrets, Webhook
from meet.webhooks.outcome import Outcome, Problem
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
