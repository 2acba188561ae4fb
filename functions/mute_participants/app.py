"""PUT /meetings/{roomName}/participants/media: mute everybody but the moderators."""

from typing import Any

from meet import wiring
from meet.actors import ActorType
from meet.answers import answers
from meet.errors import InvalidRequest, MediaServerUnavailable, OtherRoom, RoomNotFound
from meet.http import actor_of, create_api, entrypoint, keep_to_own_room
from meet.live.errors import NoMeeting
from meet.live.schemas import Done, MediaBody
from meet.parameters import RoomName

api = create_api()


@api.put(
    "/api/v1/meetings/<room_name>/participants/media",
    summary="Mute all participants",
    response_description="The participants are muted",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(
    Done,
    InvalidRequest(("audioActive", "Must be false")),
    OtherRoom,
    RoomNotFound,
    NoMeeting,
    MediaServerUnavailable,
)
def mute_participants(room_name: RoomName, body: MediaBody) -> dict[str, Any]:
    """Mute the microphones, cameras or screens of all participants who are not moderators.

    After 503 some may not be muted; the request can be repeated.
    """
    keep_to_own_room(api, room_name)
    caller = actor_of(api)
    own = caller.name if caller.type == ActorType.MODERATOR else None
    wiring.live_meetings().mute_all(room_name, body.sources, but=own)
    return Done(message="Participants muted").to_json()


handler = entrypoint(api)
