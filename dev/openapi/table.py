"""What the signatures of the operations cannot say about the API. A new operation is a row here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from dev.openapi.schemas import CREATED, EXPIRES, NAME, NOT_BLANK, PREFERENCES, SECRETS
from meet.access import API
from meet.errors import (
    BodyTooLarge,
    InvalidRequest,
    InvalidSecret,
    MalformedBody,
    MediaServerUnavailable,
    MeetError,
    ParticipantNotFound,
    RoomFull,
    RoomNotFound,
    RoomToJoinNotFound,
    StillRunning,
    Unauthorized,
    UnsupportedMediaType,
)
from meet.http import NEXT_PAGE_HEADER, REQUEST_ID_HEADER
from meet.idempotency import HEADER as IDEMPOTENCY_HEADER
from meet.idempotency import MAX_KEY_LENGTH
from meet.rooms.model import Preferences, Room
from meet.rooms.schemas import RoomView

ROOM_TAG = "OpenVidu Meet - Room"
PARTICIPANT_TAG = "Internal API - Participant"

INFO = {
    "title": "OpenVidu Meet API",
    "version": "v1",
    "description": (
        "Rooms to meet in, the links that lead into them, and who may join as what.\n\n"
        "Every answer carries `X-Request-Id`. Properties that an operation does not know are "
        'dropped. Types are strict: `"5"` is no number and `1` is no boolean. Answers may get '
        "further properties."
    ),
    "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
}

SERVERS = [
    {"url": "/meet/api/v1", "description": "Where this document was read"},
    {"url": "http://localhost:6080/meet/api/v1", "description": "Development server"},
]

TAGS = {
    ROOM_TAG: "Create, show, change and delete rooms.",
    PARTICIPANT_TAG: "Let people into rooms and show them out.",
}

SECURITY_SCHEMES = {
    "apiKeyInHeader": {
        "type": "apiKey",
        "name": "X-API-KEY",
        "in": "header",
        "description": "One of the API keys of this deployment.",
    },
    "jwtInCookie": {
        "type": "apiKey",
        "name": "OvMeetAccessToken",
        "in": "cookie",
        "description": "The session of the admin console. No operation accepts it yet.",
    },
}

HEADERS: dict[str, dict[str, Any]] = {
    REQUEST_ID_HEADER: {
        "description": "Names this request in the logs.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds after which to try again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "Link": {
        "description": 'Where the list goes on, as rel="next"; absent on the last page.',
        "schema": {"type": "string"},
    },
    NEXT_PAGE_HEADER: {
        "description": "The `nextPageToken` of the next page; absent on the last page.",
        "schema": {"type": "string"},
    },
}

PARAMETERS: dict[str, dict[str, Any]] = {
    "roomName": {"description": "The name of the room, as its creation answered it."},
    "participantName": {
        "description": (
            "The participant, by the `participantName` that came with the token; "
            "percent-encoded, and matched exactly."
        )
    },
    "fields": {
        "description": (
            "Comma-separated names of the properties to answer, such as "
            "`roomName,preferences`. Unknown names are ignored; when no known one is left, "
            "everything is answered."
        )
    },
    "maxItems": {"description": "How many items to answer at most."},
    "nextPageToken": {
        "description": f"Goes on where a page ended: its `{NEXT_PAGE_HEADER}`, unchanged."
    },
    IDEMPOTENCY_HEADER: {
        "description": (
            "Makes it safe to send a request again: the same key and body within 24 hours "
            "get the first answer again."
        ),
        "schema": {"minLength": 1, "maxLength": MAX_KEY_LENGTH},
    },
}

PARAMETERS_OF: dict[tuple[str, str], dict[str, Any]] = {
    ("disconnect_participant", "roomName"): {
        "description": "The room that the participant is in.",
        "schema": NOT_BLANK,
    },
}
"""(function, parameter) -> what differs from PARAMETERS."""

ERROR_SCHEMAS: Mapping[type[MeetError], str] = {
    InvalidRequest: "InvalidRequest",
    RoomToJoinNotFound: "RoomToJoinNotFound",
}
"""The bodies that are not Error."""

MEANINGS: Mapping[type[MeetError], str] = {
    Unauthorized: "The API key is missing or invalid",
    MalformedBody: "The body is no JSON",
    BodyTooLarge: "The body is too large",
    UnsupportedMediaType: "The body is not declared as application/json",
    InvalidRequest: "Something in the request breaks a rule",
    StillRunning: "The first request with this Idempotency-Key has no answer yet",
    RoomNotFound: "There is no such room, or it expired, or it was deleted",
    RoomToJoinNotFound: "There is no such room, or it expired, or it was deleted",
    ParticipantNotFound: "Nobody of that name is connected to the room",
    InvalidSecret: "The secret opens no role of this room",
    RoomFull: "As many people are connected as the room allows",
    MediaServerUnavailable: "LiveKit cannot be reached; try again later",
}

GATEWAY_ERRORS: Mapping[int, tuple[str, str]] = {
    429: ("Too many requests", "Too many requests at once; try again later"),
    500: ("Internal server error", "Something failed that is not the caller's fault"),
    504: ("Gateway timeout", "The answer took too long; the request may have been done"),
}
"""Status -> (message, meaning) of what may happen to any request."""


@dataclass(frozen=True)
class Success:
    """One way an operation answers when all is well; schema is a name, content anything else."""

    meaning: str
    schema: str | None = None
    example: Any = None
    is_list: bool = False
    status: HTTPStatus = HTTPStatus.OK
    headers: tuple[str, ...] = ()
    content: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """What is to be said about one operation."""

    tag: str
    summary: str
    description: str
    successes: tuple[Success, ...]
    errors: tuple[MeetError, ...] = ()
    body: str = ""
    body_schema: str | None = None
    """In place of the one that the code gives."""
    body_examples: dict[str, Any] = field(default_factory=dict)


IN_BODY = (MalformedBody(), BodyTooLarge(), UnsupportedMediaType())


def _choice(*, recording: bool = True) -> dict[str, Any]:
    return {name: {"enabled": recording or name != "recordingPreferences"} for name in PREFERENCES}


_OPTIONS = {"expirationDate": EXPIRES, "roomNamePrefix": "OpenVidu", "maxParticipants": 10}

ROOM = RoomView.of(
    Room(
        name=NAME,
        prefix="OpenVidu",
        created_at=CREATED,
        expires_at=EXPIRES,
        max_participants=10,
        preferences=Preferences(),
        secrets=SECRETS,
    ),
    origin="http://localhost:6080",
).to_json()

UNLISTED = {("DELETE", f"{API}/participants/token")}
"""Routes that are parts of another one: somebody may be called token."""

ROWS: dict[str, Row] = {
    "create_room": Row(
        tag=ROOM_TAG,
        summary="Create a new OpenVidu Meet room",
        description=(
            "Creates a room with a name and three join links that nobody can guess. It is there "
            "until it expires or is deleted."
        ),
        body="What the room is to be like.",
        body_examples={
            "default": {
                "summary": "Everything enabled",
                "value": _OPTIONS | {"preferences": _choice()},
            },
            "withNestedAttributes": {
                "summary": "Without recording",
                "value": _OPTIONS | {"preferences": _choice(recording=False)},
            },
            "smallest": {"summary": "As little as possible", "value": {"expirationDate": EXPIRES}},
        },
        successes=(Success("The new room", "WholeOpenViduMeetRoom", ROOM),),
        errors=(
            *IN_BODY,
            StillRunning(),
            InvalidRequest(
                ("expirationDate", "Expected number, received string"),
                ("roomNamePrefix", "Expected string, received number"),
            ),
        ),
    ),
    "get_rooms": Row(
        tag=ROOM_TAG,
        summary="Get a list of OpenVidu Meet rooms",
        description="Lists the rooms that are open, newest first, in pages of `maxItems`.",
        successes=(
            Success(
                "The open rooms; empty if there is none",
                "OpenViduMeetRoom",
                [ROOM],
                is_list=True,
                headers=("Link", NEXT_PAGE_HEADER),
            ),
        ),
        errors=(InvalidRequest(("maxItems", "Must be at least 1"), message="Invalid request"),),
    ),
    "get_room": Row(
        tag=ROOM_TAG,
        summary="Get details of an OpenVidu Meet room",
        description="Shows a room, or the properties of it that `fields` names.",
        successes=(Success("The room", "OpenViduMeetRoom", ROOM),),
        errors=(RoomNotFound(),),
    ),
    "update_room": Row(
        tag=ROOM_TAG,
        summary="Update an OpenVidu Meet room",
        description=(
            "Changes the preferences that the body names; the others stay as they are. A body "
            "that names none is refused. What people in the room may do changes with the token "
            "that they join with next."
        ),
        body="The preferences to change.",
        body_schema="RoomPreferencesUpdate",
        body_examples={
            "default": {"summary": "Wrapped", "value": {"preferences": _choice()}},
            "bare": {"summary": "Bare", "value": {"recordingPreferences": {"enabled": False}}},
        },
        successes=(Success("The whole room after the change", "WholeOpenViduMeetRoom", ROOM),),
        errors=(
            *IN_BODY,
            RoomNotFound(),
            InvalidRequest(("recordingPreferences.enabled", "Expected boolean, received string")),
        ),
    ),
    "delete_room": Row(
        tag=ROOM_TAG,
        summary="Delete an OpenVidu Meet room",
        description=(
            "Deletes a room and disconnects everybody in it. When LiveKit cannot be reached, the "
            "room is gone all the same and the meeting is ended as soon as it can be."
        ),
        successes=(Success("The room is deleted", status=HTTPStatus.NO_CONTENT),),
        errors=(RoomNotFound(),),
    ),
    "generate_participant_token": Row(
        tag=PARTICIPANT_TAG,
        summary="Generate a token for a participant",
        description=(
            "Gives a token to join a room with to whoever knows a secret of the room; no API key "
            "is needed. The token lasts 6 hours at most, and not longer than the room."
        ),
        body="Who wants to join.",
        body_examples={
            "default": {
                "summary": "A publisher",
                "value": {
                    "roomName": NAME,
                    "participantName": "Alice",
                    "secret": "publisher-secret",
                },
            }
        },
        successes=(
            Success(
                "The token",
                "ParticipantToken",
                {
                    "token": "header.claims.signature",
                    "participantName": "Alice",
                    "role": "publisher",
                    "livekitUrl": "wss://livekit.example.com",
                },
            ),
        ),
        errors=(
            *IN_BODY,
            InvalidSecret(),
            RoomToJoinNotFound(),
            RoomFull(),
            InvalidRequest(("participantName", "Required")),
            MediaServerUnavailable(),
        ),
    ),
    "disconnect_participant": Row(
        tag=PARTICIPANT_TAG,
        summary="Delete a participant from a room",
        description="Disconnects somebody from a room. The token stays valid: they may come back.",
        successes=(Success("The participant is disconnected", status=HTTPStatus.NO_CONTENT),),
        errors=(
            ParticipantNotFound(),
            RoomNotFound(),
            InvalidRequest(("roomName", "Required"), message="Invalid request"),
            MediaServerUnavailable(),
        ),
    ),
}
"""What is to be said about each operation, by the folder of its function."""
