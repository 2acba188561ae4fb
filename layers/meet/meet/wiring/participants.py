"""The services of participants."""

from typing import TYPE_CHECKING

from meet.settings import settings
from meet.wiring import livekit
from meet.wiring.rooms import room_service
from meet.wiring.stack import owner, signing_key

if TYPE_CHECKING:
    from meet.participants.admission import ParticipantAdmission
    from meet.participants.api_tokens import ApiTokens
    from meet.participants.removal import ParticipantRemoval


def participant_admission() -> "ParticipantAdmission":
    from meet.participants.admission import ParticipantAdmission

    return ParticipantAdmission(
        room_service(),
        livekit.media_server,
        livekit.access_tokens,
        api_tokens,
        owner,
        settings.join_lifetime,
    )


def participant_removal() -> "ParticipantRemoval":
    from meet.participants.removal import ParticipantRemoval

    return ParticipantRemoval(room_service(), livekit.media_server)


def api_tokens() -> "ApiTokens":
    from meet.participants.api_tokens import ApiTokens

    return ApiTokens(signing_key("moderators"), owner())
