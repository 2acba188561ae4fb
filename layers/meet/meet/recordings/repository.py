"""Recordings in DynamoDB: the only module that knows the table's attributes and indexes."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from meet import clock, dynamodb, metrics
from meet.clock import DAY, SECOND, Milliseconds
from meet.errors import AlreadyRecording, RecordingNotFound, RoomNotFound
from meet.paging import Page
from meet.recordings.lifecycle import FINISHED, Evidence, Status, advance, earlier_than
from meet.recordings.model import ID, Recording, object_key
from meet.rooms.model import NAME
from meet.rooms.repository import RoomRepository

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

STATUS_INDEX = "byStatus"
ROOM_INDEX = "byRoom"
LIST_KEY = rf"\d{{15}}#{ID.pattern}"

TTL_ATTRIBUTE = "deleteAfter"
DELETION_REMEMBERED = 2 * DAY
"""Longer than any recorder goes on after its recording was given up."""

_BATCH_WRITE = 25
_ATTEMPTS = 10


@dataclass(frozen=True)
class RecordingRepository:
    """Stores and finds recordings."""

    client: "DynamoDBClient"
    table: str
    rooms: RoomRepository

    def start(self, recording: Recording, *, sweep_at: Milliseconds) -> None:
        """Store a new recording and take its room, both or none.

        Raises RoomNotFound when the room is not open, AlreadyRecording when it is taken.
        """
        room = self.rooms.taking(recording.room_name, recording.id, now=recording.created_at)
        put = {
            "TableName": self.table,
            "Item": dynamodb.to_item(_to_values(recording) | {"sweepAt": sweep_at}),
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
        """Forget a recording that LiveKit never started, and let its room go."""
        self.rooms.release(recording.room_name, recording.id)
        self.client.delete_item(TableName=self.table, Key=_key(recording.id))

    def get(self, recording_id: str) -> Recording:
        """Return a recording; raise RecordingNotFound."""
        if ID.fullmatch(recording_id) is None:
            raise RecordingNotFound
        values = self._read(recording_id)
        if not _is_kept(values):
            raise RecordingNotFound
        return _from_values(values)

    def was_deleted(self, recording_id: str) -> bool:
        """Tell whether the recording was deleted, within DELETION_REMEMBERED."""
        return TTL_ATTRIBUTE in self._read(recording_id)

    def late_file_of_deleted(self, recording_id: str) -> str | None:
        """Return the key that a deleted recording's file may have come to; None for none."""
        values = self._read(recording_id)
        if "sweepAt" not in values or "status" in values:
            return None
        return object_key(values["roomName"], recording_id)

    def deleted_for_good(self, recording_id: str) -> None:
        """Tell that no sweep has to look after a deleted recording's file."""
        with suppress(self.client.exceptions.ConditionalCheckFailedException):
            self.client.update_item(
                TableName=self.table,
                Key=_key(recording_id),
                UpdateExpression="REMOVE sweepAt",
                ConditionExpression=f"attribute_exists({TTL_ATTRIBUTE})",
            )

    def get_many(self, recording_ids: Sequence[str]) -> list[Recording]:
        """Return those of the recordings that exist, in no order."""
        keys = [_key(each) for each in recording_ids if ID.fullmatch(each)]
        items = dynamodb.get_many(self.client, table=self.table, keys=keys)
        return [_from_values(values) for values in items if _is_kept(values)]

    def page(
        self, *, statuses: frozenset[Status], room: str | None, after: str | None, limit: int
    ) -> Page[Recording]:
        """Return at most limit recordings, newest first, from behind a list key.

        Empty statuses mean every status.
        """
        index: dict[str, Any] = {}
        if room is not None and NAME.fullmatch(room) is None:
            return Page([], None)  # DynamoDB takes neither an empty key nor a very long one
        if room is not None:
            index = {"index": ROOM_INDEX, "attribute": "roomName", "partitions": [room]}
        elif statuses:
            partitions = [f"{status}#{shard}" for status in statuses for shard in dynamodb.SHARDS]
            index = {"index": STATUS_INDEX, "attribute": "statusShard", "partitions": partitions}
        items = dynamodb.newest_first(
            self.client, table=self.table, after=after, limit=limit, **index
        )
        recordings = (_from_values(values) for values in items if _is_kept(values))
        wanted = (each for each in recordings if not statuses or each.status in statuses)
        # One that changes its status meanwhile may stand in two partitions of an index.
        found = list(islice(_once_each(wanted), limit + 1))
        page = found[:limit]
        return Page(page, _list_key(page[-1]) if len(found) > limit else None)

    def observe(
        self,
        recording_id: str,
        evidence: Evidence,
        facts: dict[str, Any],
        *,
        retention: int = 0,
    ) -> Recording:
        """Write down evidence and the facts that came with it; return what is known then.

        The status never goes back, and a fact once known stays. A recording that ends with this
        is kept for `retention` milliseconds, 0 for ever. Raises RecordingNotFound, also for a
        deleted recording: nothing brings it back.
        """
        status = advance(Status.STARTING, evidence)
        known = {key: value for key, value in facts.items() if value is not None}
        sets = [f"#{key} = if_not_exists(#{key}, :{key})" for key in known]
        earlier = {f":from{number}": each for number, each in enumerate(earlier_than(status))}
        expiry: dict[str, int] = {}
        if status in FINISHED and retention:
            expiry = {f":{TTL_ATTRIBUTE}": (clock.now() + retention) // SECOND}
            sets.append(f"{TTL_ATTRIBUTE} = :{TTL_ATTRIBUTE}")
        if earlier:
            try:
                recording = self._update(
                    recording_id,
                    ["#status = :status", "statusShard = :statusShard", *sets],
                    remove="#error" if status is Status.READY else None,
                    condition=f"#status IN ({', '.join(earlier)})",
                    values={
                        ":status": status,
                        ":statusShard": _status_shard(recording_id, status),
                        **earlier,
                        **expiry,
                    },
                    facts=known,
                )
            except RecordingNotFound:
                known.pop("error", None)
            else:
                if status in FINISHED:
                    _count_end(recording)
                return recording
        sets = [f"#{key} = if_not_exists(#{key}, :{key})" for key in known]
        if not sets:
            return self.get(recording_id)
        return self._update(recording_id, sets, condition="attribute_exists(#status)", facts=known)

    def replace_file(self, recording: Recording, *, size: int, etag: str) -> bool:
        """Write down another file of a READY recording; True if it still was as it is given."""
        same = "etag = :before" if recording.etag else "attribute_not_exists(etag)"
        try:
            self.client.update_item(
                TableName=self.table,
                Key=_key(recording.id),
                UpdateExpression="SET #size = :size, etag = :etag",
                ConditionExpression=f"#status = :ready AND {same}",
                ExpressionAttributeNames={"#status": "status", "#size": "size"},
                ExpressionAttributeValues=dynamodb.to_item(
                    {
                        ":size": size,
                        ":etag": etag,
                        ":ready": Status.READY,
                        ":before": recording.etag,
                    }
                ),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def settled(self, recording_id: str, *, look_again_at: Milliseconds | None) -> None:
        """Tell when a sweep has to look at a finished recording again, None for never."""
        never = look_again_at is None
        try:
            self.client.update_item(
                TableName=self.table,
                Key=_key(recording_id),
                UpdateExpression="REMOVE sweepAt" if never else "SET sweepAt = :at",
                ConditionExpression="#status IN (:failed, :ready)",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=dynamodb.to_item(
                    {":failed": Status.FAILED, ":ready": Status.READY, ":at": look_again_at}
                ),
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            raise RecordingNotFound from error

    def note_absence(
        self,
        recording_id: str,
        recorder_missing_since: Milliseconds | None,
        empty_since: Milliseconds | None,
    ) -> None:
        """Remember since when the recorder, and everybody else, is away; None if they are not."""
        moments = {"recorderMissingSince": recorder_missing_since, "emptySince": empty_since}
        known = {key: value for key, value in moments.items() if value is not None}
        gone = ", ".join(moments.keys() - known.keys())
        with suppress(RecordingNotFound):  # deleted meanwhile
            self._update(
                recording_id,
                [f"#{key} = :{key}" for key in known],
                remove=gone or None,
                condition="attribute_exists(#status)",
                facts=known,
            )

    def due(self, until: Milliseconds) -> Iterator[tuple[str, Milliseconds]]:
        """Return id and moment of the recordings that the sweep has to look at."""
        return dynamodb.due(self.client, table=self.table, name="recordingId", until=until)

    def delete(self, recording: Recording) -> bool:
        """Delete a finished recording; tell whether it still was as it is given here.

        A mark of it stays for DELETION_REMEMBERED, with a sweep at its end when a file may
        still come.
        """
        mark = _deleted(recording.id)
        if recording.file_may_come_until is not None:
            mark |= dynamodb.to_item(
                {
                    "roomName": recording.room_name,
                    "indexShard": dynamodb.shard_of(recording.id),
                    "sweepAt": recording.file_may_come_until,
                }
            )
        try:
            self.client.put_item(
                TableName=self.table,
                Item=mark,
                ConditionExpression="#status = :status",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=dynamodb.to_item({":status": recording.status}),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def delete_many(self, recording_ids: Sequence[str]) -> set[str]:
        """Delete READY recordings; return the ids of those that DynamoDB left undone."""
        left = list(recording_ids)
        undone: set[str] = set()
        while left:
            chunk, left = left[:_BATCH_WRITE], left[_BATCH_WRITE:]
            requests: Any = [{"PutRequest": {"Item": _deleted(each)}} for each in chunk]
            for attempt in range(_ATTEMPTS):
                clock.pause(attempt)
                answer = self.client.batch_write_item(RequestItems={self.table: requests})
                requests = answer.get("UnprocessedItems", {}).get(self.table, [])
                if not requests:
                    break
            undone |= {each["PutRequest"]["Item"]["recordingId"]["S"] for each in requests}
        return undone

    def _read(self, recording_id: str) -> dict[str, Any]:
        """Return what is stored under an id, a recording or the mark of a deletion."""
        found = self.client.get_item(
            TableName=self.table, Key=_key(recording_id), ConsistentRead=True
        )
        return dynamodb.from_item(found.get("Item", {}))

    def _update(
        self,
        recording_id: str,
        sets: list[str],
        *,
        condition: str,
        facts: dict[str, Any],
        values: dict[str, Any] | None = None,
        remove: str | None = None,
    ) -> Recording:
        expression = f"SET {', '.join(sets)}" if sets else ""
        expression += f" REMOVE {remove}" if remove else ""
        names = {f"#{key}": key for key in ("status", "error", *facts)}
        used = {key: name for key, name in names.items() if key in f"{expression} {condition}"}
        bound = {**(values or {}), **{f":{key}": value for key, value in facts.items()}}
        try:
            updated = self.client.update_item(
                TableName=self.table,
                Key=_key(recording_id),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeNames=used,
                ReturnValues="ALL_NEW",
                **({"ExpressionAttributeValues": dynamodb.to_item(bound)} if bound else {}),  # type: ignore[arg-type]
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            raise RecordingNotFound from error
        return _from_values(dynamodb.from_item(updated["Attributes"]))


def _key(recording_id: str) -> dict[str, Any]:
    return dynamodb.to_item({"recordingId": recording_id})


def _is_kept(values: dict[str, Any]) -> bool:
    """Tell an item of a recording from the mark of a deletion, and from one kept long enough."""
    over = values.get(TTL_ATTRIBUTE)
    return "status" in values and (over is None or clock.now() < over * SECOND)


def _deleted(recording_id: str) -> dict[str, Any]:
    """Return what stays of a deleted recording: nothing late may bring it back."""
    gone = (clock.now() + DELETION_REMEMBERED) // SECOND
    return dynamodb.to_item({"recordingId": recording_id, TTL_ATTRIBUTE: gone})


def _count_end(recording: Recording) -> None:
    metrics.count("RecordingsEnded", status=recording.status)
    stopped = recording.stop_requested_at or recording.ended_at
    if recording.status is Status.READY and stopped is not None:
        # LiveKit's clock may be ahead of ours.
        metrics.seconds("StopToReady", max(0, clock.now() - stopped))


def _list_key(recording: Recording) -> str:
    return dynamodb.list_key(recording.created_at, recording.id)


def _once_each(recordings: Iterator[Recording]) -> Iterator[Recording]:
    seen: set[str] = set()
    for recording in recordings:
        if recording.id not in seen:
            seen.add(recording.id)
            yield recording


def _status_shard(recording_id: str, status: Status) -> str:
    return f"{status}#{dynamodb.shard_of(recording_id)}"


def _to_values(recording: Recording) -> dict[str, Any]:
    return {
        "recordingId": recording.id,
        "roomName": recording.room_name,
        "status": recording.status,
        "createdAt": recording.created_at,
        "indexShard": dynamodb.shard_of(recording.id),
        "statusShard": _status_shard(recording.id, recording.status),
        "listKey": _list_key(recording),
    }


def _from_values(values: dict[str, Any]) -> Recording:
    def moment(name: str) -> Milliseconds | None:
        return Milliseconds(int(values[name])) if name in values else None

    duration: Decimal | None = values.get("duration")
    return Recording(
        id=values["recordingId"],
        room_name=values["roomName"],
        status=Status(values["status"]),
        created_at=Milliseconds(int(values["createdAt"])),
        egress_id=values.get("egressId"),
        started_at=moment("startedAt"),
        stop_requested_at=moment("stopRequestedAt"),
        ended_at=moment("endedAt"),
        given_up_at=moment("givenUpAt"),
        stop_answered_at=moment("stopAnsweredAt"),
        recorder_missing_since=moment("recorderMissingSince"),
        empty_since=moment("emptySince"),
        duration=duration,
        size=int(values["size"]) if "size" in values else None,
        etag=values.get("etag"),
        error=values.get("error"),
    )
