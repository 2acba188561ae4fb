"""POST /rooms/{roomName}/links/{role}/rotate: give a join link another secret."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import RoomNotFound
from meet.http import actor_of, create_api, entrypoint, origin
from meet.parameters import RoomName
from meet.participants.guest_schemas import Disconnect, LinkRole
from meet.rooms.views import RoomView, room_view

api = create_api()


@api.post(
    "/api/v1/rooms/<room_name>/links/<role>/rotate",
    summary="Replace the secret of a join link",
    response_description="The room, with the new link",
    tags=["OpenVidu Meet - Room"],
)
@answers(RoomView, RoomNotFound)
def rotate_link(
    room_name: RoomName, role: LinkRole, disconnect: Disconnect = "false"
) -> dict[str, Any]:
    """Replace the secret of a link: the one from before opens nothing from now on.

    Those who came by it stay, unless `disconnect` says otherwise.
    """
    room = wiring.exclusion().rotate_link(
        room_name, role, disconnects=disconnect == "true", by=actor_of(api)
    )
    return room_view(room, origin=origin(api))


handler = entrypoint(api)
