"""GET /rooms/{roomName}/bans: list the bans of a room."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import OtherRoom, RoomNotFound
from meet.http import create_api, entrypoint, keep_to_own_room
from meet.parameters import RoomName
from meet.participants.guest_schemas import BansView, BanView

api = create_api()


@api.get(
    "/api/v1/rooms/<room_name>/bans",
    summary="Get the bans of a room",
    response_description="The bans, newest first",
    tags=["OpenVidu Meet - Room"],
)
@answers(BansView, OtherRoom, RoomNotFound)
def get_bans(room_name: RoomName) -> dict[str, Any]:
    """List who is banned from a room, newest first."""
    keep_to_own_room(api, room_name)
    bans = wiring.exclusion().bans(room_name)
    return BansView(bans=[BanView.of(each) for each in bans]).to_json()


handler = entrypoint(api)
