"""DELETE /meetings/{roomName}/participants/{identity}: remove a participant."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import MediaServerUnavailable, OtherRoom, ParticipantNotFound, RoomNotFound
from meet.http import actor_of, create_api, entrypoint, keep_to_own_room
from meet.live.schemas import Done, Identity
from meet.parameters import RoomName
from meet.participants.guest_schemas import BanQuery

api = create_api()


@api.delete(
    "/api/v1/meetings/<room_name>/participants/<identity>",
    summary="Remove a participant from a meeting",
    response_description="The participant is disconnected",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(Done, OtherRoom, RoomNotFound, ParticipantNotFound, MediaServerUnavailable)
def remove_participant(
    room_name: RoomName, identity: Identity, is_ban: BanQuery = "false"
) -> dict[str, Any]:
    """Disconnect the participant with this identity, whose tokens stop working.

    They can get a new one with a join link, unless they are banned. If the identity is not
    connected, its tokens stop working all the same, and the answer is 404.
    """
    keep_to_own_room(api, room_name)
    if is_ban == "true":
        wiring.exclusion().ban(room_name, identity, by=actor_of(api), by_name=False)
    else:
        wiring.participant_removal().remove_identity(room_name, identity)
    return Done(message="Participant removed").to_json()


handler = entrypoint(api)
