"""Logs and counts why LiveKit was unavailable; repeated failures of reads at a limited rate."""

import logging
import re
from dataclasses import dataclass, field
from enum import StrEnum

from meet import clock, metrics
from meet.clock import MINUTE, Milliseconds
from meet.errors import MediaServerUnavailable

logger = logging.getLogger(__name__)

EVENT = "media server unavailable"
"""The log message that docs/operations.md refers to."""

NO_URL = "the stack has no LiveKitUrl"

READS_EVERY = MINUTE
"""How often one Lambda environment logs the same failure of a read."""

_READS = {
    "RoomService/GetParticipant",
    "RoomService/ListParticipants",
    "RoomService/ListRooms",
    "Egress/ListEgress",
    "Egress/UpdateStream",
}
_LONGEST = 256
_TOKEN = re.compile(r"\beyJ[\w.-]+")


class Kind(StrEnum):
    """The kinds of failure, by what an operator can do about them."""

    NOT_CONFIGURED = "not_configured"
    """The stack has no LiveKit URL, one that is not a URL, or no secret for it."""
    UNREACHABLE = "unreachable"
    """The connection failed or broke."""
    TIMEOUT = "timeout"
    WRONG_KEY = "wrong_key"
    REFUSED = "refused"
    """LiveKit denied the request: a feature is not enabled, or the key lacks a permission."""
    QUOTA = "quota"
    EGRESS_UNAVAILABLE = "egress_unavailable"
    """No egress is running, or all are busy."""
    NOT_LIVEKIT = "not_livekit"
    """Something else answered, such as a proxy."""
    FAILED = "failed"
    """LiveKit failed internally."""

    @classmethod
    def of(cls, method: str, status: int, code: str, message: str) -> "Kind":
        """Return the kind for an error from LiveKit, by HTTP status, Twirp code and text."""
        if status == 401 or code == "unauthenticated":
            return cls.WRONG_KEY
        if status == 429 or code == "resource_exhausted":
            return cls.QUOTA
        if code == "deadline_exceeded":
            return cls.TIMEOUT
        no_egress = code == "unavailable" or "egress not connected" in message
        if method.startswith("Egress/") and no_egress:
            return cls.EGRESS_UNAVAILABLE
        return cls.FAILED if code in {"internal", "unavailable", "unknown"} else cls.REFUSED


@dataclass(frozen=True)
class Outages:
    """Logs and counts why LiveKit was unavailable."""

    _written: dict[tuple[str, Kind], Milliseconds] = field(default_factory=dict)

    def report(self, kind: Kind, method: str, detail: str, *, status: int | None = None) -> None:
        """Log and count one failure. `detail` is the error text of LiveKit or of a library.

        The same failure of a read, or of a stack without LiveKit, is logged once per READS_EVERY.
        """
        if method in _READS or kind is Kind.NOT_CONFIGURED:
            now, before = clock.now(), self._written.get((method, kind))
            if before is not None and now - before < READS_EVERY:
                return
            self._written[method, kind] = now
        extra = {"kind": kind.value, "method": method, "detail": harmless(detail)}
        logger.warning(EVENT, extra=extra if status is None else {**extra, "livekitStatus": status})
        metrics.count("MediaServerUnavailable", kind=kind.value)

    def not_configured(self, method: str, reason: str) -> MediaServerUnavailable:
        """Report that the stack cannot call LiveKit, and return it as an error."""
        self.report(Kind.NOT_CONFIGURED, method, reason)
        return MediaServerUnavailable(reason)


def harmless(text: str) -> str:
    """Return the beginning of a text, with anything that looks like a token removed."""
    return _TOKEN.sub("[token]", text)[:_LONGEST]
