"""Conditional writes that decide whether a recording may be deleted: claims, trash and holds.

A claim, a move to the trash and a hold exclude each other, so whichever is stored first wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meet import clock, dynamodb
from meet.actors import Actor
from meet.clock import Milliseconds
from meet.recordings.errors import RecordingBeingDeleted
from meet.recordings.items import (
    TRASH,
    TTL_ATTRIBUTE,
    ended_hold_values,
    hold_values,
    key_of,
    status_shard,
)
from meet.recordings.model import Hold, Recording, Trash
from meet.recordings.repository import RecordingRepository, is_unchanged

_CLAIM = "deletingSince"
_AT_ONCE = 100
"""Writes that one transaction accepts."""


@dataclass(frozen=True)
class Custody:
    """Who may delete a recording, and until when a deletion can be undone."""

    recordings: RecordingRepository

    def claim(self, recording: Recording, *, by: Actor | None) -> bool:
        """Let a deletion begin, which a hold can no longer stop.

        False if the recording is held, or has changed. The sweep completes a deletion that stops
        here.
        """
        change, condition = _claim(recording, by)
        return self.recordings.update(recording.id, change, condition=condition) is not None

    def throw_away(self, recording: Recording, *, lasting: int, by: Actor | None) -> bool:
        """Move a recording to the trash, for some milliseconds.

        False if it is held, or has changed.
        """
        change, condition = _throw_away(recording, lasting, by)
        return self.recordings.update(recording.id, change, condition=condition) is not None

    def claim_many(self, recordings: Sequence[Recording], *, by: Actor | None) -> set[str]:
        """Claim several; return the ids of those that cannot be."""
        return self._write_many({each.id: _claim(each, by) for each in recordings})

    def throw_away_many(
        self, recordings: Sequence[Recording], *, lasting: int, by: Actor | None
    ) -> set[str]:
        """Move several to the trash; return the ids of those that cannot be."""
        return self._write_many({each.id: _throw_away(each, lasting, by) for each in recordings})

    def restore(self, recording_id: str, *, by: Actor) -> Recording:
        """Take a recording out of the trash, if it is there.

        Raises RecordingNotFound or RecordingBeingDeleted.
        """
        while True:
            recording = self.recordings.find(recording_id)
            if recording.claim is not None:
                raise RecordingBeingDeleted
            if recording.trash is None:
                return recording
            now = clock.now()
            change = dynamodb.Change()
            change.set("statusShard", status_shard(recording.id, recording.status))
            change.set("sweepAt", now)  # a file may have come, or gone, meanwhile
            change.set("restoredAt", now)
            change.set("restoredBy", by.to_json())
            change.set("lastDeletion", _last_deletion(recording.trash))
            for name in ("deletedAt", "trashUntil", "deletedBy"):
                change.remove(name)
            condition = _is_unchanged(change, recording)
            restored = self.recordings.update(recording.id, change, condition=condition)
            if restored is not None:
                return restored

    def hold(self, recording_id: str, reason: str, *, by: Actor) -> Recording:
        """Keep a recording from being deleted, however that is tried; a new reason replaces one.

        Raises RecordingNotFound or RecordingBeingDeleted.
        """
        while True:
            recording = self.recordings.get(recording_id)
            if recording.claim is not None:
                raise RecordingBeingDeleted
            now = clock.now()
            change = dynamodb.Change()
            condition = _is_unchanged(change, recording)
            if recording.hold is None:
                hold = Hold(reason, now, by)
            else:
                hold = recording.hold.with_reason(reason, by=by, now=now)
                condition += f" AND {_is_same_hold(change, recording.hold)}"
            for name, value in hold_values(hold).items():
                change.set_or_remove(name, value)
            _note_change_of_hold(change, by, now)
            if recording.expires_at is not None:
                change.set_once("expiresAt", recording.expires_at)
            change.remove(TTL_ATTRIBUTE)  # DynamoDB would delete it, held or not
            held = self.recordings.update(recording.id, change, condition=condition)
            if held is not None:
                return held

    def release(self, recording_id: str, *, by: Actor) -> None:
        """Lift the hold, if there is one. What is over by then is deleted.

        Raises RecordingNotFound.
        """
        while True:
            recording = self.recordings.get(recording_id)
            if recording.hold is None:
                return
            now = clock.now()
            change = dynamodb.Change()
            change.set("lastHold", ended_hold_values(recording.hold, by=by, now=now))
            for name in hold_values(recording.hold):
                change.remove(name)
            _note_change_of_hold(change, by, now)
            if recording.is_finished:
                change.set("sweepAt", now)
            condition = _is_same_hold(change, recording.hold)
            if self.recordings.update(recording.id, change, condition=condition) is not None:
                return

    def _write_many(self, writes: dict[str, tuple[dynamodb.Change, str]]) -> set[str]:
        """Write what can be, 100 at a time; return the ids of those whose condition is not met."""
        refused: set[str] = set()
        left = list(writes)
        client = self.recordings.client
        while left:
            chunk = left[:_AT_ONCE]
            items: list[Any] = [
                {
                    "Update": {
                        "TableName": self.recordings.table,
                        "Key": key_of(each),
                        "ConditionExpression": writes[each][1],
                        **writes[each][0].arguments(),
                    }
                }
                for each in chunk
            ]
            bad = {chunk[place] for place in dynamodb.refused_of(client, items)}
            if bad:
                refused |= bad
                left = [each for each in left if each not in bad]
                continue
            left = left[_AT_ONCE:]
        return refused


def _note_change_of_hold(change: dynamodb.Change, by: Actor, now: Milliseconds) -> None:
    """Let the change be an event of its own."""
    change.set("heldBy", by.to_json())
    change.set("holdChangedAt", now)
    change.add("holdChanges", 1)


def _is_same_hold(change: dynamodb.Change, hold: Hold) -> str:
    same = change.is_one_of("holdReason", [hold.reason])
    return f"{same} AND {change.is_one_of('heldAt', [hold.since])}"


def _last_deletion(trash: Trash) -> dict[str, Any]:
    """Return the attributes kept of a deletion that is undone."""
    by = {} if trash.by is None else {"deletedBy": trash.by.to_json()}
    return {"deletedAt": trash.deleted_at, **by}


def _claim(recording: Recording, by: Actor | None) -> tuple[dynamodb.Change, str]:
    now = clock.now()
    change = dynamodb.Change()
    change.set_once(_CLAIM, now)
    if by is not None:
        change.set_once("deletingBy", by.to_json())
    change.set("sweepAt", now)
    # Links that were made since the recording was read would stay behind.
    links = change.exists("linksMade") if recording.links_made else change.is_new("linksMade")
    return change, f"{_is_unchanged(change, recording)} AND {links}"


def _throw_away(
    recording: Recording, lasting: int, by: Actor | None
) -> tuple[dynamodb.Change, str]:
    now = clock.now()
    until = Milliseconds(now + lasting)
    if recording.expires_at is not None:
        until = min(until, recording.expires_at)
    change = dynamodb.Change()
    change.set("statusShard", f"{TRASH}#{dynamodb.shard_of(recording.id)}")
    change.set("deletedAt", now)
    change.set("trashUntil", until)
    if by is not None:
        change.set("deletedBy", by.to_json())
    change.set("sweepAt", until)
    change.add("deletions", 1)
    return change, _is_unchanged(change, recording)


def _is_unchanged(change: dynamodb.Change, recording: Recording) -> str:
    same = change.is_one_of("status", [recording.status])
    return f"{same} AND {is_unchanged(change, recording)}"
