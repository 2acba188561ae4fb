"""GET /meetings/{roomName}/participants/{identity}: a connected participant."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import MediaServerUnavailable, OtherRoom, ParticipantNotFound, RoomNotFound
from meet.http import create_api, entrypoint, keep_to_own_room
from meet.live.schemas import Identity, ParticipantView
from meet.parameters import RoomName

api = create_api()


@api.get(
    "/api/v1/meetings/<room_name>/participants/<identity>",
    summary="Get a participant of a meeting",
    response_description="The participant",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(ParticipantView, OtherRoom, RoomNotFound, ParticipantNotFound, MediaServerUnavailable)
def get_meeting_participant(room_name: RoomName, identity: Identity) -> dict[str, Any]:
    """Return a participant who is connected to the room's meeting."""
    keep_to_own_room(api, room_name)
    room, participant = wiring.live_meetings().participant(room_name, identity)
    return ParticipantView.of(room, participant).to_json()


handler = entrypoint(api)
