"""The `webhooks` of the document: a request to an endpoint for each type of event."""

from typing import Any

from meet.events.model import EventType
from meet.events.schemas import EventView
from tools.openapi.schemas import REF, Document, name_of

MEANINGS = {
    EventType.ROOM_CREATED: "A room was created",
    EventType.ROOM_UPDATED: "Preferences of a room were changed",
    EventType.ROOM_EXPIRED: "A room reached its expiration date",
    EventType.ROOM_DELETED: "A room was deleted by a caller",
    EventType.MEETING_STARTED: "The first participant has joined a room",
    EventType.MEETING_ENDED: "A meeting has ended",
    EventType.PARTICIPANT_JOINED: "A participant has joined",
    EventType.PARTICIPANT_LEFT: "A participant has left",
    EventType.PARTICIPANT_UPDATED: "A participant has another role",
    EventType.LOBBY_WAITING: "Somebody waits to be admitted to a room",
    EventType.LOBBY_ADMITTED: "Somebody who waits was admitted",
    EventType.LOBBY_DENIED: "Somebody who waits was denied",
    EventType.RECORDING_STARTED: "A recording has begun",
    EventType.RECORDING_UPDATED: "A recording is STOPPING or STOPPED",
    EventType.RECORDING_READY: "The file of a recording can be played",
    EventType.RECORDING_FAILED: "A recording has failed; a file that comes late makes it READY",
    EventType.RECORDING_DELETED: "A recording was deleted, by a caller or by the retention",
    EventType.RECORDING_RESTORED: "The deletion of a recording was undone",
    EventType.RECORDING_HELD: "A recording must not be deleted, or for another reason",
    EventType.RECORDING_RELEASED: "A recording may be deleted again",
}

_HEADERS = {
    "webhook-id": "The event's `id`: the same with each attempt, and with each replay.",
    "webhook-timestamp": "When this attempt was made, in seconds since the Unix epoch.",
    "webhook-signature": "`v1,` and a signature in base64; two of them, separated by a space, "
    "while a previous secret is valid. See standardwebhooks.com.",
}


def document() -> Document:
    """Return the requests that an endpoint of the format `standard` receives, by type of event."""
    return {kind.value: {"post": _request(kind)} for kind in EventType}


def _request(kind: EventType) -> Document:
    only: dict[str, Any] = {"properties": {"type": {"const": kind.value}}}
    schema = {"allOf": [{"$ref": REF + name_of(EventView)}, only]}
    return {
        "summary": MEANINGS[kind],
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": text,
                "schema": {"type": "string"},
            }
            for name, text in _HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {
            "2XX": {"description": "The event was received; anything else is tried again."}
        },
        "security": [],
    }
