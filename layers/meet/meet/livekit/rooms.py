"""LiveKit's rooms and who is in them.

https://docs.livekit.io/reference/other/roomservice-api/ says what each call asks and answers.
"""

import json
from dataclasses import dataclass
from typing import Protocol

from livekit.protocol.models import ParticipantInfo
from livekit.protocol.room import (
    DeleteRoomRequest,
    DeleteRoomResponse,
    ListParticipantsRequest,
    ListParticipantsResponse,
    ListRoomsRequest,
    ListRoomsResponse,
    RemoveParticipantResponse,
    RoomParticipantIdentity,
)

from meet import clock
from meet.clock import SECOND, Milliseconds
from meet.errors import MediaServerUnavailable, ParticipantNotFound
from meet.livekit.outages import NO_URL, Kind, Outages
from meet.livekit.tokens import issued
from meet.livekit.twirp import Refused, TwirpClient


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody connected to a meeting."""

    identity: str
    name: str = ""
    is_recorder: bool = False
    is_publishing: bool = False
    issued_at: Milliseconds | None = None
    """When their token was issued; None for a token that is not ours."""


class MediaServer(Protocol):
    """What Meet asks of LiveKit; each raises MediaServerUnavailable when it cannot be had."""

    def participants(self, room: str) -> list[Participant]:
        """Return who is connected; nobody when LiveKit knows no such room."""

    def remove_participant(self, room: str, identity: str) -> None:
        """Disconnect somebody; raise ParticipantNotFound."""

    def meetings(self, owner: str) -> list[str]:
        """Return the rooms that LiveKit holds for this owner, with people inside or not."""

    def delete_room(self, room: str) -> None:
        """End a meeting and disconnect everybody; do nothing if there is none."""


def room_metadata(owner: str) -> str:
    """Return the metadata that marks a LiveKit room as a stack's; others may share the server."""
    return json.dumps({"createdBy": owner})


@dataclass(frozen=True)
class LiveKit:
    """A LiveKit server, Cloud or self-hosted."""

    client: TwirpClient

    def participants(self, room: str) -> list[Participant]:
        """Return who is connected; nobody when LiveKit knows no such room."""
        try:
            reply = self.client.call(
                "RoomService/ListParticipants",
                ListParticipantsRequest(room=room),
                ListParticipantsResponse,
                grants={"roomAdmin": True, "room": room},
            )
        except Refused as refused:
            self._not_found(refused)
            return []
        return [_participant(info) for info in reply.participants]

    def remove_participant(self, room: str, identity: str) -> None:
        """Disconnect somebody; raise ParticipantNotFound.

        Where LiveKit revokes tokens, it is to revoke those from before this second. By default it
        also refuses every token of the minute to come.
        """
        revoked_before = clock.now() // SECOND
        try:
            self.client.call(
                "RoomService/RemoveParticipant",
                RoomParticipantIdentity(
                    room=room, identity=identity, revoke_token_ts=revoked_before
                ),
                RemoveParticipantResponse,
                grants={"roomAdmin": True, "room": room},
            )
        except Refused as refused:
            self._not_found(refused)
            raise ParticipantNotFound from refused

    def meetings(self, owner: str) -> list[str]:
        """Return the rooms that LiveKit holds for this owner, with people inside or not."""
        try:
            reply = self.client.call(
                "RoomService/ListRooms",
                ListRoomsRequest(),
                ListRoomsResponse,
                grants={"roomList": True},
            )
        except Refused as refused:
            raise self.client.unavailable(refused) from refused
        return [each.name for each in reply.rooms if each.metadata == room_metadata(owner)]

    def delete_room(self, room: str) -> None:
        """End a meeting and disconnect everybody; do nothing if there is none."""
        try:
            self.client.call(
                "RoomService/DeleteRoom",
                DeleteRoomRequest(room=room),
                DeleteRoomResponse,
                grants={"roomCreate": True},
            )
        except Refused as refused:
            self._not_found(refused)

    def _not_found(self, refused: Refused) -> None:
        """Return if LiveKit knows no such thing; raise MediaServerUnavailable for all else."""
        if refused.code != "not_found":
            raise self.client.unavailable(refused) from refused


@dataclass(frozen=True)
class NoMediaServer:
    """Stands in where the stack was given no LiveKit."""

    outages: Outages

    def participants(self, room: str) -> list[Participant]:
        """Raise MediaServerUnavailable."""
        raise self._unavailable("participants")

    def remove_participant(self, room: str, identity: str) -> None:
        """Raise MediaServerUnavailable."""
        raise self._unavailable("remove_participant")

    def _unavailable(self, method: str) -> MediaServerUnavailable:
        self.outages.report(Kind.NOT_CONFIGURED, method, NO_URL)
        return MediaServerUnavailable(NO_URL)

    def meetings(self, owner: str) -> list[str]:
        """Return none: without a LiveKit no meeting can be going on."""
        return []

    def delete_room(self, room: str) -> None:
        """Do nothing: without a LiveKit no meeting can be going on."""


def _participant(info: ParticipantInfo) -> Participant:
    return Participant(
        identity=info.identity,
        name=info.name,
        is_recorder=info.kind == ParticipantInfo.Kind.EGRESS or info.permission.recorder,
        is_publishing=bool(info.tracks),
        issued_at=issued(info.attributes),
    )
