"""POST /participants/token: let somebody in who knows a secret of the room."""

from typing import Any

from meet import metrics, wiring
from meet.errors import MeetError
from meet.http import create_api, entrypoint, logger
from meet.participants.schemas import TokenRequest, TokenView
from meet.settings import settings

api = create_api()


@api.post("/api/v1/participants/token")
def generate_participant_token(request: TokenRequest) -> dict[str, Any]:
    """Return a token that joins the room in the role the secret stands for."""
    logger.append_keys(room=request.room_name)
    try:
        admission = wiring.participant_admission().admit(
            request.room_name, request.participant_name, request.secret, request.previous_token
        )
    except MeetError as error:
        metrics.count("TokensRefused", reason=type(error).__name__)
        raise
    metrics.count("TokensGranted")
    return TokenView(
        token=admission.token,
        api_token=admission.api_token,
        participant_name=admission.name,
        participant_identity=admission.identity,
        role=admission.role,
        livekit_url=settings.livekit_url,
    ).to_json()


handler = entrypoint(api)
