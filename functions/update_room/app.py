"""PUT /rooms/{roomName}: change what a room allows."""

from typing import Any

from meet import wiring
from meet.errors import InvalidRequest
from meet.http import actor_of, create_api, entrypoint, origin
from meet.rooms.schemas import RoomUpdate, RoomView
from meet.types import PathSegment

api = create_api()


@api.put(
    "/api/v1/rooms/<room_name>",
    summary="Update an OpenVidu Meet room",
    response_description="The whole room after the change",
    tags=["OpenVidu Meet - Room"],
)
def update_room(room_name: PathSegment, update: RoomUpdate) -> dict[str, Any]:
    """Change the preferences that the body names; the others stay as they are.

    A body that names none is refused. What participants may do changes with the token that they
    join with next.
    """
    changes = update.changes()
    if not changes:
        field = "" if update.preferences is None else "preferences"
        raise InvalidRequest((field, "Must name at least one preference"))
    room = wiring.room_service().set_preferences(room_name, changes, by=actor_of(api))
    return RoomView.of(room, origin=origin(api)).to_json()


handler = entrypoint(api)
