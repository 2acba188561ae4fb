"""The API as its user first wrote it down, transcribed: what must never break.

A type is a JSON type's name, "binary", the name of a component, [type] for an array, or
{property: type} for an object, where "property!" is a required one.
"""

from dataclasses import dataclass, field
from typing import Any

ROOM = "OpenVidu Meet - Room"
RECORDINGS = "OpenVidu Meet - Recordings"
INTERNAL_PARTICIPANT = "Internal API - Participant"
INTERNAL_RECORDINGS = "Internal API - Recordings"

INVALID = {
    "error": "string",
    "message": "string",
    "details": [{"field": "string", "message": "string"}],
}


@dataclass(frozen=True)
class Answer:
    """What comes with a status: the type of the body, the message of its example, headers."""

    body: Any = None
    message: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    summary: str
    tag: str
    answers: dict[int, Answer]
    parameters: dict[str, tuple[str, bool, str]] = field(default_factory=dict)
    """Name -> where it is, whether it is required, its type."""
    body: Any = None
    needs_key: bool = True


UNAUTHORIZED = Answer("Error", "Unauthorized")
FAILED = Answer("Error", "Internal server error")
NO_ROOM = Answer("Error", "Room not found")
NO_RECORDING = Answer("Error", "Recording not found")
INVALID_BODY = Answer(INVALID, "Invalid request body")

ROOM_NAME = {"roomName": ("path", True, "string")}
RECORDING_ID = {"recordingId": ("path", True, "string")}
FIELDS = {"fields": ("query", False, "string")}

OPERATIONS = {
    "createRoom": Operation(
        "POST",
        "/rooms",
        "Create a new OpenVidu Meet room",
        ROOM,
        body="OpenViduMeetRoomOptions",
        answers={
            200: Answer("OpenViduMeetRoom"),
            401: UNAUTHORIZED,
            415: Answer("Error", "Unsupported Media Type"),
            422: INVALID_BODY,
            500: FAILED,
        },
    ),
    "getRooms": Operation(
        "GET",
        "/rooms",
        "Get a list of OpenVidu Meet rooms",
        ROOM,
        parameters=FIELDS,
        answers={200: Answer(["OpenViduMeetRoom"]), 401: UNAUTHORIZED, 500: FAILED},
    ),
    "getRoom": Operation(
        "GET",
        "/rooms/{roomName}",
        "Get details of an OpenVidu Meet room",
        ROOM,
        parameters=ROOM_NAME | FIELDS,
        answers={200: Answer("OpenViduMeetRoom"), 401: UNAUTHORIZED, 404: NO_ROOM, 500: FAILED},
    ),
    "updateRoom": Operation(
        "PUT",
        "/rooms/{roomName}",
        "Update an OpenVidu Meet room",
        ROOM,
        parameters=ROOM_NAME,
        body="RoomPreferences",
        answers={
            200: Answer("OpenViduMeetRoom"),
            401: UNAUTHORIZED,
            404: NO_ROOM,
            422: INVALID_BODY,
        },
    ),
    "deleteRoom": Operation(
        "DELETE",
        "/rooms/{roomName}",
        "Delete an OpenVidu Meet room",
        ROOM,
        parameters=ROOM_NAME,
        answers={204: Answer(), 401: UNAUTHORIZED, 404: NO_ROOM, 500: FAILED},
    ),
    "createRecording": Operation(
        "POST",
        "/recordings",
        "Create a new OpenVidu Meet recording",
        RECORDINGS,
        body={"roomName!": "string"},
        answers={
            200: Answer("OpenViduMeetRecording"),
            401: UNAUTHORIZED,
            404: NO_ROOM,
            422: INVALID_BODY,
            500: FAILED,
        },
    ),
    "getRecordings": Operation(
        "GET",
        "/recordings",
        "Get a list of OpenVidu Meet recordings",
        RECORDINGS,
        parameters={"status": ("query", False, "string")},
        answers={200: Answer(["OpenViduMeetRecording"]), 401: UNAUTHORIZED, 500: FAILED},
    ),
    "deleteMultipleRecordings": Operation(
        "DELETE",
        "/recordings",
        "Delete multiples OpenVidu Meet recordings",
        RECORDINGS,
        body={"recordingIds!": ["string"]},
        answers={204: Answer(), 401: UNAUTHORIZED, 500: FAILED},
    ),
    "stopRecording": Operation(
        "PUT",
        "/recordings/{recordingId}",
        "Stop an OpenVidu Meet recording",
        RECORDINGS,
        parameters=RECORDING_ID,
        answers={204: Answer(), 401: UNAUTHORIZED, 404: NO_RECORDING, 500: FAILED},
    ),
    "getRecording": Operation(
        "GET",
        "/recordings/{recordingId}",
        "Get details of an OpenVidu Meet recording",
        RECORDINGS,
        parameters=RECORDING_ID,
        answers={
            200: Answer("OpenViduMeetRecording"),
            401: UNAUTHORIZED,
            404: NO_RECORDING,
            500: FAILED,
        },
    ),
    "deleteRecording": Operation(
        "DELETE",
        "/recordings/{recordingId}",
        "Delete an OpenVidu Meet recording",
        RECORDINGS,
        parameters=RECORDING_ID,
        answers={204: Answer(), 401: UNAUTHORIZED, 500: FAILED},
    ),
    "getRecordingStream": Operation(
        "GET",
        "/recordings/{recordingId}/stream",
        "Stream an OpenVidu Meet recording",
        INTERNAL_RECORDINGS,
        parameters=RECORDING_ID | {"Range": ("header", False, "string")},
        answers={
            200: Answer("binary", headers={"Accept-Ranges": "string", "Content-Length": "integer"}),
            206: Answer(
                "binary",
                headers={
                    "Accept-Ranges": "string",
                    "Content-Range": "string",
                    "Content-Length": "integer",
                },
            ),
            400: Answer("Error", "Invalid Range header"),
            401: UNAUTHORIZED,
            404: NO_RECORDING,
            416: Answer("Error", "Requested range not satisfiable"),
            500: FAILED,
        },
    ),
    "generateParticipantToken": Operation(
        "POST",
        "/participants/token",
        "Generate a token for a participant",
        INTERNAL_PARTICIPANT,
        body={"roomName!": "string", "participantName!": "string", "secret!": "string"},
        answers={
            200: Answer({"token": "string"}),
            404: Answer({"name": "string", "message": "string"}, "The room does not exist"),
            500: FAILED,
        },
        needs_key=False,
    ),
    "disconnectParticipant": Operation(
        "DELETE",
        "/participants/{participantName}",
        "Delete a participant from a room",
        INTERNAL_PARTICIPANT,
        parameters={
            "participantName": ("path", True, "string"),
            "roomName": ("query", True, "string"),
        },
        answers={204: Answer(), 404: Answer("Error", "Participant not found"), 500: FAILED},
    ),
}

_ENABLED = {"enabled": "boolean"}

COMPONENTS: dict[str, dict[str, str]] = {
    "OpenViduMeetRoomOptions": {
        "expirationDate!": "number",
        "roomNamePrefix": "string",
        "maxParticipants": "integer",
        "preferences": "RoomPreferences",
    },
    "RoomPreferences": {
        "chatPreferences": "ChatPreferences",
        "recordingPreferences": "RecordingPreferences",
        "virtualBackgroundPreferences": "VirtualBackgroundPreferences",
    },
    "ChatPreferences": _ENABLED,
    "RecordingPreferences": _ENABLED,
    "VirtualBackgroundPreferences": _ENABLED,
    "OpenViduMeetRoom": {
        "roomName": "string",
        "creationDate": "number",
        "expirationDate": "number",
        "roomNamePrefix": "string",
        "preferences": "RoomPreferences",
        "maxParticipants": "integer",
        "moderatorURL": "string",
        "publisherURL": "string",
        "viewerURL": "string",
    },
    "OpenViduMeetRecording": {
        "id": "string",
        "roomName": "string",
        "outputMode": "string",
        "status": "string",
        "filename": "string",
        "startedAt": "number",
        "endedAt": "number",
        "duration": "number",
        "size": "number",
    },
    "Error": {"message!": "string"},
}

DEFAULTS = {
    (name, "enabled"): True
    for name in ("ChatPreferences", "RecordingPreferences", "VirtualBackgroundPreferences")
}

SECURITY_SCHEMES = {
    "apiKeyInHeader": {"type": "apiKey", "name": "X-API-KEY", "in": "header"},
    "jwtInCookie": {"type": "apiKey", "name": "OvMeetAccessToken", "in": "cookie"},
}

VERSION, TITLE = "v1", "OpenVidu Meet API"
SERVER = "http://localhost:6080/meet/api/v1"

_ALL = {
    "chatPreferences": {"enabled": True},
    "recordingPreferences": {"enabled": True},
    "virtualBackgroundPreferences": {"enabled": True},
}
_OPTIONS = {"expirationDate": 1620000000000, "roomNamePrefix": "OpenVidu"}

BODIES: dict[str, list[dict[str, Any]]] = {
    "createRoom": [
        _OPTIONS | {"maxParticipants": 10, "preferences": _ALL},
        _OPTIONS
        | {
            "maxParticipants": 15,
            "preferences": _ALL | {"recordingPreferences": {"enabled": False}},
        },
    ],
    "updateRoom": [{"preferences": _ALL}, _ALL],
    "createRecording": [{"roomName": "OpenVidu-123456"}],
    "deleteMultipleRecordings": [{"recordingIds": ["recording_123456", "recording_123457"]}],
    "generateParticipantToken": [
        {"roomName": "OpenVidu-123456", "participantName": "Alice", "secret": "abc123456"}
    ],
}
"""Examples of request bodies; the bare one of updateRoom is of the schema that it names."""
