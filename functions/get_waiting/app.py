"""GET /meetings/{roomName}/waiting: who waits to be admitted to a room."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import OtherRoom, RoomNotFound
from meet.http import create_api, entrypoint, keep_to_own_room
from meet.lobby.schemas import WaitingList, WaitingView
from meet.parameters import RoomName

api = create_api()


@api.get(
    "/api/v1/meetings/<room_name>/waiting",
    summary="Get those who wait in the lobby",
    response_description="Those who wait",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(WaitingList, OtherRoom, RoomNotFound)
def get_waiting(room_name: RoomName) -> dict[str, Any]:
    """List those who wait for a moderator, also while nobody meets.

    Who has not asked for half a minute is left out. Moderators in the meeting get a message with
    the topic `meet.lobby` when it is time to read the list again.
    """
    keep_to_own_room(api, room_name)
    waiting = wiring.lobby_reception().list(room_name)
    return WaitingList(waiting=[WaitingView.of(each) for each in waiting]).to_json()


handler = entrypoint(api)
