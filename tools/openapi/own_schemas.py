"""Schemas that no model of the code says in full."""

from collections.abc import Iterator
from typing import Any

from meet.errors import InvalidRequest, MeetError, RoomToJoinNotFound
from meet.rooms.schemas import RoomPreferences
from tools.openapi.words import GATEWAY_ERRORS

_MESSAGE = {"type": "string", "description": "One sentence on what is wrong."}


def all_errors(base: type[MeetError] = MeetError) -> Iterator[type[MeetError]]:
    """Yield every class of errors that the operations may raise."""
    yield base
    for each in base.__subclasses__():
        yield from all_errors(each)


_NAMED = {
    "type": "object",
    "anyOf": [
        {"required": [name], "properties": {name: {"required": ["enabled"]}}}
        for name in (str(field.alias) for field in RoomPreferences.model_fields.values())
    ],
}
REASON = {
    "type": "string",
    "description": (
        "What went wrong, for programs to decide by: unlike the message, it never changes. Absent "
        "in a 401. Further reasons may be added."
    ),
}
_REF = "#/components/schemas/"


def error() -> dict[str, Any]:
    """Return the schema of an error, with the reasons of all modules that are imported."""
    reasons = {
        *(each.reason for each in all_errors()),
        *(body["reason"] for body, _ in GATEWAY_ERRORS),
        "forbidden",  # by the gateway, or a web ACL in front of it
    }
    return {
        "type": "object",
        "description": "Why a request was refused.",
        "required": ["message"],
        "properties": {
            "code": {"type": "integer", "description": "The HTTP status; absent in a 401."},
            "message": _MESSAGE,
            "reason": REASON | {"enum": sorted(reasons)},
        },
    }


OWN_SCHEMAS: dict[str, dict[str, Any]] = {
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
        # Generators of clients read the two types above. What a body must contain is in keywords of
        # JSON Schema that they ignore; anyOf and not inside a type confuse them.
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
}

OF_BODIES = {"RoomUpdate": "RoomPreferencesUpdate"}
"""Models that read a body -> the schema that says what they take."""

OF_ERRORS: dict[type[MeetError], str] = {
    InvalidRequest: "InvalidRequest",
    RoomToJoinNotFound: "RoomToJoinNotFound",
}
"""The errors whose body is not an Error."""
