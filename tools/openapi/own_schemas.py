"""Schemas that no model of the code says in full."""

from collections.abc import Iterator
from typing import Any

from meet.errors import InvalidRequest, MeetError, RoomToJoinNotFound
from meet.recordings.errors import OptionsRefused
from meet.rooms.schemas import BARE, RoomChanges, RoomPreferences
from tools.openapi.schemas import REF, cleaned
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
_OTHERS = {
    name: {key: value for key, value in schema.items() if key != "default"}
    for name, schema in cleaned(RoomChanges.model_json_schema(ref_template=f"{REF}{{model}}"))[
        "properties"
    ].items()
    if name != "preferences"
}
"""What an update can change besides the preferences."""
REASON = {
    "type": "string",
    "description": (
        "What went wrong, for programs to decide by: unlike the message, it never changes. Absent "
        "in a 401. Further reasons may be added."
    ),
}


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
        "description": "The room to join does not exist.",
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
            "What to change, at least one property: the preferences alone and bare, or anything "
            "with the preferences as the property `preferences`. Beside that property, bare "
            "preferences are ignored; beside bare preferences, everything else is."
        ),
        "anyOf": [{"$ref": f"{REF}RoomPreferences"}, {"$ref": f"{REF}WrappedRoomPreferences"}],
        # Generators of clients read the two types above. What a body must contain is in keywords of
        # JSON Schema that they ignore; anyOf and not inside a type confuse them.
        "if": {
            "anyOf": [{"required": [name]} for name in sorted(BARE)],
            "not": {"required": ["preferences"]},
        },
        "then": {"$ref": f"{REF}RoomPreferences"} | _NAMED,
        "else": {
            "$ref": f"{REF}WrappedRoomPreferences",
            "anyOf": [
                {"required": ["preferences"], "properties": {"preferences": _NAMED}},
                *({"required": [name]} for name in _OTHERS),
            ],
        },
    },
    "WrappedRoomPreferences": {
        "type": "object",
        "description": "What to change of a room; what is absent stays as it is.",
        "properties": {"preferences": {"$ref": f"{REF}RoomPreferences"}} | _OTHERS,
    },
}

OF_BODIES = {"RoomUpdate": "RoomPreferencesUpdate"}
"""Models that read a body -> the schema that says what they take."""

OF_ERRORS: dict[type[MeetError], str] = {
    InvalidRequest: "InvalidRequest",
    OptionsRefused: "InvalidRequest",
    RoomToJoinNotFound: "RoomToJoinNotFound",
}
"""The errors whose body is not an Error."""
