"""The schemas of the document: the code's own, what they cannot say, and those of no model."""

from typing import Any

from meet.clock import Milliseconds
from meet.participants.schemas import MAX_NAME, TokenView
from meet.rooms.model import Role
from meet.rooms.schemas import MAX_LIFETIME_YEARS, RoomView
from meet.types import WireModel

PREFERENCES = ("chatPreferences", "recordingPreferences", "virtualBackgroundPreferences")

NOT_BLANK = {"minLength": 1, "pattern": r"\S"}

NAME = "OpenVidu-k3v9x0q2m7t1c8z"
CREATED, EXPIRES = Milliseconds(1_861_920_000_000), Milliseconds(1_893_456_000_000)
SECRETS = {role: f"{role}-secret" for role in Role}

VIEWS: dict[str, type[WireModel]] = {"OpenViduMeetRoom": RoomView, "ParticipantToken": TokenView}
"""What is answered, by its name in the document."""

RENAMED = {"RoomOptions": "OpenViduMeetRoomOptions", "TokenRequest": "ParticipantTokenRequest"}
"""Names in the code -> names in the document, where they differ."""

_ROOM = {
    "roomName": {"description": "The prefix and 15 random characters.", "examples": [NAME]},
    "creationDate": {
        "description": "When the room was made, in milliseconds since the Unix epoch.",
        "examples": [CREATED],
    },
    "expirationDate": {
        "description": (
            "When the room closes and everybody has to leave, in milliseconds since the Unix epoch."
        ),
        "examples": [EXPIRES],
    },
    "roomNamePrefix": {
        "description": "What was left of the wished prefix; may be empty.",
        "examples": ["OpenVidu"],
    },
    "preferences": {"description": "What the room allows; complete."},
    "maxParticipants": {
        "description": "How many people may be in the room at once; absent if there is no limit.",
        "minimum": 1,
        "maximum": 10_000,
        "examples": [10],
    },
    **{
        f"{role}URL": {
            "description": f"The link to join as {role}. Whoever has it may enter.",
            "format": "uri",
            "examples": [f"http://localhost:6080/meet/{NAME}/?secret={SECRETS[role]}"],
        }
        for role in Role
    },
}

SCHEMAS: dict[str, dict[str, Any]] = {
    "OpenViduMeetRoomOptions": {
        "description": "A room to be.",
        "properties": {
            "expirationDate": {
                "description": (
                    "When the room closes, in milliseconds since the Unix epoch: a whole number, "
                    f"later than now, at most {MAX_LIFETIME_YEARS} years ahead."
                ),
                "multipleOf": 1,
                "examples": [EXPIRES],
            },
            "roomNamePrefix": {
                "description": (
                    "What the room's name begins with. White space becomes a hyphen; everything "
                    "but ASCII letters, digits and hyphens is dropped."
                ),
                "examples": ["OpenVidu"],
            },
            "maxParticipants": {
                "description": (
                    "How many people may be in the room at once. Absent or null: no limit."
                ),
                "examples": [10],
            },
            "preferences": {"description": "What the room allows; what is missing is enabled."},
        },
    },
    "RoomPreferences": {
        "description": "What a room allows.",
        "properties": {
            "chatPreferences": {"description": "The chat of the room."},
            "recordingPreferences": {"description": "The recording of the room."},
            "virtualBackgroundPreferences": {"description": "Virtual backgrounds in the room."},
        },
    },
    "ChatPreferences": {"properties": {"enabled": {"examples": [True]}}},
    "RecordingPreferences": {"properties": {"enabled": {"examples": [True]}}},
    "VirtualBackgroundPreferences": {"properties": {"enabled": {"examples": [True]}}},
    "OpenViduMeetRoom": {
        "description": "A room; with `fields`, only the properties that were asked for.",
        "properties": _ROOM,
    },
    "ParticipantTokenRequest": {
        "description": "Who wants to join which room, and the secret of the link.",
        "properties": {
            "roomName": {"description": "The room to join.", "examples": [NAME]},
            "participantName": {
                "description": f"What others see: 1 to {MAX_NAME} characters, not blank.",
                "examples": ["Alice"],
                **NOT_BLANK,
            },
            "secret": {
                "description": "The `secret` in a join link; it decides the role.",
                "examples": ["publisher-secret"],
            },
        },
    },
    "ParticipantToken": {
        "description": "What a browser needs to join.",
        "properties": {
            "token": {"description": "The LiveKit access token."},
            "participantName": {
                "description": (
                    "The name in the meeting, and for disconnecting. Differs from the wished "
                    "one (`Alice_1`) when somebody of that name is connected."
                ),
                "examples": ["Alice"],
            },
            "role": {
                "description": "What the secret stands for.",
                "enum": [role.value for role in Role],
            },
            "livekitUrl": {
                "description": "The LiveKit server to connect to.",
                "format": "uri",
                "examples": ["wss://livekit.example.com"],
            },
        },
    },
}
"""What is laid over the schemas that the code gives."""

_MESSAGE = {"type": "string", "description": "One sentence on what is wrong."}
_NAMED = {
    "type": "object",
    "anyOf": [
        {"required": [name], "properties": {name: {"required": ["enabled"]}}}
        for name in PREFERENCES
    ],
}
_REF = "#/components/schemas/"

OWN_SCHEMAS: dict[str, dict[str, Any]] = {
    "Error": {
        "type": "object",
        "description": "Why a request was refused.",
        "required": ["message"],
        "properties": {
            "code": {"type": "integer", "description": "The HTTP status; absent in a 401."},
            "message": _MESSAGE,
        },
    },
    "RoomToJoinNotFound": {
        "type": "object",
        "description": "There is no such room to join.",
        "required": ["name", "message"],
        "properties": {
            "name": {"type": "string", "description": "A short name of the error."},
            "message": _MESSAGE,
        },
    },
    "InvalidRequest": {
        "type": "object",
        "description": "Every field that breaks a rule, in one answer.",
        "required": ["error", "message", "details"],
        "properties": {
            "error": {"type": "string", "examples": ["Unprocessable Entity"]},
            "message": {"type": "string", "examples": ["Invalid request body", "Invalid request"]},
            "details": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["field", "message"],
                    "properties": {
                        "field": {
                            "type": "string",
                            "description": "Dotted path; empty for the body as a whole.",
                            "examples": ["preferences.chatPreferences.enabled"],
                        },
                        "message": {
                            "type": "string",
                            "examples": ["Expected boolean, received string"],
                        },
                    },
                },
            },
        },
    },
    "RoomPreferencesUpdate": {
        "description": (
            "The preferences to change, at least one of them, either bare or as the property "
            "`preferences`; beside that property, bare ones are ignored."
        ),
        "oneOf": [
            {
                "title": "Bare",
                "allOf": [{"$ref": f"{_REF}RoomPreferences"}, _NAMED],
                "not": {"required": ["preferences"]},
            },
            {
                "title": "Wrapped",
                "type": "object",
                "required": ["preferences"],
                "properties": {
                    "preferences": {"allOf": [{"$ref": f"{_REF}RoomPreferences"}, _NAMED]}
                },
            },
        ],
    },
    "WholeOpenViduMeetRoom": {
        "description": "A room with all its properties; `maxParticipants` only if limited.",
        "allOf": [
            {"$ref": f"{_REF}OpenViduMeetRoom"},
            {"required": [n for n in _ROOM if n != "maxParticipants"]},
        ],
    },
}
"""Schemas that no model of the code says in full."""
