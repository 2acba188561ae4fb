"""Whether a meeting may begin to be recorded automatically, which the room's item decides."""

from typing import Any

from meet import dynamodb
from meet.clock import Milliseconds
from meet.rooms.items import key_of
from meet.rooms.model import Room
from meet.rooms.repository import IS_OPEN, RoomRepository

MOST_ATTEMPTS = 2
"""Recordings that begin automatically in one meeting: the second only if the first one failed."""


def attempts_in(room: Room, meeting_id: str | None) -> int:
    """Return how many recordings of a meeting have begun automatically."""
    started = room.auto_started
    return started.attempts if started is not None and started.meeting_id == meeting_id else 0


def is_armed(room: Room, meeting_id: str) -> bool:
    """True if a recording of this meeting may begin automatically."""
    preferences = room.preferences
    return (
        preferences.recording
        and preferences.recording_plan.auto_start is not None
        and room.active_recording_id is None
        and room.active_meeting_id == meeting_id
        and not _was_stopped(room)
        and attempts_in(room, meeting_id) < MOST_ATTEMPTS
    )


def _was_stopped(room: Room) -> bool:
    """True if a caller stopped a recording since the meeting began."""
    stopped, since = room.recording_stopped_at, room.active_meeting_since
    return stopped is not None and since is not None and stopped >= since


def taking_automatically(
    rooms: RoomRepository, room: Room, recording_id: str, *, now: Milliseconds
) -> dict[str, Any]:
    """Return the transaction item that marks a room as being recorded, and counts the attempt.

    It fails if what `is_armed` goes by has changed since the room was read.
    """
    change = dynamodb.Change()
    before, meeting_id = room.auto_started, room.active_meeting_id
    preferences = "preferences.recordingPreferences"
    conditions = [
        IS_OPEN,
        change.is_new("activeRecordingId"),
        change.is_one_of("activeMeetingId", [meeting_id]),
        change.is_one_of(f"{preferences}.enabled", [True]),
        change.is_one_of(f"{preferences}.autoStart", [room.preferences.recording_plan.auto_start]),
        _is_still(change, "recordingStoppedAt", room.recording_stopped_at),
        _is_still(change, "autoStartedRecordingId", before and before.recording_id),
    ]
    change.set("activeRecordingId", recording_id)
    change.set("autoStartedIn", meeting_id)
    change.set("autoStartedRecordingId", recording_id)
    change.set("autoStartAttempts", attempts_in(room, meeting_id) + 1)
    update = change.arguments()
    update["ExpressionAttributeValues"] |= dynamodb.to_item({":now": now})
    return {
        "TableName": rooms.table,
        "Key": key_of(room.name),
        "ConditionExpression": " AND ".join(conditions),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        **update,
    }


def _is_still(change: dynamodb.Change, name: str, value: object) -> str:
    return change.is_new(name) if value is None else change.is_one_of(name, [value])
