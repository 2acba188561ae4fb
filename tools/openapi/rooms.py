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
from tools.openapi.words import PARTICIPANT_TAG, ROOM_TAG

_BARE = {"recordingPreferences": {"enabled": False}}

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
                "value": OPTIONS,
            },
            "withNestedAttributes": {
                "summary": "Without recording",
                "value": OPTIONS | {"preferences": OPTIONS["preferences"] | _BARE},
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
            "default": {"summary": "Wrapped", "value": {"preferences": ROOM["preferences"]}},
            "bare": {"summary": "Bare", "value": _BARE},
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
            "is needed. It has to be used within an hour, unless the deployment says otherwise, "
            "and before the room expires; whoever is connected stays. Each token has an identity "
            "of its own, or that of `previousToken`."
        ),
        body="Who wants to join.",
        body_examples={
            "default": {
                "summary": "A publisher",
                "value": example(TokenRequest),
            }
        },
        successes=(
            Success(
                "The token",
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
        tag=PARTICIPANT_TAG,
        summary="Delete a participant from a room",
        description="Disconnects the participant with this identity, or everybody who goes by "
        "this name. Their existing tokens stop working; a new one can be requested with a join "
        "link. The tokens of an identity stop working also when it is not connected: the answer "
        "is then 404.",
        successes=(Success("The participant is disconnected", status=HTTPStatus.NO_CONTENT),),
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
