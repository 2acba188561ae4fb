"""Recordings in DynamoDB: the conditional writes and the indexes of the table."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from meet import clock, dynamodb, metrics, sweep_index
from meet.actors import Actor
from meet.clock import Milliseconds
from meet.errors import RoomNotFound
from meet.paging import Page
from meet.recordings.errors import AlreadyRecording, RecordingNotFound, RecordingNotReady
from meet.recordings.items import (
    TRASH,
    TTL_ATTRIBUTE,
    deletion_mark,
    from_values,
    is_in_trash,
    is_kept,
    is_recording,
    key_of,
    list_key_of,
    status_shard,
    to_values,
)
from meet.recordings.lifecycle import BEGUN, FINISHED, Evidence, Status, earlier_than, status_of
from meet.recordings.model import ID, Recording, object_key
from meet.recordings.timeline import Entry, timeline
from meet.rooms.model import NAME
from meet.rooms.repository import RoomRepository

if TYPE_CHECKING:
    from meet.amazon import ListClient

STATUS_INDEX = "byStatus"
ROOM_INDEX = "byRoom"
LIST_KEY = rf"\d{{15}}#{ID.pattern}"


@dataclass(frozen=True)
class RecordingRepository:
    """Stores and finds recordings."""

    client: "ListClient"
    table: str
    rooms: RoomRepository

    def start(
        self,
        recording: Recording,
        *,
        sweep_at: Milliseconds,
        by: Actor | None = None,
        taking: dict[str, Any] | None = None,
    ) -> None:
        """Store a new recording and mark its room as being recorded, both or none.

        `taking` is the transaction item that marks the room, if it has conditions of its own.
        Raises AlreadyRecording if the room is being recorded, RoomNotFound if it is not open or
        does not meet a condition.
        """
        room = taking or self.rooms.taking(
            recording.room_name, recording.id, now=recording.created_at
        )
        put = {
            "TableName": self.table,
            "Item": dynamodb.to_item(
                to_values(recording) | {"sweepAt": sweep_at, "by": by and by.to_json()}
            ),
            "ConditionExpression": "attribute_not_exists(recordingId)",
        }
        try:
            self.client.transact_write_items(TransactItems=[{"Update": room}, {"Put": put}])  # type: ignore[typeddict-item]
        except self.client.exceptions.TransactionCanceledException as error:
            reason = error.response["CancellationReasons"][0]
            if reason["Code"] != "ConditionalCheckFailed":
                raise
            taken = "activeRecordingId" in reason.get("Item", {})
            raise (AlreadyRecording if taken else RoomNotFound) from error

    def discard(self, recording: Recording) -> None:
        """Delete a recording that never started, and free its room."""
        self.rooms.release(recording.room_name, recording.id)
        self.client.delete_item(TableName=self.table, Key=key_of(recording.id))

    def get(self, recording_id: str) -> Recording:
        """Return a recording that callers can see; raises RecordingNotFound."""
        recording = self.find(recording_id)
        if recording.trash is not None:
            raise RecordingNotFound
        return recording

    def ready(self, recording_id: str) -> Recording:
        """Return a recording that can be played; raises RecordingNotFound or RecordingNotReady."""
        recording = self.get(recording_id)
        if recording.status is not Status.READY:
            raise RecordingNotReady
        return recording

    def find(self, recording_id: str) -> Recording:
        """Return a recording, also one in the trash; raises RecordingNotFound."""
        recording = self.stored(recording_id)
        if recording is None or recording.is_over(clock.now()):
            raise RecordingNotFound
        return recording

    def stored(self, recording_id: str) -> Recording | None:
        """Return a recording, even one that is over; None if there is none."""
        if ID.fullmatch(recording_id) is None:
            return None
        values = self._read(recording_id)
        return from_values(values) if "status" in values else None

    def stored_among(self, recording_ids: Sequence[str]) -> list[Recording]:
        """Return those of the recordings that are stored, even if they are over, in any order."""
        keys = [key_of(each) for each in recording_ids if ID.fullmatch(each)]
        items = dynamodb.get_many(self.client, table=self.table, keys=keys)
        return [from_values(values) for values in items if "status" in values]

    def timeline(self, recording_id: str) -> list[Entry]:
        """Return the history of a recording, also of one in the trash.

        Raises RecordingNotFound.
        """
        values = self._read(recording_id) if ID.fullmatch(recording_id) else {}
        if not is_recording(values):
            raise RecordingNotFound
        return timeline(values)

    def was_deleted(self, recording_id: str) -> bool:
        """True if the recording was deleted, within DELETION_REMEMBERED, or is over."""
        values = self._read(recording_id)
        return bool(values) and not is_recording(values)

    def has_failed(self, recording_id: str) -> bool:
        """True if a recording failed, also if it was deleted then, or if LiveKit refused it."""
        values = self._read(recording_id)
        if "status" in values:
            return bool(values["status"] == Status.FAILED)
        return not values or "hasFailed" in values

    def late_file_of_deleted(self, recording_id: str, *, now: Milliseconds) -> str | None:
        """Return the key of the late file of a deleted recording.

        None if none may come, or if one may still come: it is looked for afterwards.
        """
        values = self._read(recording_id)
        if "status" in values or int(values.get("sweepAt", now + 1)) > now:
            return None
        return object_key(values["roomName"], recording_id)

    def deleted_for_good(self, recording_id: str) -> None:
        """Take a deleted recording from the sweep's index: its late file is deleted."""
        with suppress(self.client.exceptions.ConditionalCheckFailedException):
            self.client.update_item(
                TableName=self.table,
                Key=key_of(recording_id),
                UpdateExpression="REMOVE sweepAt",
                ConditionExpression=f"attribute_exists({TTL_ATTRIBUTE})",
            )

    def get_many(self, recording_ids: Sequence[str]) -> list[Recording]:
        """Return those of the recordings that exist, in any order."""
        keys = [key_of(each) for each in recording_ids if ID.fullmatch(each)]
        items = dynamodb.get_many(self.client, table=self.table, keys=keys)
        return [from_values(values) for values in items if is_kept(values)]

    def page(
        self,
        *,
        statuses: frozenset[Status],
        room: str | None,
        after: str | None,
        limit: int,
        deleted: bool = False,
    ) -> Page[Recording]:
        """Return at most `limit` recordings that follow a list key, newest first.

        Without statuses, return recordings in any status. With `deleted`, return those in the
        trash instead.
        """
        index: dict[str, Any] = {}
        if room is not None and NAME.fullmatch(room) is None:
            return Page([], None)  # DynamoDB takes neither an empty key nor a very long one
        if room is not None:
            index = {"index": ROOM_INDEX, "attribute": "roomName", "partitions": [room]}
        elif deleted:
            partitions = [f"{TRASH}#{shard}" for shard in dynamodb.SHARDS]
            index = {"index": STATUS_INDEX, "attribute": "statusShard", "partitions": partitions}
        elif statuses:
            partitions = [f"{status}#{shard}" for status in statuses for shard in dynamodb.SHARDS]
            index = {"index": STATUS_INDEX, "attribute": "statusShard", "partitions": partitions}
        items = dynamodb.newest_first(
            self.client, table=self.table, after=after, limit=limit, **index
        )
        is_shown = is_in_trash if deleted else is_kept
        recordings = (from_values(values) for values in items if is_shown(values))
        wanted = (each for each in recordings if not statuses or each.status in statuses)
        # A recording whose status changes during the query may be in two partitions of the index.
        found = list(islice(_once_each(wanted), limit + 1))
        page = found[:limit]
        return Page(page, list_key_of(page[-1]) if len(found) > limit else None)

    def observe(
        self,
        recording_id: str,
        evidence: Evidence,
        facts: dict[str, Any],
        retention: int = 0,
    ) -> Recording:
        """Store evidence and the facts that came with it; return the updated recording.

        The status never goes back, and a known fact is not overwritten. A recording that ends with
        this is kept for `retention` milliseconds, 0 for ever. Raises RecordingNotFound, also if it
        was deleted: nothing brings it back.
        """
        status = status_of(evidence)
        known = {name: value for name, value in facts.items() if value is not None}
        recording = self._advance(recording_id, status, known, retention)
        if recording is None:  # its status is as late already
            if earlier_than(status):
                known.pop("error", None)  # why it ended is known
            recording = self._complete(recording_id, known)
        elif status in FINISHED:
            _count_end(recording)
        return recording

    def _advance(
        self, recording_id: str, status: Status, facts: dict[str, Any], retention: int
    ) -> Recording | None:
        """Store a status that is later than the current one; return None if it is not later."""
        earlier = earlier_than(status)
        if not earlier:
            return None
        change = _advance(status, facts, retention)
        change.set("statusShard", status_shard(recording_id, status))
        is_earlier = change.is_one_of("status", earlier)
        try:
            return self._change(
                recording_id, change, condition=f"{is_earlier} AND {change.is_new('trashUntil')}"
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            stored: Any = error.response.get("Item", {})
        found = dynamodb.from_item(stored)
        if "trashUntil" not in found or found.get("status") not in earlier:
            return None
        change = _advance(status, facts, retention)  # it stays where the trash is listed
        is_earlier = change.is_one_of("status", earlier)
        is_deleted = change.exists("trashUntil")
        return self.update(recording_id, change, condition=f"{is_earlier} AND {is_deleted}")

    def _complete(self, recording_id: str, facts: dict[str, Any]) -> Recording:
        """Store the facts that are not known yet; raises RecordingNotFound."""
        if not facts:
            return self.find(recording_id)
        change = dynamodb.Change()
        for name, value in facts.items():
            change.set_once(name, value)
        recording = self.update(recording_id, change, condition=change.exists("status"))
        if recording is None:
            raise RecordingNotFound
        return recording

    def replace_file(
        self, recording: Recording, *, size: int, etag: str, version: str | None
    ) -> bool:
        """Store the new file of a READY recording; False if another event has changed it first."""
        change = dynamodb.Change()
        change.set("size", size)
        change.set("etag", etag)
        change.set_or_remove("fileVersion", version)
        ready = change.is_one_of("status", [Status.READY])
        same = (
            change.is_one_of("etag", [recording.etag]) if recording.etag else change.is_new("etag")
        )
        return self.update(recording.id, change, condition=f"{ready} AND {same}") is not None

    def settled(self, recording: Recording, *, look_again_at: Milliseconds | None) -> None:
        """Store when the sweep has to check a finished recording again, None for never.

        Raises RecordingNotFound, also if a deletion, a restoration or a hold came in between: it
        said itself when the sweep has to look.
        """
        change = dynamodb.Change()
        change.set_or_remove("sweepAt", look_again_at)
        finished = change.is_one_of("status", FINISHED)
        condition = f"{finished} AND {is_unchanged(change, recording)}"
        if self.update(recording.id, change, condition=condition) is None:
            raise RecordingNotFound

    def note_absence(
        self,
        recording_id: str,
        recorder_missing_since: Milliseconds | None,
        empty_since: Milliseconds | None,
    ) -> None:
        """Store since when the recorder, and all participants, are absent; None for present."""
        change = dynamodb.Change()
        change.set_or_remove("recorderMissingSince", recorder_missing_since)
        change.set_or_remove("emptySince", empty_since)
        # Nothing is stored if it was deleted in the meantime.
        self.update(recording_id, change, condition=change.exists("status"))

    def due(self, until: Milliseconds) -> Iterator[tuple[str, Milliseconds]]:
        """Yield id and due time of the recordings that the sweep has to check, earliest first."""
        return sweep_index.due(self.client, table=self.table, name="recordingId", until=until)

    def delete(self, recording: Recording, *, by: Actor | None = None) -> bool:
        """Delete a finished recording; True if its status was still the given one.

        It has to be claimed. A deletion mark takes its place for DELETION_REMEMBERED.
        """
        try:
            self.client.put_item(
                TableName=self.table,
                Item=deletion_mark(recording.id, by=by, deleted=recording),
                ConditionExpression="#status = :status AND attribute_not_exists(holdReason)",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=dynamodb.to_item({":status": recording.status}),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def delete_many(self, recording_ids: Sequence[str], *, by: Actor | None = None) -> set[str]:
        """Delete READY recordings; return the ids that DynamoDB did not process."""
        undone: set[str] = set()
        for start in range(0, len(recording_ids), dynamodb.BATCH_WRITE):
            chunk = recording_ids[start : start + dynamodb.BATCH_WRITE]
            puts = [{"PutRequest": {"Item": deletion_mark(each, by=by)}} for each in chunk]
            left = dynamodb.write_batch(self.client, table=self.table, requests=puts)
            undone |= {each["PutRequest"]["Item"]["recordingId"]["S"] for each in left}
        return undone

    def _read(self, recording_id: str) -> dict[str, Any]:
        """Return the item with this id: a recording, a deletion mark, or nothing."""
        found = self.client.get_item(
            TableName=self.table, Key=key_of(recording_id), ConsistentRead=True
        )
        return dynamodb.from_item(found.get("Item", {}))

    def update(
        self, recording_id: str, change: dynamodb.Change, *, condition: str
    ) -> Recording | None:
        """Apply a change; return the recording after it, None if the condition is not met."""
        try:
            return self._change(recording_id, change, condition=condition)
        except self.client.exceptions.ConditionalCheckFailedException:
            return None

    def _change(self, recording_id: str, change: dynamodb.Change, *, condition: str) -> Recording:
        updated = self.client.update_item(
            TableName=self.table,
            Key=key_of(recording_id),
            ConditionExpression=condition,
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **change.arguments(),
        )
        return from_values(dynamodb.from_item(updated["Attributes"]))


def is_unchanged(change: dynamodb.Change, recording: Recording) -> str:
    """Return the condition that nobody deleted, restored, held or released a recording since."""
    trash, hold, claim = recording.trash, recording.hold, recording.claim
    return " AND ".join(
        (
            change.is_new("trashUntil")
            if trash is None
            else change.is_one_of("trashUntil", [trash.until]),
            change.is_new("holdReason") if hold is None else change.exists("holdReason"),
            change.is_new("deletingSince") if claim is None else change.exists("deletingSince"),
        )
    )


def _advance(status: Status, facts: dict[str, Any], retention: int) -> dynamodb.Change:
    change = dynamodb.Change()
    change.set("status", status)
    for name, value in facts.items():
        change.set_once(name, value)
    if status in BEGUN:
        change.set_once("hasBegun", value=True)
    if status is Status.FAILED:
        change.set_once("failedAt", clock.now())
    if status in FINISHED and retention:
        change.set("expiresAt", clock.now() + retention)
    if status is Status.READY:
        change.set("readyAt", clock.now())
    return change


def _count_end(recording: Recording) -> None:
    metrics.count("RecordingsEnded", status=recording.status)
    stopped = recording.stop_requested_at or recording.ended_at
    if recording.status is Status.READY and stopped is not None:
        # LiveKit's clock may be ahead of ours.
        metrics.seconds("StopToReady", max(0, clock.now() - stopped))


def _once_each(recordings: Iterator[Recording]) -> Iterator[Recording]:
    seen: set[str] = set()
    for recording in recordings:
        if recording.id not in seen:
            seen.add(recording.id)
            yield recording
