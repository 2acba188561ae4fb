"""Raised hands: attributes of participants, which LiveKit shows to everybody in the room.

No participant can change their attributes by themselves, so that nobody can claim to have raised
their hand before others, and viewers, who may send nothing to the others, can raise theirs.
"""

from dataclasses import dataclass

from meet import clock
from meet.clock import SECOND, Milliseconds
from meet.errors import TooManyRequests
from meet.live.meetings import LiveMeetings
from meet.livekit.participants import Participant

RAISED_AT = "handRaisedAt"
LOWERED_AT = "handLoweredAt"
PAUSE = SECOND
"""From lowering a hand to raising it again, since each raised hand is a message to everybody."""


def raised_at(participant: Participant) -> Milliseconds | None:
    """Return when a participant raised their hand; None if it is down."""
    return _time(participant, RAISED_AT)


def _time(participant: Participant, name: str) -> Milliseconds | None:
    value = participant.attributes.get(name, "")
    return Milliseconds(int(value)) if value.isascii() and value.isdecimal() else None


@dataclass(frozen=True)
class Hands:
    """Raises and lowers the hands of connected participants."""

    live: LiveMeetings

    def turn(self, room_name: str, identity: str, *, up: bool) -> None:
        """Raise or lower a hand; one that is up or down already stays as it is.

        Raises RoomNotFound, ParticipantNotFound, MediaServerUnavailable, or TooManyRequests if it
        was lowered less than PAUSE ago.
        """
        room, participant = self.live.participant(room_name, identity)
        if (raised_at(participant) is not None) is up:
            return
        now = clock.now()
        if up and now - (_time(participant, LOWERED_AT) or 0) < PAUSE:
            raise TooManyRequests
        times = {RAISED_AT: now, LOWERED_AT: None} if up else {RAISED_AT: None, LOWERED_AT: now}
        attributes = {name: "" if at is None else str(at) for name, at in times.items()}
        self.live.media_server().update_participant(room.name, identity, attributes=attributes)
