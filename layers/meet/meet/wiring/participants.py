"""The services of participants."""

from typing import TYPE_CHECKING

from meet.settings import settings
from meet.signing import Purpose
from meet.wiring import clients, livekit
from meet.wiring.guests import guest_list, guest_repository
from meet.wiring.rooms import room_service
from meet.wiring.stack import owner

if TYPE_CHECKING:
    from meet.participants.admission import ParticipantAdmission
    from meet.participants.api_tokens import ApiTokens
    from meet.participants.arrivals import Arrivals
    from meet.participants.exclusion import Exclusion
    from meet.participants.holds import Holds
    from meet.participants.removal import ParticipantRemoval
    from meet.participants.roles import LiveRoles


def participant_admission() -> "ParticipantAdmission":
    from meet.participants.admission import ParticipantAdmission
    from meet.participants.entry import Entrance

    return ParticipantAdmission(
        room_service(),
        Entrance(guest_list(), livekit.access_tokens, settings.join_lifetime),
        livekit.media_server,
        livekit.access_tokens,
        api_tokens,
        owner,
        settings.join_lifetime,
    )


def participant_removal() -> "ParticipantRemoval":
    from meet.participants.removal import ParticipantRemoval

    return ParticipantRemoval(room_service(), livekit.media_server)


def holds() -> "Holds":
    from meet.participants.holds import Holds

    return Holds(guest_list())


def exclusion() -> "Exclusion":
    from meet.participants.exclusion import Exclusion

    return Exclusion(
        room_service(), guest_repository(), participant_removal(), livekit.media_server
    )


def live_roles() -> "LiveRoles":
    from meet.participants.roles import LiveRoles

    return LiveRoles(livekit.media_server)


def arrivals() -> "Arrivals":
    from meet.participants.arrivals import Arrivals

    return Arrivals(livekit.media_server, participant_removal(), live_roles(), holds())


def api_tokens() -> "ApiTokens":
    from meet.participants.api_tokens import ApiTokens

    return ApiTokens(clients.signing_key(Purpose.MODERATORS), owner())
