"""The question whether somebody may join a room, step by step.

Whether there is space left is asked later, when a token is signed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from meet import clock
from meet.errors import InvalidSecret, Unauthorized
from meet.guests.model import Invitation
from meet.guests.service import Guest, GuestList
from meet.livekit.tokens import AccessTokens, Attribute, Holder
from meet.participants.errors import LinkDisabled, NotStarted, RoomClosed
from meet.rooms.model import Role, Room


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller shows and wants who asks for a token."""

    room_name: str
    name: str
    secret: str
    invite: str | None = None
    """The token of an invitation, instead of a secret."""
    previous_token: str | None = None
    takes_over: bool = False
    external_id: str | None = None
    metadata: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What lets somebody in: a link or an invitation, or an API key."""

    role: Role
    name: str
    external_id: str | None
    metadata: str | None
    link: str | None = None
    invitation: Invitation | None = None

    @property
    def attributes(self) -> dict[str, str]:
        """What the token tells about its holder."""
        told = {
            Attribute.ROLE: self.role.value,
            Attribute.EXTERNAL_ID: self.external_id,
            Attribute.METADATA: self.metadata,
            Attribute.LINK: self.link,
            Attribute.INVITATION: None if self.invitation is None else self.invitation.id,
        }
        return {name.value: value for name, value in told.items() if value is not None}


@dataclass(frozen=True)
class Entrance:
    """Lets in those who may join."""

    guests: GuestList
    tokens: Callable[[], AccessTokens]
    join_lifetime: int

    def opened(self, room: Room, wish: Wish) -> Entry:
        """Return the entry that a secret or an invitation opens.

        Raises InvalidSecret, InvalidInvitation, InvitationExpired or InvitationUsedUp.
        """
        if wish.invite is not None:
            invitation = self.guests.bearer(room, wish.invite)
            draft = invitation.draft
            return Entry(
                draft.role, draft.name, draft.external_id, draft.metadata, invitation=invitation
            )
        role = room.role_for(wish.secret)
        if role is None:
            raise InvalidSecret
        return Entry(role, wish.name, wish.external_id, wish.metadata, link=room.link(role))

    def earlier(self, room: Room, token: str | None) -> Holder | None:
        """Return the holder of an earlier token; None if it is invalid or they were removed.

        An invalid token is not an error: the page cannot know what became of the one it stored.
        """
        if token is None:
            return None
        try:
            holder = self.tokens().holder_in(token, room.name)
        except Unauthorized:
            return None
        return None if room.has_removed(holder.identity) else holder

    def check(self, room: Room, entries: list[Entry], earlier: Holder | None = None) -> list[str]:
        """Return the names under which they may join.

        Raises the first of InvalidSecret, LinkDisabled, RoomClosed, NotStarted and Banned.
        """
        for entry in entries:
            if entry.link is not None:
                _check_link(room, entry.role, entry.link)
        if room.terms.is_closed and not self._was_inside(room, earlier):
            raise RoomClosed
        starts_at = room.terms.starts_at
        is_early = starts_at is not None and clock.now() < starts_at
        if starts_at and is_early and any(each.role is not Role.MODERATOR for each in entries):
            raise NotStarted(starts_at)
        return self._names(room, entries)

    def _names(self, room: Room, entries: list[Entry]) -> list[str]:
        """Return the entries' names; raises Banned."""
        guests = [Guest(each.name, each.external_id, each.link is not None) for each in entries]
        names = self.guests.check(room, guests)
        own = [each.invitation is not None for each in entries]
        return [
            entry.name if is_own else name
            for entry, name, is_own in zip(entries, names, own, strict=True)
        ]

    def _was_inside(self, room: Room, earlier: Holder | None) -> bool:
        """True if an earlier token is of the meeting that is going on, so its holder is not new."""
        if earlier is None or room.active_meeting_since is None:
            return False
        return earlier.issued_at >= room.active_meeting_since - self.join_lifetime


def _check_link(room: Room, role: Role, link: str) -> None:
    if link != room.link(role):
        raise InvalidSecret
    if not room.links[role].is_enabled:
        raise LinkDisabled
