"""Removes participants, and keeps out those who come back with an old token.

Not every LiveKit revokes tokens, and none reports participants who connect without media. So a
removal is written to the room first; then the participant is disconnected: at once, when LiveKit's
webhook reports that they joined, or by the next sweep.
"""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from meet import clock
from meet.clock import Milliseconds
from meet.errors import ParticipantNotFound
from meet.livekit.participants import Participant
from meet.livekit.rooms import MediaServer
from meet.participants.holds import Holds, may_hold
from meet.rooms.model import Room
from meet.rooms.service import RoomService

logger = logging.getLogger(__name__)

_OUR_IDENTITY = re.compile(r".+_[a-z0-9]{6}", re.DOTALL)
MAX_IDENTITY_BYTES = 256
"""LiveKit's limit."""
_PARALLEL = 16


@dataclass(frozen=True)
class ParticipantRemoval:
    """Disconnects participants, and records their identities as removed."""

    rooms: RoomService
    media_server: Callable[[], MediaServer]
    holds: Holds

    def remove(self, room_name: str, wanted: str) -> None:
        """Remove the participant with this identity, or else everyone with this name.

        One of our identities is recorded as removed even if it is not connected: the participant
        may have left a second ago and still hold a token. Raises RoomNotFound,
        ParticipantNotFound if no one was connected, or MediaServerUnavailable.
        """
        room = self.rooms.get(room_name)
        if may_be_ours(wanted):
            self.rooms.add_removals(room, [wanted])
            with suppress(ParticipantNotFound):
                self.media_server().remove_participant(room.name, wanted)
                return
        found = matching(wanted, self.media_server().participants(room.name))
        if not found:
            raise ParticipantNotFound
        self.rooms.add_removals(room, found)
        self.disconnect(room.name, found)

    def turn_away(self, room_name: str, participant: Participant) -> None:
        """Disconnect a participant who came back after a removal.

        Raises RoomNotFound or MediaServerUnavailable.
        """
        if participant.issued_at is None:  # a recorder, or another token that is not ours
            return
        if self._unwelcome(self.rooms.get(room_name), [participant]):
            self.disconnect(room_name, [participant.identity])
            logger.warning("removed participant disconnected again", extra={"room": room_name})

    def sweep(self, rooms: Iterable[Room], deadline: Milliseconds) -> int:
        """Disconnect removed participants who are connected to these rooms; return their number.

        LiveKit is asked only about rooms that have removals. Starts no new work after the
        deadline; failures are left to the next sweep.
        """

        def attempt(room: Room) -> int:
            return self._attempt(room) if clock.now() < deadline else 0

        with ThreadPoolExecutor(_PARALLEL) as pool:
            return sum(
                pool.map(attempt, [room for room in rooms if room.removals or may_hold(room)])
            )

    def _attempt(self, room: Room) -> int:
        try:
            connected = self.media_server().participants(room.name)
            back = self._unwelcome(room, connected)
            self.disconnect(room.name, back)
        except Exception:
            logger.exception(
                "removed participants left to the next sweep", extra={"room": room.name}
            )
            return 0
        if back:
            logger.warning("removed participants disconnected again", extra={"room": room.name})
        return len(back)

    def turn_out(self, room: Room, identities: Sequence[str]) -> None:
        """Remove participants who may be connected or not; raises MediaServerUnavailable."""
        self.rooms.add_removals(room, identities)
        self.disconnect(room.name, identities)

    def _unwelcome(self, room: Room, participants: Sequence[Participant]) -> list[str]:
        back = [each.identity for each in participants if _is_back(each, room)]
        return list(dict.fromkeys([*back, *self.holds.unwelcome(room, participants)]))

    def disconnect(self, room_name: str, identities: Iterable[str]) -> None:
        """Disconnect those of these participants who are still connected."""
        for identity in identities:
            with suppress(ParticipantNotFound):  # gone already
                self.media_server().remove_participant(room_name, identity)


def may_be_ours(text: str) -> bool:
    """True if this may be one of our identities."""
    encoded = text.encode("utf-8", "surrogatepass")
    return len(encoded) <= MAX_IDENTITY_BYTES and _OUR_IDENTITY.fullmatch(text) is not None


def name_in(identity: str) -> str:
    """Return the name in one of our identities."""
    return identity.rpartition("_")[0]


def matching(wanted: str, connected: list[Participant]) -> list[str]:
    """Return the wanted identity if it is connected, else the identities with that name."""
    identities = [each.identity for each in connected]
    if wanted in identities:
        return [wanted]
    return [p.identity for p in connected if p.name == wanted and not p.is_recorder]


def _is_back(participant: Participant, room: Room) -> bool:
    return participant.issued_at is not None and room.has_removed(participant.identity)
