"""A meeting and its sessions as items of the table."""

from typing import Any

from meet import dynamodb
from meet.clock import Milliseconds
from meet.meetings.model import EndReason, LeaveReason, Meeting, Session

TTL_ATTRIBUTE = "deleteAfter"
ROOM_INDEX = "byRoom"
MEETING = "meeting"
SESSION = "session#"
LISTED = 0
"""sweepAt of a meeting that LiveKit lists; later it is the moment since when LiveKit does not."""


def key_of(meeting_id: str, item: str = MEETING) -> dict[str, Any]:
    """Return the key of a meeting, or of another item of it."""
    return dynamodb.to_item({"meetingId": meeting_id, "item": item})


def session_key(meeting_id: str, session_id: str) -> dict[str, Any]:
    """Return the key of a session."""
    return key_of(meeting_id, SESSION + session_id)


def meeting_values(meeting: Meeting) -> dict[str, Any]:
    """Return the attributes of a meeting that has just begun, without its key."""
    return {
        "roomName": meeting.room_name,
        "startedAt": meeting.started_at,
        "indexShard": dynamodb.shard_of(meeting.id),
        "listKey": dynamodb.list_key(meeting.started_at, meeting.id),
    }


def session_values(meeting: Meeting, session: Session) -> dict[str, Any]:
    """Return the attributes of a session, without its end."""
    return {
        "meetingId": meeting.id,
        "item": SESSION + session.id,
        "roomName": meeting.room_name,
        "identity": session.identity,
        "name": session.name,
        "role": session.role,
        "joinedAt": session.joined_at,
        **({} if session.external_id is None else {"externalId": session.external_id}),
        **({} if session.metadata is None else {"metadata": session.metadata}),
        "revision": 0,
    }


def meeting_from(values: dict[str, Any]) -> Meeting:
    """Return the meeting in an item."""
    return Meeting(
        id=values["meetingId"],
        room_name=values["roomName"],
        started_at=Milliseconds(int(values["startedAt"])),
        ended_at=dynamodb.moment(values, "endedAt"),
        reason=EndReason(values["reason"]) if "reason" in values else None,
        sessions=int(values.get("sessions", 0)),
        max_concurrent=None if "maxConcurrent" not in values else int(values["maxConcurrent"]),
    )


def session_from(values: dict[str, Any]) -> Session:
    """Return the session in an item."""
    return Session(
        id=values["item"].removeprefix(SESSION),
        identity=values["identity"],
        name=values["name"],
        role=values.get("role"),
        joined_at=Milliseconds(int(values["joinedAt"])),
        left_at=dynamodb.moment(values, "leftAt"),
        reason=LeaveReason(values["reason"]) if "reason" in values else None,
        external_id=values.get("externalId"),
        metadata=values.get("metadata"),
    )
