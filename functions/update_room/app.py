"""PUT /rooms/{roomName}: change what a room allows."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import InvalidRequest, RoomNotFound
from meet.http import actor_of, create_api, entrypoint, origin
from meet.parameters import RoomName
from meet.rooms.schemas import ChangedRoom, RoomView

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
    """Change the preferences in the body; the others stay as they are.

    A body without any is refused. Participants get the changed permissions with their next token.
    """
    changes = update.changes()
    if not changes:
        field = "" if update.preferences is None else "preferences"
        raise InvalidRequest((field, "Must name at least one preference"))
    room = wiring.room_service().set_preferences(room_name, changes, by=actor_of(api))
    return RoomView.of(room, origin=origin(api)).to_json()


handler = entrypoint(api)
