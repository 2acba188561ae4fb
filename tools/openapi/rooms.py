"""The operations on rooms and on the people in them."""

from http import HTTPStatus

from meet.errors import (
    InvalidRequest,
    InvalidSecret,
    MediaServerUnavailable,
    OtherRoom,
    ParticipantNotFound,
    RoomFull,
    RoomNotFound,
    RoomToJoinNotFound,
    StillRunning,
)
from meet.http import NEXT_PAGE_HEADER
from meet.participants.schemas import TokenRequest, TokenView
from tools.openapi.examples import EXPIRES, OPTIONS, ROOM, example
from tools.openapi.row import IN_BODY, Row, Success

_BARE = {"recordingPreferences": {"enabled": False}}

ROWS: dict[str, Row] = {
    "create_room": Row(
        body_examples={
            "default": {
                "summary": "Everything enabled",
                "value": OPTIONS,
            },
            "withNestedAttributes": {
                "summary": "Without recording",
                "value": OPTIONS | {"preferences": OPTIONS["preferences"] | _BARE},
            },
            "smallest": {"summary": "As little as possible", "value": {"expirationDate": EXPIRES}},
        },
        successes=(Success("WholeOpenViduMeetRoom", ROOM),),
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
        successes=(
            Success(
                "OpenViduMeetRoom",
                [ROOM],
                is_list=True,
                headers=("Link", NEXT_PAGE_HEADER),
            ),
        ),
        errors=(InvalidRequest(("maxItems", "Must be at least 1"), message="Invalid request"),),
    ),
    "get_room": Row(
        successes=(Success("OpenViduMeetRoom", ROOM),),
        errors=(RoomNotFound(),),
    ),
    "update_room": Row(
        body_schema="RoomPreferencesUpdate",
        body_examples={
            "default": {"summary": "Wrapped", "value": {"preferences": ROOM["preferences"]}},
            "bare": {"summary": "Bare", "value": _BARE},
        },
        successes=(Success("WholeOpenViduMeetRoom", ROOM),),
        errors=(
            *IN_BODY,
            RoomNotFound(),
            InvalidRequest(("recordingPreferences.enabled", "Expected boolean, received string")),
        ),
    ),
    "delete_room": Row(
        successes=(Success(status=HTTPStatus.NO_CONTENT),),
        errors=(RoomNotFound(),),
    ),
    "generate_participant_token": Row(
        body_examples={
            "default": {
                "summary": "A publisher",
                "value": example(TokenRequest),
            }
        },
        successes=(
            Success(
                "ParticipantToken",
                example(TokenView),
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
        successes=(Success(status=HTTPStatus.NO_CONTENT),),
        errors=(
            OtherRoom(),
            ParticipantNotFound(),
            RoomNotFound(),
            InvalidRequest(("roomName", "Required"), message="Invalid request"),
            MediaServerUnavailable(),
        ),
    ),
}
"""What is to be said about each operation, by the folder of its function."""
