"""What came of an attempt to send an event, in our own words."""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus


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
    """Milliseconds that a 429 or 503 asks to wait, at most an hour."""

    @property
    def is_success(self) -> bool:
        """True if the endpoint accepted the event."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """True if the endpoint wants no more events."""
        return self.status == HTTPStatus.GONE

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
