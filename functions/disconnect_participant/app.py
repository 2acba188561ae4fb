"""DELETE /participants/{participantName}: remove participants from a room."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from meet import wiring
from meet.http import create_api, entrypoint, keep_to_own_room, logger, no_content
from meet.participants.schemas import RoomNameQuery
from meet.types import ChosenSegment

api = create_api()


@api.delete("/api/v1/participants/<participant_name>")
def disconnect_participant(
    participant_name: ChosenSegment, room_name: Annotated[RoomNameQuery, Query(alias="roomName")]
) -> Response[str]:
    """Remove the participant of an identity, else everybody of a name."""
    logger.append_keys(room=room_name)
    keep_to_own_room(api, room_name)
    wiring.participant_removal().remove(room_name, participant_name)
    return no_content()


handler = entrypoint(api)
