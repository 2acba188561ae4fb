"""Recordings, and the marks of deleted ones, as items of the table."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from meet import clock, dynamodb
from meet.actors import Actor
from meet.clock import DAY, SECOND, Milliseconds
from meet.recordings.lifecycle import Status
from meet.recordings.model import Recording

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

TTL_ATTRIBUTE = "deleteAfter"
DELETION_REMEMBERED = 2 * DAY
"""Longer than any recorder runs after its recording was given up."""


def key_of(recording_id: str) -> "dict[str, AttributeValueTypeDef]":
    """Return the key of a recording's item."""
    return dynamodb.to_item({"recordingId": recording_id})


def is_kept(values: dict[str, Any]) -> bool:
    """True for a live recording; False for a deletion mark or an expired item."""
    over = values.get(TTL_ATTRIBUTE)
    return "status" in values and (over is None or clock.now() < over * SECOND)


def deletion_mark(
    recording_id: str, *, by: Actor | None = None, late_file_of: Recording | None = None
) -> "dict[str, AttributeValueTypeDef]":
    """Return the item that replaces a deleted recording, so that no late event brings it back.

    If the file of `late_file_of` may still arrive, a sweep deletes it after its last moment.
    """
    now = clock.now()
    mark: dict[str, Any] = {
        "recordingId": recording_id,
        "by": by and by.to_json(),
        "deletedAt": now,
        TTL_ATTRIBUTE: (now + DELETION_REMEMBERED) // SECOND,
    }
    if late_file_of is not None and late_file_of.file_may_come_until is not None:
        mark |= {
            "roomName": late_file_of.room_name,
            "indexShard": dynamodb.shard_of(recording_id),
            "sweepAt": late_file_of.file_may_come_until,
        }
    return dynamodb.to_item(mark)


def list_key_of(recording: Recording) -> str:
    """Return the sort key of lists."""
    return dynamodb.list_key(recording.created_at, recording.id)


def status_shard(recording_id: str, status: Status) -> str:
    """Return the index partition of a recording in this status."""
    return f"{status}#{dynamodb.shard_of(recording_id)}"


def to_values(recording: Recording) -> dict[str, Any]:
    """Return the attributes of a new recording."""
    return {
        "recordingId": recording.id,
        "roomName": recording.room_name,
        "status": recording.status,
        "createdAt": recording.created_at,
        "indexShard": dynamodb.shard_of(recording.id),
        "statusShard": status_shard(recording.id, recording.status),
        "listKey": list_key_of(recording),
    }


def from_values(values: dict[str, Any]) -> Recording:
    """Return the recording in an item."""
    return Recording(
        id=values["recordingId"],
        room_name=values["roomName"],
        status=Status(values["status"]),
        created_at=Milliseconds(int(values["createdAt"])),
        egress_id=values.get("egressId"),
        started_at=dynamodb.moment(values, "startedAt"),
        stop_requested_at=dynamodb.moment(values, "stopRequestedAt"),
        ended_at=dynamodb.moment(values, "endedAt"),
        given_up_at=dynamodb.moment(values, "givenUpAt"),
        stop_answered_at=dynamodb.moment(values, "stopAnsweredAt"),
        recorder_missing_since=dynamodb.moment(values, "recorderMissingSince"),
        empty_since=dynamodb.moment(values, "emptySince"),
        duration=Decimal(values["duration"]) if "duration" in values else None,
        size=int(values["size"]) if "size" in values else None,
        etag=values.get("etag"),
        error=values.get("error"),
    )
