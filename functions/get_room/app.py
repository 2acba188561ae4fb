"""GET /rooms/{roomName}: show a room."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import RoomNotFound
from meet.http import create_api, entrypoint, origin
from meet.parameters import Fields, RoomName
from meet.rooms.views import RoomView, room_view

api = create_api()


@api.get(
    "/api/v1/rooms/<room_name>",
    summary="Get details of an OpenVidu Meet room",
    response_description="The room",
    tags=["OpenVidu Meet - Room"],
)
@answers(RoomView, RoomNotFound)
def get_room(room_name: RoomName, fields: Fields = None) -> dict[str, Any]:
    """Show a room, or the properties of it that `fields` names."""
    room = wiring.room_service().get(room_name)
    return room_view(room, origin=origin(api), fields=fields)


handler = entrypoint(api)
