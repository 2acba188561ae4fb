"""Removes participants.

A removal is written to the room first; then the participant is disconnected. Those who come back
with an old token are disconnected again, see `meet.participants.arrivals`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from meet.errors import ParticipantNotFound
from meet.livekit.participants import Participant, is_identity
from meet.livekit.rooms import MediaServer
from meet.rooms.model import Room
from meet.rooms.service import RoomService

_OUR_IDENTITY = re.compile(r".+_[a-z0-9]{6}", re.DOTALL)


@dataclass(frozen=True)
class ParticipantRemoval:
    """Disconnects participants, and records their identities as removed."""

    rooms: RoomService
    media_server: Callable[[], MediaServer]

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

    def remove_identity(self, room_name: str, identity: str) -> None:
        """Remove the participant with this identity, and no one by their name.

        One of our identities is recorded as removed even if it is not connected. Raises
        RoomNotFound, ParticipantNotFound if it is not connected, or MediaServerUnavailable.
        """
        room = self.rooms.get(room_name)
        if may_be_ours(identity):
            self.rooms.add_removals(room, [identity])
        elif not self.media_server().participant(room.name, identity).is_person:
            raise ParticipantNotFound
        self.media_server().remove_participant(room.name, identity)

    def turn_out(self, room: Room, identities: Sequence[str]) -> None:
        """Remove participants who may be connected or not; raises MediaServerUnavailable."""
        self.rooms.add_removals(room, identities)
        self.disconnect(room.name, identities)

    def disconnect(self, room_name: str, identities: Iterable[str]) -> None:
        """Disconnect those of these participants who are still connected."""
        for identity in identities:
            with suppress(ParticipantNotFound):  # gone already
                self.media_server().remove_participant(room_name, identity)


def may_be_ours(text: str) -> bool:
    """True if this may be one of our identities."""
    return is_identity(text) and _OUR_IDENTITY.fullmatch(text) is not None


def name_in(identity: str) -> str:
    """Return the name in one of our identities."""
    return identity.rpartition("_")[0]


def matching(wanted: str, connected: list[Participant]) -> list[str]:
    """Return the wanted identity if it is connected, else the identities with that name."""
    identities = [each.identity for each in connected]
    if wanted in identities:
        return [wanted]
    return [p.identity for p in connected if p.name == wanted and not p.is_recorder]
