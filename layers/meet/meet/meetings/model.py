"""A meeting, and the sessions of its participants: what LiveKit has reported about them."""

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
