"""Tickets: who waits to be let into a room, and what a moderator decided."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from meet.clock import MINUTE, SECOND, Milliseconds
from meet.rooms.model import Role

LIFETIME = 30 * MINUTE
REPEATABLE = MINUTE
"""How long after its first token a ticket gives the same identity again: an answer may be lost."""
SEEN_EVERY = 20 * SECOND
"""How often it is stored that a caller still asks."""
GONE_AFTER = 30 * SECOND
"""A caller who has not asked for this long has stopped waiting."""

_EAGER = MINUTE
_TICKET = re.compile(r"([A-Za-z0-9-]{15,66})\.([0-9]{15})\.[A-Za-z0-9_-]{32}", re.ASCII)
_ID = re.compile(r"([0-9]{15})-[0-9a-f]{32}", re.ASCII)
_SECRET_BYTES = 24
_DIGEST_LENGTH = 32


class Decision(StrEnum):
    """What a moderator decided about a caller who waits."""

    ADMIT = "admit"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a caller shows to ask again. Only its digest is stored, as part of the id."""

    text: str
    room_name: str
    since: Milliseconds

    @classmethod
    def new(cls, room_name: str, *, now: Milliseconds) -> Self:
        """Return a ticket that cannot be guessed."""
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        return cls(f"{room_name}.{now:015d}.{secret}", room_name, now)

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Read a ticket; None if it cannot be one of ours."""
        match = _TICKET.fullmatch(text)
        return match and cls(text, match[1], Milliseconds(int(match[2])))

    @staticmethod
    def may_be_valid(waiting_id: str, now: Milliseconds) -> bool:
        """True if this can be the id of a ticket that has not expired."""
        match = _ID.fullmatch(waiting_id)
        return match is not None and now < int(match[1]) + LIFETIME

    @property
    def id(self) -> str:
        """Names the ticket to moderators. Ids sort by the time since when their callers wait."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()[:_DIGEST_LENGTH]
        return f"{self.since:015d}-{digest}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A caller who waits or waited, under the id of their ticket."""

    id: str
    room_name: str
    name: str
    identity: str
    role: Role
    since: Milliseconds
    seen_at: Milliseconds
    """Roughly when the caller asked last."""
    attributes: Mapping[str, str]
    """What the token will carry."""
    decision: Decision | None = None
    issued_at: Milliseconds | None = None
    """When the caller got a token."""

    def has_expired(self, now: Milliseconds) -> bool:
        """True if the ticket opens nothing: it is old, or its token was issued a while ago."""
        is_used = self.issued_at is not None and now >= self.issued_at + REPEATABLE
        return is_used or now >= self.since + LIFETIME

    def is_waiting(self, now: Milliseconds) -> bool:
        """True if nothing was decided and the caller still asks."""
        return (
            self.decision is None and not self.has_expired(now) and now < self.seen_at + GONE_AFTER
        )

    def poll_after(self, now: Milliseconds) -> int:
        """Return the seconds after which to ask again."""
        return 2 if now < self.since + _EAGER else 5
