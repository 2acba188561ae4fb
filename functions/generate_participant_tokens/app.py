"""POST /participants/tokens: issue tokens for many participants, without a secret."""

from typing import Any

from meet import metrics, wiring
from meet.answers import answers
from meet.errors import (
    InvalidRequest,
    MediaServerUnavailable,
    MeetError,
    RoomFull,
    RoomToJoinNotFound,
)
from meet.guests.errors import Banned
from meet.http import create_api, entrypoint, logger
from meet.participants.errors import NotStarted, RoomClosed
from meet.participants.schemas import TokensRequest
from meet.participants.views import TokensView, TokenView
from meet.settings import settings

api = create_api()


@api.post(
    "/api/v1/participants/tokens",
    summary="Generate tokens for participants",
    response_description="The tokens, in the order of the participants",
    tags=["Internal API - Participant"],
)
@answers(
    TokensView,
    RoomToJoinNotFound,
    RoomClosed,
    NotStarted,
    Banned,
    RoomFull,
    MediaServerUnavailable,
    InvalidRequest(("participants.0.role", "Must be one of moderator, publisher, viewer")),
)
def generate_participant_tokens(request: TokensRequest) -> dict[str, Any]:
    """Issue tokens for up to 100 participants of a room, for all of them or for none.

    For back ends, which know their users: no secret of the room is needed, and nobody waits in the
    lobby. Each token is as `generateParticipantToken` answers.
    """
    logger.append_keys(room=request.room_name)
    admission = wiring.participant_admission()
    try:
        room = admission.room(request.room_name)
        admissions = admission.issue_all(room, admission.vouched(room, request.to_entries()))
    except MeetError as error:
        metrics.count("TokensRefused", reason=type(error).__name__)
        raise
    metrics.several("TokensGranted", len(admissions))
    views = [TokenView.of(each, livekit_url=settings.livekit_url) for each in admissions]
    return TokensView(tokens=views).to_json()


handler = entrypoint(api)
