"""POST /participants/token: issue a token to a caller who knows a secret of the room."""

from http import HTTPStatus

from meet import metrics, wiring
from meet.answers import Success, answers
from meet.errors import (
    InvalidSecret,
    MediaServerUnavailable,
    MeetError,
    RoomFull,
    RoomToJoinNotFound,
)
from meet.guests.errors import Banned, InvalidInvitation, InvitationExpired, InvitationUsedUp
from meet.http import create_api, entrypoint, json_reply, logger
from meet.lobby.errors import NotAdmitted, TicketGone
from meet.lobby.schemas import TurnView
from meet.lobby.service import Turn
from meet.participants.admission import Admission
from meet.participants.errors import InMeetingAlready, LinkDisabled, NotStarted, RoomClosed
from meet.participants.schemas import TokenRequest
from meet.participants.views import GlanceView, TokenView
from meet.powertools import Response
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
    Success(TurnView, HTTPStatus.ACCEPTED, "The caller has to wait for a moderator"),
    InvalidSecret,
    InvalidInvitation,
    InvitationExpired,
    InvitationUsedUp,
    LinkDisabled,
    RoomClosed,
    NotStarted,
    Banned,
    NotAdmitted,
    RoomToJoinNotFound,
    TicketGone,
    InMeetingAlready,
    RoomFull,
    MediaServerUnavailable,
)
def generate_participant_token(request: TokenRequest) -> Response[str]:
    """Issue a token to join a room, to anyone who knows one of its secrets or has an invitation.

    No API key is needed. The token has to be used within an hour, unless the deployment sets
    another time, and before the room expires; connected participants stay connected. Each token
    has its own identity, or that of `previousToken`.

    If the room has a lobby, callers with one of its roles wait there: they ask again with their
    ticket until a moderator has decided. A caller who was in this meeting before and shows a
    `previousToken` does not wait again.
    """
    try:
        answer, meeting = _answer(request)
    except MeetError as error:
        metrics.count("TokensRefused", reason=type(error).__name__)
        raise
    if isinstance(answer, Turn):
        return json_reply(TurnView.of(answer, meeting).to_json(), HTTPStatus.ACCEPTED)
    metrics.count("TokensGranted")
    view = TokenView.of(answer, livekit_url=settings.livekit_url, meeting=meeting)
    return json_reply(view.to_json(), HTTPStatus.OK)


def _answer(request: TokenRequest) -> tuple[Admission | Turn, GlanceView | None]:
    door = wiring.lobby_door()
    if request.ticket is not None:
        return door.ask_again(request.ticket), None
    logger.append_keys(room=request.room_name)
    applicant = door.admission.applicant(request.to_wish())
    answer = door.ask(applicant, waits=request.wait)
    return answer, None if request.wait else GlanceView.of(door.look(applicant.room))


handler = entrypoint(api)
