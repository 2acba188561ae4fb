"""Invites to rooms, and says who is invited and who is banned."""

from collections.abc import Sequence
from dataclasses import dataclass

from meet import clock
from meet.actors import Actor
from meet.guests.errors import (
    Banned,
    InvalidInvitation,
    InvitationExpired,
    InvitationNotFound,
    InvitationUsedUp,
)
from meet.guests.items import (
    INVITATION,
    external_ban_item,
    invitation_from,
    name_ban_item,
)
from meet.guests.model import INVITATION_ID, Draft, Invitation, digest_of, folded, id_in
from meet.guests.repository import GuestRepository
from meet.rooms.model import Room
from meet.rooms.service import RoomService


@dataclass(frozen=True, slots=True)
class Guest:
    """What is asked about before somebody may join."""

    name: str
    external_id: str | None
    by_link: bool


@dataclass(frozen=True)
class GuestList:
    """The invitations of rooms, and their bans as far as they keep somebody out."""

    rooms: RoomService
    guests: GuestRepository

    def invite(
        self, room_name: str, drafts: Sequence[Draft], *, by: Actor, key: bytes
    ) -> list[Invitation]:
        """Return new invitations; the key makes their tokens.

        Raises RoomNotFound or NameInvited.
        """
        self.rooms.keep_guest_list(room_name)
        now = clock.now()
        made = [Invitation.new(draft, now=now, key=key) for draft in drafts]
        self.guests.add_invitations(room_name, made, now=now, by=by)
        return made

    def invitations(self, room_name: str) -> list[Invitation]:
        """Return the invitations of an open room; raises RoomNotFound."""
        return self.guests.invitations(self.rooms.get(room_name).name)

    def invitation(self, room_name: str, invitation_id: str) -> Invitation:
        """Return an invitation of an open room; raises RoomNotFound or InvitationNotFound."""
        room = self.rooms.get(room_name)
        if INVITATION_ID.fullmatch(invitation_id) is None:
            raise InvitationNotFound
        return self.guests.invitation(room.name, invitation_id)

    def bearer(self, room: Room, token: str) -> Invitation:
        """Return the invitation that a token opens.

        Raises InvalidInvitation, InvitationExpired or InvitationUsedUp.
        """
        invitation_id = id_in(token)
        if invitation_id is None:
            raise InvalidInvitation
        invitation = self._unrevoked(room, invitation_id)
        if not invitation.is_opened_by(token):
            raise InvalidInvitation
        if not invitation.is_valid(clock.now()):
            raise InvitationExpired
        if invitation.is_used_up:
            raise InvitationUsedUp
        return invitation

    def valid(self, room: Room, invitation_id: str) -> Invitation:
        """Return an invitation that is valid now; raises InvalidInvitation or InvitationExpired."""
        invitation = self._unrevoked(room, invitation_id)
        if not invitation.is_valid(clock.now()):
            raise InvitationExpired
        return invitation

    def _unrevoked(self, room: Room, invitation_id: str) -> Invitation:
        """Return an invitation; raises InvalidInvitation if it is unknown or was revoked."""
        try:
            invitation = self.guests.invitation(room.name, invitation_id)
        except InvitationNotFound as error:
            raise InvalidInvitation from error
        if invitation.revoked_at is not None:
            raise InvalidInvitation
        return invitation

    def check(self, room: Room, guests: Sequence[Guest]) -> list[str]:
        """Return the names under which guests join: those of invitations belong to others.

        Raises Banned if one of them is. Reads nothing unless the room has invitations or bans.
        """
        if not room.has_guest_list or not guests:
            return [each.name for each in guests]
        items = [item for each in guests for item in (*_bans_of(each), _invited(each.name))]
        found = self.guests.existing(room.name, items)
        if any(item in found for each in guests for item in _bans_of(each)):
            raise Banned
        now = clock.now()
        taken = {
            item
            for item, values in found.items()
            if item.startswith(INVITATION) and invitation_from(values).is_valid(now)
        }
        return [f"{g.name}_1" if _invited(g.name) in taken else g.name for g in guests]

    def banned_among(self, room: Room, external_ids: Sequence[str]) -> set[str]:
        """Return those of the externalIds that are banned from a room."""
        wanted = {external_ban_item(each): each for each in external_ids}
        if not room.has_guest_list or not wanted:
            return set()
        return {wanted[item] for item in self.guests.existing(room.name, wanted)}


def _bans_of(guest: Guest) -> list[str]:
    """Return the keys of bans that would keep a guest out."""
    names = [name_ban_item(guest.name)] if guest.by_link else []
    return names + ([] if guest.external_id is None else [external_ban_item(guest.external_id)])


def _invited(name: str) -> str:
    """Return the key of an invitation with this name."""
    return INVITATION + digest_of(folded(name))
