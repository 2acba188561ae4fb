"""What is known about a recording, in the order in which it happened, in words for people on call.

Pure: from the item alone, so it costs one read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from meet import dynamodb
from meet.actors import AUTO_START, Actor, ActorType
from meet.clock import Milliseconds
from meet.recordings.items import hold_from
from meet.recordings.lifecycle import Status


class Source(StrEnum):
    """Where something about a recording is known from."""

    CALLER = "caller"
    ROOM = "room"
    """Its preferences."""
    RECORDER = "recorder"
    """LiveKit's egress, by its webhooks or by what it answered to the sweep."""
    BUCKET = "bucket"
    SWEEP = "sweep"


class Kind(StrEnum):
    """What an entry is about; pages and programs choose their own words by it."""

    REQUESTED = "requested"
    STARTED_AUTOMATICALLY = "startedAutomatically"
    STARTED = "started"
    STOP_REQUESTED = "stopRequested"
    HAD_TO_END = "hadToEnd"
    STOP_ACCEPTED = "stopAccepted"
    RECORDER_MISSING = "recorderMissing"
    MEETING_EMPTY = "meetingEmpty"
    ENDED = "ended"
    FAILED = "failed"
    FILE_ARRIVED = "fileArrived"
    HELD = "held"
    HOLD_CHANGED = "holdChanged"
    RELEASED = "released"
    RESTORED = "restored"
    TRASHED = "trashed"
    DELETING = "deleting"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to a recording."""

    at: Milliseconds
    source: Source
    kind: Kind
    what: str
    """A sentence."""
    actor: Actor | None = None
    reason: str | None = None
    """Why it failed, or was held."""


def timeline(values: dict[str, Any]) -> list[Entry]:
    """Return the entries that the item of a recording tells of, oldest first."""
    return sorted(_entries(values), key=lambda entry: entry.at)


def _entries(values: dict[str, Any]) -> Iterator[Entry]:
    if Actor.of(values.get("by")) == AUTO_START:
        at = Milliseconds(int(values["createdAt"]))
        started = "It was started automatically"
        yield Entry(at, Source.ROOM, Kind.STARTED_AUTOMATICALLY, started, AUTO_START)
    else:
        asked = "It was asked to record"
        yield from _entry(values, "createdAt", Source.CALLER, Kind.REQUESTED, asked, by="by")
    began = "The recorder began to record"
    yield from _entry(values, "startedAt", Source.RECORDER, Kind.STARTED, began)
    yield from _entry(values, "stopRequestedAt", Source.CALLER, *_stop(values), by="stopBy")
    accepted = "LiveKit accepted the repeated request to stop"
    yield from _entry(values, "stopAnsweredAt", Source.SWEEP, Kind.STOP_ACCEPTED, accepted)
    missing = "The recorder was not among the participants of the meeting"
    yield from _entry(values, "recorderMissingSince", Source.SWEEP, Kind.RECORDER_MISSING, missing)
    nobody = "Nobody was in the meeting"
    yield from _entry(values, "emptySince", Source.SWEEP, Kind.MEETING_EMPTY, nobody)
    yield from _entry(values, "endedAt", Source.RECORDER, Kind.ENDED, _end(values))
    if (
        values["status"] == Status.FAILED or "failedAt" in values
    ):  # its file may have come after all
        failed = "givenUpAt" if "givenUpAt" in values else "failedAt"
        source = Source.SWEEP if "failedBy" in values else Source.RECORDER
        error = values.get("error")
        failure = f"It failed: {error or 'no reason is known'}"
        yield from _entry(values, failed, source, Kind.FAILED, failure, reason=error)
    file = f"The file is in the bucket: {values.get('size')} bytes"
    yield from _entry(values, "readyAt", Source.BUCKET, Kind.FILE_ARRIVED, file)
    yield from _hold(values.get("lastHold", {}))
    yield from _hold(values)
    if "lastHold" not in values and "holdReason" not in values:  # lifted by an earlier release
        yield from _release(values, "holdChangedAt", "heldBy")
    yield from _deletion(values.get("lastDeletion", {}))
    restored = "It was taken out of the trash"
    yield from _entry(values, "restoredAt", Source.CALLER, Kind.RESTORED, restored, by="restoredBy")
    yield from _deletion(values)
    deleting = "Deleting it for good has begun"
    yield from _entry(
        values, "deletingSince", Source.CALLER, Kind.DELETING, deleting, by="deletingBy"
    )


def _entry(
    values: dict[str, Any],
    moment: str,
    source: Source,
    kind: Kind,
    what: str,
    *,
    by: str | None = None,
    reason: str | None = None,
) -> Iterator[Entry]:
    at = dynamodb.moment(values, moment)
    if at is not None:
        actor = None if by is None else Actor.of(values.get(by))
        source = Source.SWEEP if _is_system(actor) else source
        yield Entry(at, source, kind, what, actor, reason)


def _hold(values: dict[str, Any]) -> Iterator[Entry]:
    """Yield the entries of a hold: the current one, or the last one that was lifted."""
    hold = hold_from(values)
    if hold is None:
        return
    first = hold.reason if hold.changed_at is None else hold.first_reason
    held = "It was held" if first is None else f"It was held: {first}"
    yield Entry(hold.since, Source.CALLER, Kind.HELD, held, hold.by, first)
    if hold.changed_at is not None:
        changed = f"Its hold has another reason: {hold.reason}"
        by, reason = hold.changed_by, hold.reason
        yield Entry(hold.changed_at, Source.CALLER, Kind.HOLD_CHANGED, changed, by, reason)
    yield from _release(values, "releasedAt", "releasedBy")


def _release(values: dict[str, Any], moment: str, by: str) -> Iterator[Entry]:
    released = "Its hold was lifted"
    yield from _entry(values, moment, Source.CALLER, Kind.RELEASED, released, by=by)


def _deletion(values: dict[str, Any]) -> Iterator[Entry]:
    trashed = "It was moved to the trash"
    yield from _entry(values, "deletedAt", Source.CALLER, Kind.TRASHED, trashed, by="deletedBy")


def _is_system(actor: Actor | None) -> bool:
    return actor is not None and actor.type == ActorType.SYSTEM


def _stop(values: dict[str, Any]) -> tuple[Kind, str]:
    if _is_system(Actor.of(values.get("stopBy"))):
        why = "its room was over, nobody was there, or it was as long as allowed"
        return Kind.HAD_TO_END, f"It had to end: {why}"
    return Kind.STOP_REQUESTED, "It was asked to stop"


def _end(values: dict[str, Any]) -> str:
    duration = values.get("duration")
    return (
        "The recorder ended" if duration is None else f"The recorder ended after {duration:.1f} s"
    )
