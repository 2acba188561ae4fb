"""Webhooks: the endpoints of users that events are sent to, and how healthy they are."""

import base64
import secrets
import string
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from meet.clock import HOUR, MINUTE, SECOND, Milliseconds
from meet.events.model import EventType

MAX_WEBHOOKS = 20

SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with
_SECRET_BYTES = 32
_ID_ALPHABET = string.ascii_lowercase + string.digits
_ID_LENGTH = 15

FAILURES_TO_REST = 5
"""Failures in a row after which an endpoint rests."""
WEIGHT_OF_SILENCE = 3
"""An attempt without an answer counts as so many failures: it kept a worker for 15 seconds."""
FAILING_AT_MOST = 24 * HOUR
"""An endpoint without a single success in this time is disabled."""
SLOW_FOR = 10 * MINUTE
"""How long an endpoint that did not answer quickly is served apart from the others."""

DELAYS = (
    10 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
    8 * HOUR,
)
"""Waits before the second attempt, the third, and so on; together about 24 hours."""
MAX_JITTER = 0.2


class Format(StrEnum):
    """The kind of body and signature that an endpoint understands."""

    STANDARD = "standard"
    """Standard Webhooks, https://www.standardwebhooks.com."""
    OPENVIDU = "openvidu"
    """Bodies and signatures of OpenVidu Meet, for receivers that were written for it."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a user says about an endpoint."""

    url: str
    format: Format = Format.STANDARD
    types: tuple[str, ...] = ()
    """Names of events in the words of the format, or `recording.*`; none stands for all."""
    room_name: str | None = None
    room_name_prefix: str | None = None
    description: str | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Webhook:
    """An endpoint, and what became of the attempts to reach it; its secrets are kept apart."""

    id: str
    created_at: Milliseconds
    definition: Definition
    failures: int = 0
    """Failures in a row, weighted."""
    failing_since: Milliseconds | None = None
    is_resting: bool = False
    """Its events wait, and a single probe a minute is sent."""
    slow_until: Milliseconds | None = None
    disabled_reason: str | None = None
    disabled_at: Milliseconds | None = None

    @classmethod
    def new(cls, definition: Definition, *, now: Milliseconds) -> Self:
        """Return a webhook with an id of its own."""
        name = "".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH))
        return cls(f"wh-{name}", now, definition)

    @property
    def url(self) -> str:
        """The address of the endpoint."""
        return self.definition.url

    def is_slow(self, now: Milliseconds) -> bool:
        """True if it is served apart, so that it does not keep the others waiting."""
        return self.slow_until is not None and now < self.slow_until


@dataclass(frozen=True, slots=True)
class Secrets:
    """What signs the requests to an endpoint."""

    current: str
    previous: str | None = None
    previous_until: Milliseconds | None = None
    """Until when the previous one signs, too."""

    def valid(self, now: Milliseconds) -> list[str]:
        """Return the secrets that sign, the newest first."""
        overlap = self.previous_until is not None and now < self.previous_until
        if self.previous is not None and overlap:
            return [self.current, self.previous]
        return [self.current]


class DeliveryStatus(StrEnum):
    """What becomes of a delivery that did not succeed at first."""

    PARKED = "parked"
    """Waits until its endpoint answers again."""
    WAITING = "waiting"
    """Has a time of its next attempt."""
    FAILED = "failed"
    """Given up."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event that an endpoint did not accept yet."""

    webhook_id: str
    event_id: str
    position: int
    type: EventType
    room_name: str
    status: DeliveryStatus
    attempts: int = 0
    """All attempts, probes included."""
    retry: int = 0
    """How many of DELAYS are used up."""
    last_attempt_at: Milliseconds | None = None
    last_result: str | None = None
    next_attempt_at: Milliseconds | None = None


def new_secret() -> str:
    """Return a secret that cannot be guessed."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def delay_before(retry: int, jitter: float) -> int | None:
    """Return the milliseconds before a retry (0 is the first); None after the last one.

    `jitter`, from 0 to 1, lengthens it, so that endpoints which failed together are not tried
    together.
    """
    if retry >= len(DELAYS):
        return None
    return int(DELAYS[retry] * (1 + MAX_JITTER * jitter))
