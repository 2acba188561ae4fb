"""LiveKit's webhooks: verifies them, and reads what they report.

https://docs.livekit.io/home/server/webhooks/ documents the events. Any of them may come twice,
late, or never.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.json_format import Parse, ParseError
from livekit.protocol.egress import EgressInfo
from livekit.protocol.models import DisconnectReason, ParticipantInfo, RoomEndReason
from livekit.protocol.webhook import WebhookEvent

from meet import clock
from meet.clock import SECOND, Milliseconds
from meet.errors import MalformedBody
from meet.livekit.egress import to_egress
from meet.livekit.participants import Participant, to_participant
from meet.livekit.recorder import Egress
from meet.livekit.rooms import LiveMeeting, is_owned, to_meeting
from meet.livekit.tokens import AccessTokens, issued

logger = logging.getLogger(__name__)

ROOM_STARTED = "room_started"
ROOM_FINISHED = "room_finished"
PARTICIPANT_JOINED = "participant_joined"
PARTICIPANT_LEFT = "participant_left"
TRACK_PUBLISHED = "track_published"
"""It has only the ids and names of room and participant: neither metadata, attributes nor kind."""

_PEOPLE = {ParticipantInfo.Kind.STANDARD, ParticipantInfo.Kind.SIP}


@dataclass(frozen=True, slots=True)
class Connection:
    """A participant's connection to a meeting, from joining to leaving."""

    sid: str
    identity: str
    name: str
    metadata: str
    joined_at: Milliseconds
    is_person: bool
    """False for recorders, agents and ingress."""
    is_ours: bool
    """True if the token was one of ours, and so the metadata too."""
    attributes: Mapping[str, str]
    disconnect_reason: str
    """LiveKit's name of the reason, of a participant who left."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An event of a meeting or an egress."""

    event: str
    """LiveKit's name of the event."""
    room: str
    is_ours: bool
    """True if the meeting belongs to this stack: several stacks may share one LiveKit."""
    at: Milliseconds
    """When it happened, in whole seconds."""
    participant: Participant | None = None
    egress: Egress | None = None
    end_reason: str = ""
    """LiveKit's reason for a room_finished."""
    meeting: LiveMeeting | None = None
    connection: Connection | None = None


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
        at = Milliseconds(event.created_at * SECOND) or clock.now()
        return Webhook(
            event=event.event,
            room=event.room.name,
            is_ours=is_owned(event.room.metadata, self.owner),
            participant=to_participant(event.participant)
            if event.HasField("participant")
            else None,
            egress=_known_egress(event.egress_info) if event.HasField("egress_info") else None,
            end_reason=_name(RoomEndReason, event.room_end_reason),
            at=at,
            meeting=to_meeting(event.room) if event.room.sid else None,
            connection=_connection(event.participant, at) if event.participant.sid else None,
        )


def _known_egress(info: EgressInfo) -> Egress | None:
    try:
        return to_egress(info)
    except ValueError:
        logger.exception("unknown egress status ignored")
        return None


def _connection(info: ParticipantInfo, at: Milliseconds) -> Connection:
    return Connection(
        sid=info.sid,
        identity=info.identity,
        name=info.name,
        metadata=info.metadata,
        joined_at=Milliseconds(info.joined_at_ms or info.joined_at * SECOND or at),
        is_person=info.kind in _PEOPLE,
        is_ours=issued(info.attributes) is not None,
        attributes=dict(info.attributes),
        disconnect_reason=_name(DisconnectReason, info.disconnect_reason),
    )


def _name(reasons: Any, number: int) -> str:
    """Return the name of a reason; its number if this version of the protocol does not know it."""
    names = {number: str(name) for name, number in reasons.items()}
    return names.get(number, str(number))
