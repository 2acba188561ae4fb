"""DELETE /participants/{participantName}: remove participants from a room."""

from meet import wiring
from meet.answers import answers
from meet.errors import MediaServerUnavailable, OtherRoom, ParticipantNotFound, RoomNotFound
from meet.http import actor_of, create_api, entrypoint, keep_to_own_room, logger, no_content
from meet.participants.guest_schemas import BanQuery
from meet.participants.schemas import ParticipantSegment, RoomQuery
from meet.powertools import Response

api = create_api()


@api.delete(
    "/api/v1/participants/<participant_name>",
    summary="Delete a participant from a room",
    response_description="The participant is disconnected",
    tags=["Internal API - Participant"],
)
@answers(None, OtherRoom, ParticipantNotFound, RoomNotFound, MediaServerUnavailable)
def disconnect_participant(
    participant_name: ParticipantSegment, room_name: RoomQuery, is_ban: BanQuery = "false"
) -> Response[str]:
    """Disconnect the participant with this identity, or else everyone with this name.

    Their existing tokens stop working; a new one can be requested with a join link, unless they
    are banned. If the identity is not connected, its tokens stop working all the same, and the
    answer is 404.
    """
    logger.append_keys(room=room_name)
    keep_to_own_room(api, room_name)
    if is_ban == "true":
        wiring.exclusion().ban(room_name, participant_name, by=actor_of(api))
    else:
        wiring.participant_removal().remove(room_name, participant_name)
    return no_content()


handler = entrypoint(api)
