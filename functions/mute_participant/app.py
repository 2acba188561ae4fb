"""PUT /meetings/{roomName}/participants/{identity}/media: mute a participant."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import (
    InvalidRequest,
    MediaServerUnavailable,
    OtherRoom,
    ParticipantNotFound,
    RoomNotFound,
)
from meet.http import create_api, entrypoint, keep_to_own_room, room_of_caller
from meet.live.errors import IsModerator
from meet.live.schemas import Done, Identity, MediaBody
from meet.parameters import RoomName

api = create_api()


@api.put(
    "/api/v1/meetings/<room_name>/participants/<identity>/media",
    summary="Mute a participant",
    response_description="The participant is muted",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(
    Done,
    InvalidRequest(("audioActive", "Must be false")),
    OtherRoom,
    RoomNotFound,
    ParticipantNotFound,
    IsModerator,
    MediaServerUnavailable,
)
def mute_participant(room_name: RoomName, identity: Identity, body: MediaBody) -> dict[str, Any]:
    """Mute a participant's microphone, camera or screen; only they can turn it on again.

    A moderator cannot mute a moderator; an API key can.
    """
    keep_to_own_room(api, room_name)
    wiring.live_meetings().mute(
        room_name, identity, body.sources, by_moderator=room_of_caller(api) is not None
    )
    return Done(message="Participant muted").to_json()


handler = entrypoint(api)
