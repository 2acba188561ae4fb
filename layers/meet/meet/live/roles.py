"""Changes of roles: stored first, then shown in LiveKit.

A stored change holds for the API at once, and for every later connection of the participant: their
old tokens are corrected when they join, see `meet.participants.arrivals`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from meet import clock
from meet.actors import Actor
from meet.errors import MediaServerUnavailable
from meet.live.errors import HasThisRole
from meet.live.meetings import LiveMeetings
from meet.meetings.roles import SessionRoles
from meet.participants.roles import LiveRoles, role_shown
from meet.rooms.model import Role, RoleChange, Room

logger = logging.getLogger(__name__)

_ATTEMPTS = 20

Wanted = Callable[[Role | None], Role]
"""The role that a participant gets, from the one that they have; raises HasThisRole."""


def exactly(role: Role) -> Wanted:
    """Return the wish for a role."""
    return lambda now: role


def upgrade(now: Role | None) -> Role:
    """Return the role of a participant who is made a moderator."""
    return Role.MODERATOR


def downgrade(now: Role | None) -> Role:
    """Return the role of a moderator who is made a publisher."""
    return now if now in {Role.PUBLISHER, Role.VIEWER} else Role.PUBLISHER


@dataclass(frozen=True)
class RoleChanges:
    """Changes the roles of connected participants."""

    live: LiveMeetings
    sessions: SessionRoles
    roles: LiveRoles

    def change(self, room_name: str, identity: str, wanted: Wanted, *, by: Actor) -> Role:
        """Give a participant a role, and return it.

        Raises RoomNotFound, ParticipantNotFound, HasThisRole, or MediaServerUnavailable. After the
        last, the change is stored; repeating it shows it in LiveKit.
        """
        room, participant = self.live.participant(room_name, identity)
        shown = role_shown(participant)
        has = room.role_of(identity, shown)
        role = wanted(has)
        if role is not has:
            change = RoleChange(role, clock.now(), by)
            self.sessions.change(room, participant.sid, identity, change)
        elif role is shown:
            raise HasThisRole
        self._show(room, identity, role)
        return role

    def _show(self, room: Room, identity: str, role: Role) -> None:
        """Show a stored role in LiveKit, and then any that was stored meanwhile.

        Each caller reads the room after showing a role. So of any number of concurrent changes,
        LiveKit ends with the one that was stored last.
        """
        for _ in range(_ATTEMPTS):
            self.roles.show(room, identity, role)
            room = self.live.rooms.get(room.name)
            stored = room.role_of(identity, role)
            if stored is None or stored is role:
                return
            role = stored
        logger.warning("role left to the sweep", extra={"room": room.name})
        raise MediaServerUnavailable("the role keeps changing")
