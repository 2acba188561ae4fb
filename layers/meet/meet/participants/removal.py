"""Removing participants, and keeping out those who come back by a token from before.

LiveKit need not revoke tokens, and tells us of nobody who connects without media. So a removal is
written into the room first; then the participant is disconnected, at once, by LiveKit's webhook
about whoever joins, or by the next sweep.
"""

import logging
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from meet import clock
from meet.clock import Milliseconds
from meet.errors import ParticipantNotFound
from meet.livekit.rooms import MediaServer, Participant
from meet.rooms.model import Room
from meet.rooms.service import RoomService

logger = logging.getLogger(__name__)

_OUR_IDENTITY = re.compile(r".+_[a-z0-9]{6}", re.DOTALL)
MAX_IDENTITY_BYTES = 256
"""LiveKit's limit."""
_PARALLEL = 16


@dataclass(frozen=True)
class ParticipantRemoval:
    """Disconnects participants, and remembers whom."""

    rooms: RoomService
    media_server: Callable[[], MediaServer]

    def remove(self, room_name: str, wanted: str) -> None:
        """Remove the participant with this identity, else everybody who goes by this name.

        An identity of ours is written down as removed whether or not it is connected: its bearer
        may have left a second ago, and still hold a token. Raises RoomNotFound,
        ParticipantNotFound if nobody was connected, or MediaServerUnavailable.
        """
        room = self.rooms.get(room_name)
        if _may_be_ours(wanted):
            self.rooms.add_removals(room, [wanted])
            with suppress(ParticipantNotFound):
                self.media_server().remove_participant(room.name, wanted)
                return
        found = _matching(wanted, self.media_server().participants(room.name))
        if not found:
            raise ParticipantNotFound
        self.rooms.add_removals(room, found)
        self._disconnect(room.name, found)

    def turn_away(self, room_name: str, identity: str) -> bool:
        """Disconnect a participant if their identity was removed; return whether it was.

        Raises RoomNotFound or MediaServerUnavailable.
        """
        if not self.rooms.get(room_name).has_removed(identity):
            return False
        self._disconnect(room_name, [identity])
        return True

    def sweep(self, rooms: Iterable[Room], deadline: Milliseconds) -> int:
        """Disconnect everybody who was removed from these rooms and is connected; return how many.

        LiveKit is asked only about rooms that somebody was removed from. Starts no new work after
        the deadline; what fails is left to the next sweep.
        """

        def attempt(room: Room) -> int:
            return self._attempt(room) if clock.now() < deadline else 0

        with ThreadPoolExecutor(_PARALLEL) as pool:
            return sum(pool.map(attempt, [room for room in rooms if room.removals]))

    def _attempt(self, room: Room) -> int:
        try:
            connected = self.media_server().participants(room.name)
            back = [each.identity for each in connected if _is_back(each, room)]
            self._disconnect(room.name, back)
        except Exception:
            logger.exception(
                "removed participants left to the next sweep", extra={"room": room.name}
            )
            return 0
        if back:
            logger.warning("removed participants disconnected again", extra={"room": room.name})
        return len(back)

    def _disconnect(self, room_name: str, identities: Iterable[str]) -> None:
        for identity in identities:
            with suppress(ParticipantNotFound):  # gone already
                self.media_server().remove_participant(room_name, identity)


def _may_be_ours(text: str) -> bool:
    encoded = text.encode("utf-8", "surrogatepass")
    return len(encoded) <= MAX_IDENTITY_BYTES and _OUR_IDENTITY.fullmatch(text) is not None


def _matching(wanted: str, connected: list[Participant]) -> list[str]:
    """Return the identity that was asked for, else those of everybody with that name."""
    identities = [each.identity for each in connected]
    if wanted in identities:
        return [wanted]
    return [p.identity for p in connected if p.name == wanted and not p.is_recorder]


def _is_back(participant: Participant, room: Room) -> bool:
    return participant.issued_at is not None and room.has_removed(participant.identity)
