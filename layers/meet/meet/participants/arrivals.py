"""Looks at participants who join: removed ones are disconnected, changed roles are given back.

Not every LiveKit revokes tokens, and none reports participants who connect without media. So what
an old token brings is put right when LiveKit's webhook reports that they joined, or by the next
sweep.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from meet import clock
from meet.clock import Milliseconds
from meet.livekit.participants import Participant
from meet.livekit.rooms import MediaServer
from meet.participants.holds import Holds, may_hold
from meet.participants.removal import ParticipantRemoval
from meet.participants.roles import LiveRoles
from meet.rooms.model import Room

logger = logging.getLogger(__name__)

_PARALLEL = 16


@dataclass(frozen=True)
class Arrivals:
    """Disconnects participants whose tokens no longer admit them, and corrects roles."""

    media_server: Callable[[], MediaServer]
    removal: ParticipantRemoval
    roles: LiveRoles
    holds: Holds

    def check(self, room: Room, participant: Participant) -> None:
        """Put right what a participant brought who has just joined an open room.

        Raises MediaServerUnavailable.
        """
        if participant.issued_at is None:  # a recorder, or another token that is not ours
            return
        if self._unwelcome(room, [participant]):
            self.removal.disconnect(room.name, [participant.identity])
            logger.warning("removed participant disconnected again", extra={"room": room.name})
        else:
            self.roles.restore(room, participant)

    def sweep(self, rooms: Iterable[Room], deadline: Milliseconds) -> int:
        """Do the same for everyone in these rooms; return how many were disconnected.

        LiveKit is asked only about rooms in which an old token could do harm. Starts no new work
        after the deadline; failures are left to the next sweep.
        """

        def attempt(room: Room) -> int:
            return self._attempt(room) if clock.now() < deadline else 0

        with ThreadPoolExecutor(_PARALLEL) as pool:
            return sum(pool.map(attempt, [room for room in rooms if _has_old_tokens(room)]))

    def _attempt(self, room: Room) -> int:
        try:
            connected = self.media_server().participants(room.name)
            back = self._unwelcome(room, connected)
            self.removal.disconnect(room.name, back)
            for each in connected:
                if each.identity not in back:
                    self.roles.restore(room, each)
        except Exception:
            logger.exception("participants left to the next sweep", extra={"room": room.name})
            return 0
        if back:
            logger.warning("removed participants disconnected again", extra={"room": room.name})
        return len(back)

    def _unwelcome(self, room: Room, participants: Sequence[Participant]) -> set[str]:
        """Return the identities of those who may not be in the room."""
        stale = {each.identity for each in participants if _is_stale(each, room)}
        return stale | set(self.holds.unwelcome(room, participants))


def _has_old_tokens(room: Room) -> bool:
    """True if there may be tokens that admit no one, or that have another role."""
    has_ended = room.tokens_valid_after is not None
    return has_ended or bool(room.removals) or bool(room.role_changes) or may_hold(room)


def _is_stale(participant: Participant, room: Room) -> bool:
    issued_at = participant.issued_at
    return issued_at is not None and not room.admits(participant.identity, issued_at)
