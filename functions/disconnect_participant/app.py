"""DELETE /participants/{participantName}: remove participants from a room."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from meet import wiring
from meet.http import create_api, entrypoint, keep_to_own_room, logger, no_content
from meet.participants.schemas import RoomNameQuery
from meet.types import ChosenSegment

api = create_api()


@api.delete(
    "/api/v1/participants/<participant_name>",
    summary="Delete a participant from a room",
    response_description="The participant is disconnected",
    tags=["Internal API - Participant"],
)
def disconnect_participant(
    participant_name: ChosenSegment, room_name: Annotated[RoomNameQuery, Query(alias="roomName")]
) -> Response[str]:
    """Disconnect the participant with this identity, or else everyone with this name.

    Their existing tokens stop working; a new one can be requested with a join link. If the identity
    is not connected, its tokens stop working all the same, and the answer is 404.
    """
    logger.append_keys(room=room_name)
    keep_to_own_room(api, room_name)
    wiring.participant_removal().remove(room_name, participant_name)
    return no_content()


handler = entrypoint(api)
