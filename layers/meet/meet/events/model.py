"""Events: facts about rooms, meetings, participants and recordings, in the order of the log."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from meet.actors import Actor
from meet.clock import SECOND, Milliseconds

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 26


class EventType(StrEnum):
    """What happened."""

    ROOM_CREATED = "room.created"
    ROOM_UPDATED = "room.updated"
    ROOM_EXPIRED = "room.expired"
    ROOM_DELETED = "room.deleted"
    MEETING_STARTED = "meeting.started"
    MEETING_ENDED = "meeting.ended"
    PARTICIPANT_JOINED = "participant.joined"
    PARTICIPANT_LEFT = "participant.left"
    PARTICIPANT_UPDATED = "participant.updated"
    LOBBY_WAITING = "lobby.waiting"
    LOBBY_ADMITTED = "lobby.admitted"
    LOBBY_DENIED = "lobby.denied"
    RECORDING_STARTED = "recording.started"
    RECORDING_UPDATED = "recording.updated"
    RECORDING_READY = "recording.ready"
    RECORDING_FAILED = "recording.failed"
    RECORDING_DELETED = "recording.deleted"
    RECORDING_RESTORED = "recording.restored"
    RECORDING_HELD = "recording.held"
    RECORDING_RELEASED = "recording.released"


@dataclass(frozen=True, slots=True)
class Fact:
    """An event that has no place in the log yet."""

    id: str
    type: EventType
    at: Milliseconds
    """When it happened."""
    room_name: str
    data: dict[str, Any]
    actor: Actor | None = None

    def body(self, position: int) -> str:
        """Return the event as compact JSON: this text is stored, signed and sent, to the byte."""
        event: dict[str, Any] = {
            "id": self.id,
            "type": self.type,
            "timestamp": iso(self.at),
            "roomName": self.room_name,
            "position": position,
        }
        if self.actor is not None:
            event["actor"] = self.actor.to_json()
        event["data"] = self.data
        return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event of the log."""

    position: int
    """1, 2, 3... without gaps: the order in which events were stored."""
    id: str
    type: EventType
    room_name: str
    stored_at: Milliseconds
    """When it was stored, never earlier than the event before it. Retention counts from here."""
    body: str


def event_id(type: EventType, *fact: object) -> str:  # noqa: A002 - the event's property
    """Return the id of a fact: the same fact has the same id for ever.

    It is base 32 of the first 130 bits of SHA-256 over the type and the parts, joined by "#".
    """
    digest = hashlib.sha256("#".join([type, *map(str, fact)]).encode()).digest()
    number = int.from_bytes(digest) >> (8 * len(digest) - 5 * _ID_LENGTH)
    digits = (number >> (5 * place) & 31 for place in reversed(range(_ID_LENGTH)))
    return "evt_" + "".join(_ALPHABET[digit] for digit in digits)


def iso(moment: Milliseconds) -> str:
    """Return a moment in ISO 8601, UTC, with milliseconds."""
    whole = datetime.fromtimestamp(moment // SECOND, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{moment % SECOND:03d}Z"
