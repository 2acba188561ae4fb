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


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to a recording."""

    at: Milliseconds
    source: Source
    what: str
    """A sentence."""
    actor: Actor | None = None


def timeline(values: dict[str, Any]) -> list[Entry]:
    """Return the entries that the item of a recording tells of, oldest first."""
    return sorted(_entries(values), key=lambda entry: entry.at)


def _entries(values: dict[str, Any]) -> Iterator[Entry]:
    def entry(moment: str, source: Source, what: str, by: str | None = None) -> Iterator[Entry]:
        at = dynamodb.moment(values, moment)
        if at is not None:
            actor = None if by is None else Actor.of(values.get(by))
            is_system = actor is not None and actor.type == ActorType.SYSTEM
            yield Entry(at, Source.SWEEP if is_system else source, what, actor)

    if Actor.of(values.get("by")) == AUTO_START:
        at = Milliseconds(int(values["createdAt"]))
        yield Entry(at, Source.ROOM, "It was started automatically", AUTO_START)
    else:
        yield from entry("createdAt", Source.CALLER, "It was asked to record", "by")
    yield from entry("startedAt", Source.RECORDER, "The recorder began to record")
    yield from entry("stopRequestedAt", Source.CALLER, _stop(values), "stopBy")
    yield from entry(
        "stopAnsweredAt", Source.SWEEP, "LiveKit accepted the repeated request to stop"
    )
    missing = "The recorder was not among the participants of the meeting"
    yield from entry("recorderMissingSince", Source.SWEEP, missing)
    yield from entry("emptySince", Source.SWEEP, "Nobody was in the meeting")
    yield from entry("endedAt", Source.RECORDER, _end(values))
    if values["status"] == Status.FAILED:
        failed = "givenUpAt" if "givenUpAt" in values else "failedAt"
        source = Source.SWEEP if "failedBy" in values else Source.RECORDER
        yield from entry(failed, source, f"It failed: {values.get('error', 'no reason is known')}")
    elif "givenUpAt" in values:
        yield from entry("givenUpAt", Source.SWEEP, "It was given up, but its file came after all")
    size = values.get("size")
    yield from entry("readyAt", Source.BUCKET, f"The file is in the bucket: {size} bytes")
    yield from entry("heldAt", Source.CALLER, f"It is held: {values.get('holdReason')}", "heldBy")
    yield from entry("restoredAt", Source.CALLER, "It was taken out of the trash", "restoredBy")
    yield from entry("deletedAt", Source.CALLER, "It was moved to the trash", "deletedBy")
    yield from entry("deletingSince", Source.CALLER, "Deleting it for good has begun", "deletingBy")


def _stop(values: dict[str, Any]) -> str:
    by = Actor.of(values.get("stopBy"))
    if by is not None and by.type == ActorType.SYSTEM:
        return "It had to end: its room was over, nobody was there, or it was as long as allowed"
    return "It was asked to stop"


def _end(values: dict[str, Any]) -> str:
    duration = values.get("duration")
    return (
        "The recorder ended" if duration is None else f"The recorder ended after {duration:.1f} s"
    )
