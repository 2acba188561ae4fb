"""A meeting, and the sessions of its participants: what LiveKit has reported about them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from meet.clock import Milliseconds


class EndReason(StrEnum):
    """Why a meeting ended."""

    EMPTY = "empty"
    ENDED = "ended"
    ROOM_DELETED = "roomDeleted"
    ROOM_EXPIRED = "roomExpired"
    MAX_DURATION = "maxDuration"
    UNKNOWN = "unknown"


BY_SOMEBODY = {EndReason.ENDED, EndReason.MAX_DURATION}
"""Reasons that are written down before LiveKit is asked to end a meeting."""


class LeaveReason(StrEnum):
    """Why a participant left a meeting."""

    LEFT = "left"
    DUPLICATE = "duplicate"
    REMOVED = "removed"
    MEETING_ENDED = "meetingEnded"
    CONNECTION_LOST = "connectionLost"
    SERVER_SHUTDOWN = "serverShutdown"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A LiveKit room from its creation to its end, and how often participants joined it."""

    id: str
    """LiveKit's sid of the room: a name can be that of many meetings, one after another."""
    room_name: str
    started_at: Milliseconds
    ended_at: Milliseconds | None = None
    reason: EndReason | None = None
    sessions: int = 0
    max_concurrent: int | None = None
    """The most participants at once; known when the meeting has ended."""


@dataclass(frozen=True, slots=True)
class Session:
    """One connection of a participant, from joining to leaving."""

    id: str
    """LiveKit's sid of the participant: a participant who comes back has another one."""
    identity: str
    name: str
    role: str | None
    """None for a participant whose token is not ours."""
    joined_at: Milliseconds
    left_at: Milliseconds | None = None
    reason: LeaveReason | None = None
    external_id: str | None = None
    metadata: str | None = None


def most_at_once(sessions: Iterable[Session], *, until: Milliseconds) -> int:
    """Return the most participants that were in a meeting at once, until it ended.

    By identity: a participant who reconnects has two sessions for a moment.
    """
    changes: list[tuple[Milliseconds, int, str]] = []
    for each in sessions:
        left_at = until if each.left_at is None else each.left_at
        left_at = Milliseconds(max(left_at, each.joined_at + 1))  # LiveKit tells it in seconds
        changes += [(each.joined_at, 1, each.identity), (left_at, -1, each.identity)]
    connections: Counter[str] = Counter()
    most = present = 0
    for _, change, identity in sorted(changes):  # at the same moment, those who leave come first
        before = connections[identity]
        connections[identity] += change
        present += (before + change > 0) - (before > 0)
        most = max(most, present)
    return most
