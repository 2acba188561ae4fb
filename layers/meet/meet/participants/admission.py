"""Joining a room: exchanges a secret of the room for tokens, and chooses the identity."""

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from meet import clock
from meet.clock import HOUR
from meet.errors import InvalidSecret, RoomFull, RoomNotFound, RoomToJoinNotFound, Unauthorized
from meet.livekit.rooms import MediaServer, room_metadata
from meet.livekit.tokens import AccessTokens
from meet.participants.api_tokens import ApiTokens
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


@dataclass(frozen=True)
class ParticipantAdmission:
    """Issues tokens to callers who know a secret of a room."""

    rooms: RoomService
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

    def applicant(
        self, room_name: str, name: str, secret: str, previous_token: str | None = None
    ) -> Applicant:
        """Return a caller who may join, with a new identity or that of an earlier token.

        Raises RoomToJoinNotFound, InvalidSecret or MediaServerUnavailable.
        """
        room = self.room(room_name)
        role_of_link = room.role_for(secret)
        if role_of_link is None:
            raise InvalidSecret
        earlier = _earlier_identity(self.tokens(), room, previous_token)
        identity = earlier or _new_identity(name)
        role = room.role_of(identity, role_of_link) or role_of_link
        return Applicant(room, role, name, identity, is_returning=earlier is not None)

    def issue(self, applicant: Applicant) -> Admission:
        """Return tokens for an applicant's role; raises RoomFull or MediaServerUnavailable.

        LiveKit is called only if the room has a limit of participants.
        """
        room, role, identity = applicant.room, applicant.role, applicant.identity
        self.check_capacity(applicant)
        now = clock.now()
        token = self.tokens().for_participant(
            identity,
            name=applicant.name,
            metadata=metadata(room, role),
            grants={"room": room.name, "roomJoin": True, **permission(room, role).to_grants()},
            room_configuration=self._room_configuration(room),
            expires_at=min(now + self.join_lifetime, room.expires_at),
        )
        expires_at = min(now + API_TOKEN_LIFETIME, room.expires_at)
        api_token = self.api_tokens().sign(room.name, identity, role, expires_at=expires_at)
        return Admission(token, api_token, identity, applicant.name, role)

    def check_capacity(self, applicant: Applicant) -> None:
        """Raises RoomFull, since LiveKit would refuse the join without a reason.

        LiveKit enforces the limit when a participant joins; this only explains it beforehand.
        """
        room = applicant.room
        if room.max_participants is None:
            return
        connected = self.media_server().participants(room.name)
        others = sum(
            not each.is_recorder and each.identity != applicant.identity for each in connected
        )
        if others >= room.max_participants:
            raise RoomFull

    def _room_configuration(self, room: Room) -> dict[str, Any]:
        configuration: dict[str, Any] = {
            "emptyTimeout": EMPTY_TIMEOUT,
            "departureTimeout": DEPARTURE_TIMEOUT,
            "metadata": room_metadata(self.owner()),
        }
        if room.max_participants is not None:
            configuration["maxParticipants"] = room.max_participants
        return configuration


def _earlier_identity(tokens: AccessTokens, room: Room, token: str | None) -> str | None:
    """Return the identity in an earlier token; None if it is invalid or was removed.

    An invalid token is not an error: the page cannot know what became of the one it stored.
    """
    if token is None:
        return None
    try:
        identity = tokens.identity_in(token, room.name)
    except Unauthorized:
        return None
    return None if room.has_removed(identity) else identity


def _new_identity(name: str) -> str:
    suffix = "".join(secrets.choice(_SUFFIX_ALPHABET) for _ in range(_SUFFIX_LENGTH))
    return f"{name}_{suffix}"
