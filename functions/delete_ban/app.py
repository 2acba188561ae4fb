"""DELETE /rooms/{roomName}/bans/{banId}: lift a ban."""

from meet import wiring
from meet.answers import answers
from meet.errors import OtherRoom, RoomNotFound
from meet.guests.errors import BanNotFound
from meet.http import create_api, entrypoint, keep_to_own_room, no_content
from meet.parameters import RoomName
from meet.participants.guest_schemas import BanId
from meet.powertools import Response

api = create_api()


@api.delete(
    "/api/v1/rooms/<room_name>/bans/<ban_id>",
    summary="Lift a ban",
    response_description="The ban is lifted",
    tags=["OpenVidu Meet - Room"],
)
@answers(None, OtherRoom, RoomNotFound, BanNotFound)
def delete_ban(room_name: RoomName, ban_id: BanId) -> Response[str]:
    """Lift a ban: they can ask for a token again. A revoked invitation stays revoked."""
    keep_to_own_room(api, room_name)
    wiring.exclusion().lift(room_name, ban_id)
    return no_content()


handler = entrypoint(api)
