"""LiveKit's webhooks: verifies them, and reads what they report.

https://docs.livekit.io/home/server/webhooks/ documents the events. Any of them may come twice,
late, or never.
"""

import logging
from dataclasses import dataclass

from google.protobuf.json_format import Parse, ParseError
from livekit.protocol.egress import EgressInfo
from livekit.protocol.models import RoomEndReason
from livekit.protocol.webhook import WebhookEvent

from meet.errors import MalformedBody
from meet.livekit.egress import to_egress
from meet.livekit.recorder import Egress
from meet.livekit.rooms import Participant, room_metadata, to_participant
from meet.livekit.tokens import AccessTokens

logger = logging.getLogger(__name__)

ROOM_STARTED = "room_started"
ROOM_FINISHED = "room_finished"
PARTICIPANT_JOINED = "participant_joined"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An event of a meeting or an egress."""

    event: str
    """LiveKit's name of the event."""
    room: str
    is_ours: bool
    """True if the meeting belongs to this stack: several stacks may share one LiveKit."""
    participant: Participant | None = None
    egress: Egress | None = None
    end_reason: str = ""
    """LiveKit's reason for a room_finished."""


@dataclass(frozen=True)
class Webhooks:
    """Reads the webhooks that LiveKit signs with one key."""

    tokens: AccessTokens
    owner: str
    """Name of this stack, which marks its LiveKit rooms."""

    def read(self, body: bytes, authorization: str) -> Webhook:
        """Return the event in a request; raises Unauthorized or MalformedBody."""
        self.tokens.check_webhook(body, authorization)
        try:
            event = Parse(body, WebhookEvent(), ignore_unknown_fields=True)
        except (ParseError, UnicodeDecodeError) as error:
            raise MalformedBody from error
        return Webhook(
            event=event.event,
            room=event.room.name,
            is_ours=event.room.metadata == room_metadata(self.owner),
            participant=to_participant(event.participant)
            if event.HasField("participant")
            else None,
            egress=_known_egress(event.egress_info) if event.HasField("egress_info") else None,
            end_reason=_end_reason(event.room_end_reason),
        )


def _known_egress(info: EgressInfo) -> Egress | None:
    try:
        return to_egress(info)
    except ValueError:
        logger.exception("unknown egress status ignored")
        return None


def _end_reason(number: int) -> str:
    """Return the name of a reason; its number if this version of the protocol does not know it."""
    names = {number: name for name, number in RoomEndReason.items()}
    return names.get(number, str(number))
