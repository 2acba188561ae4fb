"""GET /meetings/{roomName}/participants: who is connected."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import MediaServerUnavailable, OtherRoom, RoomNotFound
from meet.http import create_api, entrypoint, keep_to_own_room
from meet.live.errors import NoMeeting
from meet.live.schemas import ParticipantList
from meet.parameters import RoomName

api = create_api()


@api.get(
    "/api/v1/meetings/<room_name>/participants",
    summary="Get the participants of a meeting",
    response_description="The participants",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(ParticipantList, OtherRoom, RoomNotFound, NoMeeting, MediaServerUnavailable)
def get_meeting_participants(room_name: RoomName) -> dict[str, Any]:
    """Return the people in a meeting, by the time of joining; recorders are left out."""
    keep_to_own_room(api, room_name)
    return ParticipantList.of(wiring.live_meetings().get(room_name)).to_json()


handler = entrypoint(api)
