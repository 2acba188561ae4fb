"""GET /meetings/{roomName}: the meeting that is going on in a room."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import MediaServerUnavailable, OtherRoom, RoomNotFound
from meet.http import create_api, entrypoint, keep_to_own_room, origin, room_of_caller
from meet.live.errors import NoMeeting
from meet.live.schemas import MeetingView
from meet.parameters import RoomName

api = create_api()


@api.get(
    "/api/v1/meetings/<room_name>",
    summary="Get the meeting of a room",
    response_description="The meeting",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(MeetingView, OtherRoom, RoomNotFound, NoMeeting, MediaServerUnavailable)
def get_meeting(room_name: RoomName) -> dict[str, Any]:
    """Return the meeting that is going on in a room.

    A moderator's token opens that of their own room, with the links for those whom they invite.
    """
    keep_to_own_room(api, room_name)
    links_on = None if room_of_caller(api) is None else origin(api)
    return MeetingView.of(wiring.live_meetings().get(room_name), links_on=links_on).to_json()


handler = entrypoint(api)
