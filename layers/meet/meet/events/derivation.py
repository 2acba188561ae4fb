"""Which events a stored transition is: pure, from the item before and after it.

Other changes, such as a new sweepAt, give no events.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from meet.actors import EXPIRY, RETENTION, Actor
from meet.clock import SECOND, Milliseconds
from meet.events.model import EventType, Fact, event_id
from meet.lobby import items as lobby_items
from meet.lobby.model import Decision
from meet.meetings import items as meeting_items
from meet.meetings.model import BY_SOMEBODY, Meeting
from meet.recordings import items as recording_items
from meet.recordings.lifecycle import Status
from meet.recordings.schemas import RecordingView
from meet.rooms import items as room_items
from meet.rooms.model import ClosedBy
from meet.rooms.views import changed_between, room_facts

Values: TypeAlias = Mapping[str, Any]

_TTL = "dynamodb.amazonaws.com"
"""The principal of a removal by the time to live."""


class Source(StrEnum):
    """A table whose transitions are events."""

    ROOMS = "rooms"
    RECORDINGS = "recordings"
    MEETINGS = "meetings"


@dataclass(frozen=True, slots=True)
class Transition:
    """One write: the item before and after it, empty if there is none."""

    old: Values
    new: Values
    at: Milliseconds
    """When it was written, in whole seconds: that is all that a stream tells."""
    principal: str | None = None
    """What removed the item, if not one of our functions."""

    def appears(self, name: str) -> bool:
        """True if an attribute has a value that it did not have before."""
        return name in self.new and name not in self.old


def facts_of(source: Source, transition: Transition) -> list[Fact]:
    """Return the events that a transition is, in their order."""
    return list(_RULES[source](transition))


def _rooms(change: Transition) -> Iterator[Fact]:
    if "roomName" not in change.new:
        return
    name, new = change.new["roomName"], change.new
    by = Actor.of(new.get("by"))
    room = room_items.from_values(dict(new))
    data = room_facts(room)
    if not change.old:
        yield _fact(EventType.ROOM_CREATED, new["creationDate"], name, data, by, name)
        return
    revision = int(new.get("revision", 0))
    if revision > change.old.get("revision", 0):
        before = room_items.from_values(dict(change.old))
        updated = data | {"changed": changed_between(before, room)}
        at = new.get("updatedAt", change.at)
        yield _fact(EventType.ROOM_UPDATED, at, name, updated, by, name, revision)
    if change.appears("closedAt"):
        closed = new["closedAt"]
        if new.get("closedBy") == ClosedBy.EXPIRY:
            yield _fact(EventType.ROOM_EXPIRED, closed, name, data, EXPIRY, name)
        elif new.get("closedBy") == ClosedBy.CALLER:
            yield _fact(EventType.ROOM_DELETED, closed, name, data, by, name)


def _recordings(change: Transition) -> Iterator[Fact]:
    old, new = change.old, change.new
    if "status" not in new:
        yield from _recording_deleted(change)
        return
    recording_id, name, status = new["recordingId"], new["roomName"], Status(new["status"])
    before = Status(old["status"]) if "status" in old else None
    yield from _custody(change)
    if before is None or before is status:
        return

    def fact(type: EventType, at: Any, by: Values | None, *more: object) -> Fact:  # noqa: A002
        return _fact(type, at, name, data, Actor.of(by), recording_id, *more)

    data = RecordingView.of(recording_items.from_values(dict(new))).to_json()
    if change.appears("hasBegun") and before in {Status.STARTING, Status.STOPPING}:
        yield fact(EventType.RECORDING_STARTED, new.get("startedAt", change.at), new.get("by"))
    match status:
        case Status.STOPPING:
            asked = change.appears("stopRequestedAt")
            at = new["stopRequestedAt"] if asked else change.at
            by = new.get("stopBy") if asked else None
            yield fact(EventType.RECORDING_UPDATED, at, by, status)
        case Status.STOPPED:
            at = new.get("endedAt", change.at)
            yield fact(EventType.RECORDING_UPDATED, at, None, status)
        case Status.READY:
            yield fact(EventType.RECORDING_READY, new.get("readyAt", change.at), None)
        case Status.FAILED:
            given_up = change.appears("givenUpAt")
            at = new["givenUpAt"] if given_up else new.get("endedAt", change.at)
            by = new.get("failedBy") if given_up else None
            yield fact(EventType.RECORDING_FAILED, at, by)


def _custody(change: Transition) -> Iterator[Fact]:
    """Yield that a recording was moved to the trash or out of it, held or released."""
    old, new = change.old, change.new
    name, recording_id = new["roomName"], new["recordingId"]
    data = RecordingView.of(recording_items.from_values(dict(new))).to_json()

    def fact(type: EventType, at: Any, by: str, *more: object, **told: str) -> Fact:  # noqa: A002
        return _fact(type, at, name, data | told, Actor.of(new.get(by)), recording_id, *more)

    times = int(new.get("deletions", 0))
    if change.appears("trashUntil"):
        again = [times] if times > 1 else []
        type_ = EventType.RECORDING_DELETED
        yield fact(type_, new["deletedAt"], "deletedBy", *again, reason="caller")
    elif "trashUntil" in old and "trashUntil" not in new:
        yield fact(EventType.RECORDING_RESTORED, new["restoredAt"], "restoredBy", times)
    holds = int(new.get("holdChanges", 0))
    if holds > old.get("holdChanges", 0):
        is_held = "holdReason" in new
        type_ = EventType.RECORDING_HELD if is_held else EventType.RECORDING_RELEASED
        yield fact(type_, new["holdChangedAt"], "heldBy", holds)


def _recording_deleted(change: Transition) -> Iterator[Fact]:
    """Yield the deletion of a recording that was there: not that of its mark, nor of one in the
    trash, nor of a start that LiveKit refused.
    """
    if "status" not in change.old or "trashUntil" in change.old:
        return
    if not change.new and change.principal != _TTL:
        return
    actor = Actor.of(change.new.get("by")) if change.new else RETENTION
    reason = "retention" if actor == RETENTION else "caller"
    recording = recording_items.from_values(dict(change.old))
    data = RecordingView.of(recording).to_json() | {"reason": reason}
    at = change.new.get("deletedAt", change.at)
    times = int(change.old.get("deletions", 0)) + 1
    again = [times] if times > 1 else []
    type_ = EventType.RECORDING_DELETED
    yield _fact(type_, at, recording.room_name, data, actor, recording.id, *again)


def _meetings(change: Transition) -> Iterator[Fact]:
    if "roomName" not in change.new:
        return
    if change.new["item"] == meeting_items.MEETING:
        yield from _meeting(change, meeting_items.meeting_from(dict(change.new)))
    elif change.new["item"].startswith(meeting_items.SESSION):
        yield from _session(change)
    elif change.new["item"].startswith(lobby_items.TICKET):
        yield from _waiting(change)


def _meeting(change: Transition, meeting: Meeting) -> Iterator[Fact]:
    name, began = meeting.room_name, meeting.started_at
    data: dict[str, Any] = {
        "meetingId": meeting.id,
        "roomName": name,
        "startedAt": began,
    }
    if change.appears("startedAt"):
        yield _fact(EventType.MEETING_STARTED, began, name, data, None, meeting.id)
    if change.appears("endedAt") and meeting.ended_at is not None:
        ended = meeting.ended_at
        data = data | {
            "endedAt": ended,
            "duration": (ended - began) / SECOND,
            "participants": meeting.sessions,
            "reason": meeting.reason,
        }
        if meeting.max_concurrent is not None:
            data["maxConcurrent"] = meeting.max_concurrent
        by = Actor.of(change.new.get("by")) if meeting.reason in BY_SOMEBODY else None
        yield _fact(EventType.MEETING_ENDED, ended, name, data, by, meeting.id)


def _session(change: Transition) -> Iterator[Fact]:
    meeting_id, name = change.new["meetingId"], change.new["roomName"]
    session = meeting_items.session_from(dict(change.new))
    data: dict[str, Any] = {
        "meetingId": meeting_id,
        "sessionId": session.id,
        "participantIdentity": session.identity,
        "participantName": session.name,
        **({} if session.role is None else {"role": session.role}),
        **({} if session.external_id is None else {"externalId": session.external_id}),
        **({} if session.metadata is None else {"metadata": session.metadata}),
        "joinedAt": session.joined_at,
    }
    key = (meeting_id, session.id)
    if change.appears("joinedAt"):
        yield _fact(EventType.PARTICIPANT_JOINED, session.joined_at, name, data, None, *key)
    revision = int(change.new.get("revision", 0))
    if change.old and change.old.get("role") != change.new.get("role"):
        by = Actor.of(change.new.get("by"))
        updated = data | {"changed": ["role"]}
        at = change.new.get("updatedAt", change.at)
        yield _fact(EventType.PARTICIPANT_UPDATED, at, name, updated, by, *key, revision)
    if change.appears("leftAt") and session.left_at is not None:
        left = session.left_at
        data = data | {
            "leftAt": left,
            "duration": (left - session.joined_at) / SECOND,
            "reason": session.reason,
        }
        yield _fact(EventType.PARTICIPANT_LEFT, left, name, data, None, *key)


def _waiting(change: Transition) -> Iterator[Fact]:
    new, name = change.new, change.new["roomName"]
    waiting = lobby_items.waiting_from(dict(new))
    data: dict[str, Any] = {
        "id": waiting.id,
        "roomName": name,
        "participantName": waiting.name,
        "role": waiting.role,
        "since": waiting.since,
    }
    if not change.old:
        yield _fact(EventType.LOBBY_WAITING, waiting.since, name, data, None, name, waiting.id)
    if waiting.decision is not None and change.old.get("decision") != waiting.decision:
        by, number = Actor.of(new.get("by")), int(new["decisions"])
        type_ = _DECISIONS[waiting.decision]
        yield _fact(type_, new["decidedAt"], name, data, by, name, waiting.id, number)


def _fact(
    type: EventType,  # noqa: A002 - the event's property
    at: Any,
    room_name: str,
    data: dict[str, Any],
    actor: Actor | None,
    *name: object,
) -> Fact:
    return Fact(event_id(type, *name), type, Milliseconds(int(at)), room_name, data, actor)


_DECISIONS = {
    Decision.ADMIT: EventType.LOBBY_ADMITTED,
    Decision.DENY: EventType.LOBBY_DENIED,
}
_RULES: dict[Source, Callable[[Transition], Iterator[Fact]]] = {
    Source.ROOMS: _rooms,
    Source.RECORDINGS: _recordings,
    Source.MEETINGS: _meetings,
}
