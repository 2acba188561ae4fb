"""POST /participants/token: issue a token to a caller who knows a secret of the room."""

from typing import Any

from meet import metrics, wiring
from meet.answers import answers
from meet.errors import (
    InvalidSecret,
    MediaServerUnavailable,
    MeetError,
    RoomFull,
    RoomToJoinNotFound,
)
from meet.guests.errors import Banned, InvalidInvitation, InvitationExpired, InvitationUsedUp
from meet.http import create_api, entrypoint, logger
from meet.participants.errors import InMeetingAlready, LinkDisabled, NotStarted, RoomClosed
from meet.participants.schemas import TokenRequest, TokenView
from meet.settings import settings

api = create_api()


@api.post(
    "/api/v1/participants/token",
    summary="Generate a token for a participant",
    response_description="The token",
    tags=["Internal API - Participant"],
)
@answers(
    TokenView,
    InvalidSecret,
    InvalidInvitation,
    InvitationExpired,
    InvitationUsedUp,
    LinkDisabled,
    RoomClosed,
    NotStarted,
    Banned,
    RoomToJoinNotFound,
    InMeetingAlready,
    RoomFull,
    MediaServerUnavailable,
)
def generate_participant_token(request: TokenRequest) -> dict[str, Any]:
    """Issue a token to join a room, to anyone who knows one of its secrets or has an invitation.

    No API key is needed. The token has to be used within an hour, unless the deployment sets
    another time, and before the room expires; connected participants stay connected. Each token
    has its own identity, or that of `previousToken`.
    """
    logger.append_keys(room=request.room_name)
    admission = wiring.participant_admission()
    try:
        applicant = admission.applicant(request.to_wish())
        admitted = admission.issue(applicant)
    except MeetError as error:
        metrics.count("TokensRefused", reason=type(error).__name__)
        raise
    metrics.count("TokensGranted")
    return TokenView.of(admitted, livekit_url=settings.livekit_url).to_json()


handler = entrypoint(api)
