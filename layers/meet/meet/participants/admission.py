"""Joining a room: exchanges a secret of the room for tokens, and chooses the identity."""

import secrets
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from meet import clock
from meet.clock import HOUR, Milliseconds
from meet.errors import RoomFull, RoomNotFound, RoomToJoinNotFound
from meet.guests.model import Invitation
from meet.livekit.participants import Participant
from meet.livekit.rooms import MediaServer, room_metadata
from meet.livekit.tokens import AccessTokens, Attribute, Holder
from meet.participants.api_tokens import ApiTokens
from meet.participants.entry import Entrance, Entry, Wish
from meet.participants.errors import InMeetingAlready
from meet.participants.roles import metadata, permission
from meet.rooms.model import Role, Room
from meet.rooms.service import RoomService

API_TOKEN_LIFETIME = 6 * HOUR
EMPTY_TIMEOUT = 60
"""Seconds that LiveKit keeps a room that no one has joined yet."""
DEPARTURE_TIMEOUT = 60
"""Seconds that LiveKit keeps a room that everyone has left."""

_SUFFIX_ALPHABET = string.ascii_lowercase + string.digits
_SUFFIX_LENGTH = 6
SUFFIX_BYTES = 1 + _SUFFIX_LENGTH
"""Length that an identity adds to the name; the name's limit leaves room for it."""


@dataclass(frozen=True, slots=True)
class Admission:
    """A join token with the identity and role it grants, and an API token for the same."""

    token: str
    api_token: str
    identity: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Applicant:
    """A caller who may join a room, with the identity and role that they will have."""

    room: Room
    role: Role
    name: str
    identity: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What the token tells about the participant, besides."""
    is_returning: bool = False
    """True if the identity is that of an earlier token."""
    skips_lobby: bool = False
    """True if an invitation says so, or an API key vouches for them."""
    ends_at: Milliseconds | None = None
    """When an invitation ends: nobody joins with it later."""
    connected: Sequence[Participant] | None = None
    """The participants of the meeting, if LiveKit was asked for this applicant already."""


@dataclass(frozen=True)
class ParticipantAdmission:
    """Issues tokens to callers who know a secret of a room."""

    rooms: RoomService
    entrance: Entrance
    media_server: Callable[[], MediaServer]
    tokens: Callable[[], AccessTokens]
    api_tokens: Callable[[], ApiTokens]
    owner: Callable[[], str]
    """Name of this stack, which marks its LiveKit rooms."""
    join_lifetime: int
    """Milliseconds within which a token has to be used to join."""

    def room(self, name: str) -> Room:
        """Return the open room to join; raises RoomToJoinNotFound."""
        try:
            return self.rooms.get(name)
        except RoomNotFound as error:
            raise RoomToJoinNotFound from error

    def applicant(self, wish: Wish) -> Applicant:
        """Return a caller who may join, with a new identity or that of an earlier token.

        The order of the checks is part of the API: the room, the secret or the invitation, then
        what `Entrance.check` asks. Space is left to `issue`, behind the lobby. Raises
        RoomToJoinNotFound, InMeetingAlready, and what the entrance raises.
        """
        room = self.room(wish.room_name)
        entry = self.entrance.opened(room, wish)
        earlier = self.entrance.earlier(room, wish.previous_token)
        (name,) = self.entrance.check(room, [entry], earlier)
        if entry.invitation is not None:
            return self._invited(room, entry, entry.invitation, earlier, wish)
        identity = earlier.identity if earlier else _new_identity(name)
        role = room.role_of(identity, entry.role) or entry.role
        return Applicant(room, role, name, identity, entry.attributes, earlier is not None)

    def _invited(
        self, room: Room, entry: Entry, invitation: Invitation, earlier: Holder | None, wish: Wish
    ) -> Applicant:
        """Return the bearer of an invitation, whose identity is always the same one.

        Raises InMeetingAlready, or MediaServerUnavailable.
        """
        identity = invitation.identity(room)
        is_returning = earlier is not None and earlier.identity == identity
        connected = None
        if not is_returning and not wish.takes_over:
            connected = self.media_server().participants(room.name)
            if any(each.identity == identity for each in connected):
                raise InMeetingAlready
        return Applicant(
            room,
            room.role_of(identity, entry.role) or entry.role,
            entry.name,
            identity,
            entry.attributes,
            is_returning,
            skips_lobby=invitation.draft.skips_lobby,
            ends_at=invitation.draft.expires_at,
            connected=connected,
        )

    def vouched(self, room: Room, entries: Sequence[Entry]) -> list[Applicant]:
        """Return applicants for whom an API key vouches; raises as `Entrance.check` does."""
        names = self.entrance.check(room, list(entries))
        return [
            Applicant(room, each.role, name, _new_identity(name), each.attributes, skips_lobby=True)
            for each, name in zip(entries, names, strict=True)
        ]

    def checked_again(self, applicant: Applicant) -> Applicant:
        """Return an applicant who waited, as they may join by now.

        Raises InvalidInvitation, InvitationExpired, and what `Entrance.check` raises.
        """
        room, told = applicant.room, applicant.attributes
        invitation_id = told.get(Attribute.INVITATION)
        if invitation_id is not None:
            invitation = self.entrance.guests.valid(room, invitation_id)
            applicant = replace(applicant, ends_at=invitation.draft.expires_at)
        entry = Entry(
            applicant.role,
            applicant.name,
            told.get(Attribute.EXTERNAL_ID),
            told.get(Attribute.METADATA),
            link=told.get(Attribute.LINK),
        )
        self.entrance.check(room, [entry])
        return applicant

    def issue(self, applicant: Applicant) -> Admission:
        """Return tokens for an applicant's role; raises RoomFull or MediaServerUnavailable.

        LiveKit is called only if the room has a limit of participants.
        """
        self.check_capacity(applicant)
        return self._sign(applicant)

    def issue_all(self, room: Room, applicants: Sequence[Applicant]) -> list[Admission]:
        """Return tokens for all applicants to one room, or none; raises as `issue` does."""
        self._check_space(room, {each.identity for each in applicants})
        return [self._sign(each) for each in applicants]

    def check_capacity(self, applicant: Applicant) -> None:
        """Raises RoomFull, since LiveKit would refuse the join without a reason.

        LiveKit enforces the limit when a participant joins; this only explains it beforehand.
        """
        self._check_space(applicant.room, {applicant.identity}, applicant.connected)

    def _check_space(
        self, room: Room, identities: set[str], connected: Sequence[Participant] | None = None
    ) -> None:
        if room.max_participants is None:
            return
        if connected is None:
            connected = self.media_server().participants(room.name)
        others = sum(not each.is_recorder and each.identity not in identities for each in connected)
        if others + len(identities) > room.max_participants:
            raise RoomFull

    def _sign(self, applicant: Applicant) -> Admission:
        room, role, identity = applicant.room, applicant.role, applicant.identity
        now = clock.now()
        ends_at = room.expires_at if applicant.ends_at is None else applicant.ends_at
        token = self.tokens().for_participant(
            identity,
            name=applicant.name,
            metadata=metadata(room, role),
            grants={"room": room.name, "roomJoin": True, **permission(room, role).to_grants()},
            room_configuration=self._room_configuration(room),
            expires_at=min(now + self.join_lifetime, room.expires_at, ends_at),
            attributes=applicant.attributes,
        )
        # The room's end may be moved, so the token for the API has its own.
        api_token = self.api_tokens().sign(
            room.name,
            identity,
            role,
            expires_at=now + API_TOKEN_LIFETIME,
            link=applicant.attributes.get(Attribute.LINK),
        )
        return Admission(token, api_token, identity, applicant.name, role)

    def _room_configuration(self, room: Room) -> dict[str, Any]:
        configuration: dict[str, Any] = {
            "emptyTimeout": EMPTY_TIMEOUT,
            "departureTimeout": DEPARTURE_TIMEOUT,
            "metadata": room_metadata(self.owner()),
        }
        if room.max_participants is not None:
            configuration["maxParticipants"] = room.max_participants
        return configuration


def _new_identity(name: str) -> str:
    suffix = "".join(secrets.choice(_SUFFIX_ALPHABET) for _ in range(_SUFFIX_LENGTH))
    return f"{name}_{suffix}"
