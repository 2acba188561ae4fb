"""Events in the words of OpenVidu Meet, for receivers that were written for it."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from meet.clock import SECOND, Milliseconds
from meet.events.model import EventType
from meet.rooms.model import RoomOutline

_NAMES = {
    EventType.MEETING_STARTED: "meetingStarted",
    EventType.MEETING_ENDED: "meetingEnded",
    EventType.PARTICIPANT_JOINED: "participantJoined",
    EventType.PARTICIPANT_LEFT: "participantLeft",
    EventType.PARTICIPANT_UPDATED: "participantRoleChanged",
    EventType.RECORDING_STARTED: "recordingStarted",
    EventType.RECORDING_UPDATED: "recordingUpdated",
    EventType.RECORDING_READY: "recordingEnded",
    EventType.RECORDING_FAILED: "recordingEnded",
}
"""Events of other types are not sent."""

NAMES = frozenset(_NAMES.values())

TEST = "testEvent"

_STATUSES = {
    "STARTING": "starting",
    "STARTED": "active",
    "STOPPING": "ending",
    "STOPPED": "ending",
    "READY": "complete",
    "FAILED": "failed",
}

_LEAVE_REASONS = {
    "left": "voluntary_leave",
    "connectionLost": "network_disconnect",
    "serverShutdown": "server_shutdown",
    "removed": "participant_kicked",
    "meetingEnded": "meeting_ended",
    "duplicate": "duplicate_identity",
}


FindRoom = Callable[[str], RoomOutline | None]


def name_of(type: EventType) -> str | None:  # noqa: A002 - the event's property
    """Return OpenVidu Meet's name of an event type; None if it has none."""
    return _NAMES.get(type)


def body_of(text: str, room: FindRoom) -> str:
    """Return an event of the log as OpenVidu Meet would send it."""
    event: dict[str, Any] = json.loads(text)
    kind, name, data = EventType(event["type"]), event["roomName"], event["data"]
    match kind:
        case EventType.MEETING_STARTED | EventType.MEETING_ENDED:
            told = _meeting(kind, name, data, room(name))
        case (
            EventType.PARTICIPANT_JOINED
            | EventType.PARTICIPANT_LEFT
            | EventType.PARTICIPANT_UPDATED
        ):
            told = {"roomId": name, "roomName": name, "participant": _participant(data)}
        case _:
            told = _recording(name, data)
    happened = datetime.fromisoformat(event["timestamp"])
    return _text(_NAMES[kind], round(happened.timestamp() * SECOND), told)


def test_body(message: str, *, now: Milliseconds) -> str:
    """Return the event that a test sends."""
    return _text(TEST, now, {"message": message})


def _text(name: str, at: int, data: dict[str, Any]) -> str:
    event = {"creationDate": at, "event": name, "data": data}
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


def _meeting(
    kind: EventType, name: str, data: dict[str, Any], room: RoomOutline | None
) -> dict[str, Any]:
    told: dict[str, Any] = {"roomId": name, "roomName": name}
    if room is not None:
        told["creationDate"] = room.created_at
        told["autoDeletionDate"] = room.expires_at
        told["config"] = {
            "chat": {"enabled": room.preferences.chat},
            "recording": {"enabled": room.preferences.recording},
            "virtualBackground": {"enabled": room.preferences.virtual_background},
        }
    if kind is EventType.MEETING_STARTED:
        return told | {"status": "active_meeting"}
    reason = data.get("reason")
    is_over = reason in {"roomDeleted", "roomExpired"}
    limit = {"reason": "max_duration_reached"} if reason == "maxDuration" else {}
    return told | {"status": "closed" if is_over else "open"} | limit


def _participant(data: dict[str, Any]) -> dict[str, Any]:
    same = ("participantIdentity", "participantName", "externalId", "metadata")
    told = {name: data[name] for name in same if name in data}
    told["role"] = "moderator" if data.get("role") == "moderator" else "speaker"
    told["joinDate"] = data["joinedAt"]
    if "leftAt" in data:
        told["leaveDate"] = data["leftAt"]
        told["durationSeconds"] = data["duration"]
        told["leaveReason"] = _LEAVE_REASONS.get(data.get("reason", ""), "unknown")
    return told


def _recording(name: str, data: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "recordingId": data["id"],
        "roomId": name,
        "roomName": name,
        "status": _STATUSES[data["status"]],
    }
    theirs = {"startedAt": "startDate", "endedAt": "endDate"}
    for ours in ("filename", "startedAt", "endedAt", "duration", "size", "error"):
        if ours in data:
            told[theirs.get(ours, ours)] = data[ours]
    if "error" in data:
        told["details"] = data["error"]
    return told
