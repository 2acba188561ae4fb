"""Schemas that no model of the code says in full."""

from collections.abc import Iterator
from typing import Any

from meet.errors import MeetError
from meet.recordings.schemas import RecordingView
from meet.rooms.schemas import RoomView
from tools.openapi.schemas import PREFERENCES, always
from tools.openapi.words import GATEWAY_ERRORS

_MESSAGE = {"type": "string", "description": "One sentence on what is wrong."}


def all_errors(base: type[MeetError] = MeetError) -> Iterator[type[MeetError]]:
    """Yield every class of errors that the operations may raise."""
    yield base
    for each in base.__subclasses__():
        yield from all_errors(each)


_REASONS = {
    *(each.reason for each in all_errors()),
    *(body["reason"] for body, _ in GATEWAY_ERRORS),
    "forbidden",  # by the gateway, or a web ACL in front of it
}
_NAMED = {
    "type": "object",
    "anyOf": [
        {"required": [name], "properties": {name: {"required": ["enabled"]}}}
        for name in PREFERENCES
    ],
}
REASON = {
    "type": "string",
    "description": (
        "What went wrong, for programs to decide by: unlike the message, it stays as it is. Absent "
        "in a 401. There may be further reasons one day."
    ),
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
            "reason": REASON | {"enum": sorted(_REASONS)},
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
        "anyOf": [{"$ref": f"{_REF}RoomPreferences"}, {"$ref": f"{_REF}WrappedRoomPreferences"}],
        # Generators of clients read the two types above. What a body must name is said in words
        # of JSON Schema that they pass over: nested in a type, anyOf and not confuse them.
        "if": {"required": ["preferences"]},
        "then": {
            "$ref": f"{_REF}WrappedRoomPreferences",
            "properties": {"preferences": _NAMED},
        },
        "else": {"$ref": f"{_REF}RoomPreferences"} | _NAMED,
    },
    "WrappedRoomPreferences": {
        "type": "object",
        "description": "What a room allows, as a property.",
        "required": ["preferences"],
        "properties": {"preferences": {"$ref": f"{_REF}RoomPreferences"}},
    },
    "WholeOpenViduMeetRoom": {
        "description": "A room with all its properties; `maxParticipants` only if limited.",
        "allOf": [
            {"$ref": f"{_REF}OpenViduMeetRoom"},
            {"required": always(RoomView)},
        ],
    },
    "WholeOpenViduMeetRecording": {
        "description": "A recording with all that is known of it.",
        "allOf": [
            {"$ref": f"{_REF}OpenViduMeetRecording"},
            {"required": always(RecordingView)},
        ],
    },
}
