"""DELETE /rooms/{roomName}: end a room and the meeting in it."""

from meet import wiring
from meet.answers import answers
from meet.errors import RoomNotFound
from meet.http import actor_of, create_api, entrypoint, no_content
from meet.parameters import RoomName
from meet.powertools import Response

api = create_api()


@api.delete(
    "/api/v1/rooms/<room_name>",
    summary="Delete an OpenVidu Meet room",
    response_description="The room is deleted",
    tags=["OpenVidu Meet - Room"],
)
@answers(None, RoomNotFound)
def delete_room(room_name: RoomName) -> Response[str]:
    """Delete a room and disconnect all participants; its recordings are kept.

    If LiveKit cannot be reached, the room is deleted anyway, and the meeting ends as soon as
    LiveKit can be reached again.
    """
    wiring.room_ending().delete(room_name, by=actor_of(api))
    return no_content()


handler = entrypoint(api)
