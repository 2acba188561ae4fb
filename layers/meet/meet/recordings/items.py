"""Recordings, and the marks of deleted ones, as items of the table."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from meet import clock, dynamodb
from meet.actors import Actor
from meet.clock import DAY, SECOND, Milliseconds
from meet.livekit.recorder import DEFAULT_COMPOSITION, Composition, Encoding, Layout
from meet.recordings.lifecycle import Status
from meet.recordings.model import Claim, Hold, Recording, Trash

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

TTL_ATTRIBUTE = "deleteAfter"
"""Of marks. Recordings that ended before the sweep deleted what is over have it too."""

TRASH = "trash"
"""In place of the status in the index: a list of those that can be restored."""
DELETION_REMEMBERED = 2 * DAY
"""Longer than any recorder runs after its recording was given up."""


def key_of(recording_id: str) -> "dict[str, AttributeValueTypeDef]":
    """Return the key of a recording's item."""
    return dynamodb.to_item({"recordingId": recording_id})


def is_recording(values: dict[str, Any]) -> bool:
    """True for a recording, also one in the trash; False for a deletion mark, or for one that is
    over.
    """
    return "status" in values and not from_values(values).is_over(clock.now())


def is_kept(values: dict[str, Any]) -> bool:
    """True for a recording that callers can see."""
    return "status" in values and from_values(values).is_kept(clock.now())


def is_in_trash(values: dict[str, Any]) -> bool:
    """True for a recording that can be restored."""
    return is_recording(values) and _trash(values) is not None


def deletion_mark(
    recording_id: str, *, by: Actor | None = None, deleted: Recording | None = None
) -> "dict[str, AttributeValueTypeDef]":
    """Return the item that replaces a deleted recording, so that no late event brings it back.

    If the file of `deleted` may still arrive, a sweep deletes it after its last moment.
    """
    now = clock.now()
    mark: dict[str, Any] = {
        "recordingId": recording_id,
        "by": by and by.to_json(),
        "deletedAt": now,
        "hasFailed": (deleted is not None and deleted.status is Status.FAILED) or None,
        TTL_ATTRIBUTE: (now + DELETION_REMEMBERED) // SECOND,
    }
    if deleted is not None and deleted.file_may_come_until is not None:
        mark |= {
            "roomName": deleted.room_name,
            "indexShard": dynamodb.shard_of(recording_id),
            "sweepAt": deleted.file_may_come_until,
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
        "retentionDays": recording.retention_days,
        **composition_values(recording.composition),
    }


def composition_values(composition: Composition) -> dict[str, Any]:
    """Return the contents of a recording by their names in the API."""
    if composition.audio_only:
        return {"audioOnly": True}
    return {"layout": composition.layout, "encoding": composition.encoding}


def _composition(values: dict[str, Any]) -> Composition:
    default = DEFAULT_COMPOSITION
    return Composition(
        Layout(values.get("layout", default.layout)),
        Encoding(values.get("encoding", default.encoding)),
        values.get("audioOnly", False),
    )


def from_values(values: dict[str, Any]) -> Recording:
    """Return the recording in an item."""
    days = values.get("retentionDays")
    return Recording(
        id=values["recordingId"],
        room_name=values["roomName"],
        status=Status(values["status"]),
        created_at=Milliseconds(int(values["createdAt"])),
        composition=_composition(values),
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
        file_version=values.get("fileVersion"),
        error=values.get("error") if values["status"] == Status.FAILED else None,
        retention_days=None if days is None else int(days),
        expires_at=_expires_at(values),
        hold=hold_from(values),
        trash=_trash(values),
        claim=_claim(values),
        links_made=int(values.get("linksMade", 0)),
    )


def _expires_at(values: dict[str, Any]) -> Milliseconds | None:
    if TTL_ATTRIBUTE in values:
        return Milliseconds(int(values[TTL_ATTRIBUTE]) * SECOND)
    return dynamodb.moment(values, "expiresAt")


def hold_values(hold: Hold) -> dict[str, Any]:
    """Return the attributes of a hold, None for those that it has not."""
    return {
        "holdReason": hold.reason,
        "heldAt": hold.since,
        "holdBegunBy": hold.by and hold.by.to_json(),
        "firstHoldReason": hold.first_reason,
        "reasonChangedAt": hold.changed_at,
        "reasonChangedBy": hold.changed_by and hold.changed_by.to_json(),
    }


def ended_hold_values(hold: Hold, *, by: Actor, now: Milliseconds) -> dict[str, Any]:
    """Return the attributes kept of a hold that is lifted now."""
    values = hold_values(hold) | {"releasedAt": now, "releasedBy": by.to_json()}
    return {name: value for name, value in values.items() if value is not None}


def hold_from(values: dict[str, Any]) -> Hold | None:
    """Return the hold in the attributes of a recording, or in those that are kept of one."""
    if "holdReason" not in values:
        return None
    since, at, by = Milliseconds(int(values["heldAt"])), "reasonChangedAt", "reasonChangedBy"
    begun_by = values.get("holdBegunBy")
    if begun_by is None and at not in values:  # an earlier release stored the last change only
        at, by = "holdChangedAt", "heldBy"
        if int(values.get(at, since)) < since + SECOND:
            return Hold(values["holdReason"], since, Actor.of(values.get(by)))
    return Hold(
        values["holdReason"],
        since,
        Actor.of(begun_by),
        values.get("firstHoldReason"),
        dynamodb.moment(values, at),
        Actor.of(values.get(by)),
    )


def _claim(values: dict[str, Any]) -> Claim | None:
    since = dynamodb.moment(values, "deletingSince")
    return None if since is None else Claim(since, Actor.of(values.get("deletingBy")))


def _trash(values: dict[str, Any]) -> Trash | None:
    if "deletedAt" not in values or "status" not in values:
        return None
    deleted_at, until = (Milliseconds(int(values[name])) for name in ("deletedAt", "trashUntil"))
    return Trash(deleted_at, until, Actor.of(values.get("deletedBy")))
