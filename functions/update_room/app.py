"""PUT /rooms/{roomName}: change a room."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import InvalidRequest, RoomNotFound
from meet.http import actor_of, create_api, entrypoint, origin
from meet.parameters import RoomName
from meet.rooms.schemas import ChangedRoom
from meet.rooms.views import RoomView, room_view

api = create_api()


@api.put(
    "/api/v1/rooms/<room_name>",
    summary="Update an OpenVidu Meet room",
    response_description="The whole room after the change",
    tags=["OpenVidu Meet - Room"],
)
@answers(
    RoomView,
    RoomNotFound,
    InvalidRequest(("recordingPreferences.enabled", "Expected boolean, received string")),
)
def update_room(room_name: RoomName, update: ChangedRoom) -> dict[str, Any]:
    """Change what is in the body; the rest stays as it is. A body without any change is refused.

    Participants get changed permissions with their next token. A later or earlier end holds for
    the meeting that is going on, a limit from the next token on.
    """
    changes = update.changes()
    if not changes:
        field = "" if update.preferences is None else "preferences"
        raise InvalidRequest((field, "Must name at least one property to change"))
    room = wiring.room_service().change(room_name, changes, by=actor_of(api))
    return room_view(room, origin=origin(api))


handler = entrypoint(api)
