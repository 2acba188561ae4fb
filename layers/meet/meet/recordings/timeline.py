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
    GIVEN_UP = "givenUp"
    FILE_ARRIVED = "fileArrived"
    HELD = "held"
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


def timeline(values: dict[str, Any]) -> list[Entry]:
    """Return the entries that the item of a recording tells of, oldest first."""
    return sorted(_entries(values), key=lambda entry: entry.at)


def _entries(values: dict[str, Any]) -> Iterator[Entry]:
    def entry(
        moment: str, source: Source, kind: Kind, what: str, by: str | None = None
    ) -> Iterator[Entry]:
        at = dynamodb.moment(values, moment)
        if at is not None:
            actor = None if by is None else Actor.of(values.get(by))
            yield Entry(at, Source.SWEEP if _is_system(actor) else source, kind, what, actor)

    if Actor.of(values.get("by")) == AUTO_START:
        at = Milliseconds(int(values["createdAt"]))
        started = "It was started automatically"
        yield Entry(at, Source.ROOM, Kind.STARTED_AUTOMATICALLY, started, AUTO_START)
    else:
        asked = "It was asked to record"
        yield from entry("createdAt", Source.CALLER, Kind.REQUESTED, asked, "by")
    began = "The recorder began to record"
    yield from entry("startedAt", Source.RECORDER, Kind.STARTED, began)
    yield from entry("stopRequestedAt", Source.CALLER, *_stop(values), "stopBy")
    accepted = "LiveKit accepted the repeated request to stop"
    yield from entry("stopAnsweredAt", Source.SWEEP, Kind.STOP_ACCEPTED, accepted)
    missing = "The recorder was not among the participants of the meeting"
    yield from entry("recorderMissingSince", Source.SWEEP, Kind.RECORDER_MISSING, missing)
    nobody = "Nobody was in the meeting"
    yield from entry("emptySince", Source.SWEEP, Kind.MEETING_EMPTY, nobody)
    yield from entry("endedAt", Source.RECORDER, Kind.ENDED, _end(values))
    if values["status"] == Status.FAILED:
        failed = "givenUpAt" if "givenUpAt" in values else "failedAt"
        source = Source.SWEEP if "failedBy" in values else Source.RECORDER
        error = f"It failed: {values.get('error', 'no reason is known')}"
        yield from entry(failed, source, Kind.FAILED, error)
    elif "givenUpAt" in values:
        given_up = "It was given up, but its file came after all"
        yield from entry("givenUpAt", Source.SWEEP, Kind.GIVEN_UP, given_up)
    file = f"The file is in the bucket: {values.get('size')} bytes"
    yield from entry("readyAt", Source.BUCKET, Kind.FILE_ARRIVED, file)
    held = f"It is held: {values.get('holdReason')}"
    yield from entry("heldAt", Source.CALLER, Kind.HELD, held, "heldBy")
    restored = "It was taken out of the trash"
    yield from entry("restoredAt", Source.CALLER, Kind.RESTORED, restored, "restoredBy")
    trashed = "It was moved to the trash"
    yield from entry("deletedAt", Source.CALLER, Kind.TRASHED, trashed, "deletedBy")
    deleting = "Deleting it for good has begun"
    yield from entry("deletingSince", Source.CALLER, Kind.DELETING, deleting, "deletingBy")


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
