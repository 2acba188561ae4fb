"""DELETE /meetings/{roomName}: end the meeting, and keep the room."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import MediaServerUnavailable, OtherRoom, RoomNotFound
from meet.http import actor_of, create_api, entrypoint, keep_to_own_room
from meet.live.schemas import Done, MayReconnect
from meet.parameters import RoomName

api = create_api()


@api.delete(
    "/api/v1/meetings/<room_name>",
    summary="End the meeting of a room",
    response_description="The meeting has ended",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(
    Done,
    OtherRoom,
    RoomNotFound,
    MediaServerUnavailable,
)
def end_meeting(room_name: RoomName, reconnect: MayReconnect = "true") -> dict[str, Any]:
    """End the meeting of a room and disconnect everyone; also succeeds if there is none.

    A running recording is stopped and kept. The room stays open, and people can meet in it again.
    """
    keep_to_own_room(api, room_name)
    live = wiring.live_meetings()
    live.end(room_name, by=actor_of(api), may_return=reconnect == "true")
    return Done(message="Meeting ended").to_json()


handler = entrypoint(api)
