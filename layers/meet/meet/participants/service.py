"""Who may join a room as what, and who has to leave it."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from meet import clock
from meet.access_token import AccessTokens
from meet.clock import HOUR, Milliseconds
from meet.errors import (
    InvalidSecret,
    ParticipantNotFound,
    RoomFull,
    RoomNotFound,
    RoomToJoinNotFound,
)
from meet.media_server import MediaServer, room_metadata
from meet.rooms.model import Role, Room
from meet.rooms.service import RoomService

TOKEN_LIFETIME = 6 * HOUR
EMPTY_TIMEOUT = 60
"""Seconds that LiveKit keeps a room nobody has joined yet."""
DEPARTURE_TIMEOUT = 60
"""Seconds that LiveKit keeps a room everybody has left."""


@dataclass(frozen=True, slots=True)
class Admission:
    """A token, and what it makes of its bearer."""

    token: str
    identity: str
    role: Role


@dataclass(frozen=True)
class ParticipantService:
    """Lets people in and shows them out."""

    rooms: RoomService
    media_server: Callable[[], MediaServer]
    tokens: Callable[[], AccessTokens]
    owner: Callable[[], str]
    """What marks a LiveKit room as this stack's."""

    def admit(self, room_name: str, name: str, secret: str) -> Admission:
        """Return a token for somebody who knows a secret of the room.

        Raises RoomToJoinNotFound, InvalidSecret, RoomFull (LiveKit would refuse the join
        without saying why) or MediaServerUnavailable.
        """
        try:
            room = self.rooms.get(room_name)
        except RoomNotFound as error:
            raise RoomToJoinNotFound from error
        role = room.role_for(secret)
        if role is None:
            raise InvalidSecret
        connected = self.media_server().participants(room.name)
        people = sum(not each.is_recorder for each in connected)
        if room.max_participants is not None and people >= room.max_participants:
            raise RoomFull
        identity = _unused(name, {each.identity for each in connected})
        token = self.tokens().for_participant(
            identity,
            name=name,
            metadata=_metadata(room, role),
            grants=_grants(room, role),
            room_configuration=self._room_configuration(room),
            expires_at=min(clock.now() + TOKEN_LIFETIME, room.expires_at),
        )
        return Admission(token, identity, role)

    def disconnect(self, room_name: str, identity: str) -> None:
        """Disconnect somebody, and let nobody in again by what they joined with.

        Raises RoomNotFound, ParticipantNotFound or MediaServerUnavailable.
        """
        room = self.rooms.get(room_name)
        try:
            identity.encode()
        except UnicodeEncodeError as error:
            raise ParticipantNotFound from error
        self.media_server().remove_participant(room.name, identity)
        self.rooms.add_removal(room, identity)

    def turn_away(self, room_name: str, identity: str, issued_at: Milliseconds) -> bool:
        """Disconnect somebody whose token is older than their removal; tell whether it is.

        LiveKit revokes no token. Raises RoomNotFound or MediaServerUnavailable.
        """
        if not self.rooms.get(room_name).has_removed(identity, issued_at):
            return False
        with suppress(ParticipantNotFound):  # gone already
            self.media_server().remove_participant(room_name, identity)
        return True

    def _room_configuration(self, room: Room) -> dict[str, Any]:
        configuration: dict[str, Any] = {
            "emptyTimeout": EMPTY_TIMEOUT,
            "departureTimeout": DEPARTURE_TIMEOUT,
            "metadata": room_metadata(self.owner()),
        }
        if room.max_participants is not None:
            configuration["maxParticipants"] = room.max_participants
        return configuration


def _grants(room: Room, role: Role) -> dict[str, Any]:
    speaks = role is not Role.VIEWER
    return {
        "room": room.name,
        "roomJoin": True,
        "canSubscribe": True,
        "canPublish": speaks,
        "canPublishData": speaks and room.preferences.chat,
    }


def _metadata(room: Room, role: Role) -> str:
    speaks = role is not Role.VIEWER
    permissions = {
        "canPublishScreen": speaks,
        "canRecord": role is Role.MODERATOR and room.preferences.recording,
        "canChat": speaks and room.preferences.chat,
        "canChangeVirtualBackground": speaks and room.preferences.virtual_background,
    }
    return json.dumps({"role": role.value, "permissions": permissions})


def _unused(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 1
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
