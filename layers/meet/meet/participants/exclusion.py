"""Takes back what lets participants in, and bans them: links, invitations, names.

It is written down first. Then LiveKit is asked; what it does not hear then, the sweep makes up for.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from meet import clock
from meet.actors import Actor
from meet.errors import MediaServerUnavailable, ParticipantNotFound
from meet.guests.errors import BanNotFound, InvitationNotFound
from meet.guests.model import BAN_ID, INVITATION_ID, Ban, Invitation
from meet.guests.repository import GuestRepository
from meet.livekit.participants import Participant
from meet.livekit.rooms import MediaServer
from meet.livekit.tokens import Attribute
from meet.participants.holds import came_by_old_link
from meet.participants.removal import ParticipantRemoval, matching, may_be_ours, name_in
from meet.rooms.model import Role, Room
from meet.rooms.service import RoomService

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Exclusion:
    """Rotates links, revokes invitations and bans participants."""

    rooms: RoomService
    guests: GuestRepository
    removal: ParticipantRemoval
    media_server: Callable[[], MediaServer]

    def rotate_link(self, room_name: str, role: Role, *, disconnects: bool, by: Actor) -> Room:
        """Give a link a new secret; return the room. Raises RoomNotFound."""
        room = self.rooms.rotate_link(room_name, role, shuts_out=disconnects, by=by)
        if disconnects:
            with _left_to_sweep(room_name):
                connected = self.media_server().participants(room.name)
                out = [each.identity for each in connected if came_by_old_link(each, room)]
                self.removal.disconnect(room.name, out)
        return room

    def revoke(self, room_name: str, invitation_id: str, *, by: Actor) -> None:
        """Revoke an invitation, and disconnect its bearer.

        Raises RoomNotFound or InvitationNotFound.
        """
        room = self.rooms.get(room_name)
        if INVITATION_ID.fullmatch(invitation_id) is None:
            raise InvitationNotFound
        invitation = self.guests.invitation(room.name, invitation_id)
        self.guests.revoke(room.name, invitation_id, now=clock.now(), by=by)
        with _left_to_sweep(room_name):
            self.removal.turn_out(room, [_bearer(invitation, room)])

    def ban(self, room_name: str, wanted: str, *, by: Actor, by_name: bool = True) -> None:
        """Ban and remove the participant with this identity, or else everyone with this name.

        One of our identities is banned by its name even if it is not connected. Raises
        RoomNotFound, ParticipantNotFound if no one was connected, or MediaServerUnavailable.
        """
        room = self.rooms.get(room_name)
        failure: MediaServerUnavailable | None = None
        connected: list[Participant] = []
        try:
            connected = self.media_server().participants(room.name)
        except MediaServerUnavailable as error:
            failure = error
        identities = matching(wanted, connected) if by_name else [wanted]
        found = [each for each in connected if each.identity in identities]
        if not found and may_be_ours(wanted):
            absent = {Attribute.LINK.value: ""}
            self._ban(room, [Participant(wanted, name_in(wanted), attributes=absent)], by)
        if failure is not None:
            raise failure
        if not found:
            raise ParticipantNotFound
        self._ban(room, found, by)
        self.removal.disconnect(room.name, [each.identity for each in found])

    def bans(self, room_name: str) -> list[Ban]:
        """Return the bans of an open room; raises RoomNotFound."""
        return self.guests.bans(self.rooms.get(room_name).name)

    def lift(self, room_name: str, ban_id: str) -> None:
        """Delete a ban; raises RoomNotFound or BanNotFound."""
        room = self.rooms.get(room_name)
        if BAN_ID.fullmatch(ban_id) is None:
            raise BanNotFound
        self.guests.delete_ban(room.name, ban_id)

    def _ban(self, room: Room, participants: Sequence[Participant], by: Actor) -> None:
        self.rooms.keep_guest_list(room.name)
        for each in participants:
            told = each.attributes
            ban = Ban.new(
                each.name,
                each.identity,
                external_id=told.get(Attribute.EXTERNAL_ID),
                bans_name=Attribute.LINK in told,
                now=clock.now(),
            )
            self.guests.add_ban(room.name, ban, by=by)
            if Attribute.INVITATION in told:
                with suppress(InvitationNotFound):
                    invitation_id = told[Attribute.INVITATION]
                    self.guests.revoke(room.name, invitation_id, now=clock.now(), by=by)
        self.rooms.add_removals(room, [each.identity for each in participants])


def _bearer(invitation: Invitation, room: Room) -> str:
    return invitation.identity(room)


@contextmanager
def _left_to_sweep(room_name: str) -> Iterator[None]:
    """Log that LiveKit did not hear something, which the sweep then makes up for."""
    try:
        yield
    except MediaServerUnavailable:
        logger.warning("left to the sweep", extra={"room": room_name}, exc_info=True)
