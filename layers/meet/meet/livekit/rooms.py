"""LiveKit's rooms and their participants.

https://docs.livekit.io/reference/other/roomservice-api/ documents the calls.
"""

import json
from dataclasses import dataclass
from typing import Protocol

from livekit.protocol.models import ParticipantInfo, Room
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
    """A participant who is connected to a meeting."""

    identity: str
    name: str = ""
    is_recorder: bool = False
    is_publishing: bool = False
    issued_at: Milliseconds | None = None
    """When their token was issued; None if it is not one of ours."""


@dataclass(frozen=True, slots=True)
class LiveMeeting:
    """A LiveKit room: a meeting of a room of ours, with people inside or not."""

    room: str
    sid: str
    """Identifies it: a later meeting in the same room has another one."""
    created_at: Milliseconds


class MediaServer(Protocol):
    """What Meet needs of LiveKit. Every method raises MediaServerUnavailable if LiveKit fails."""

    def participants(self, room: str) -> list[Participant]:
        """Return the connected participants; none if LiveKit does not know the room."""

    def remove_participant(self, room: str, identity: str) -> None:
        """Disconnect a participant; raises ParticipantNotFound."""

    def meetings(self, owner: str) -> list[LiveMeeting]:
        """Return the meetings that LiveKit holds for this owner, with people inside or not."""

    def delete_room(self, room: str) -> None:
        """End a meeting and disconnect everyone; do nothing if there is none."""


def room_metadata(owner: str) -> str:
    """Return the room metadata that names its stack: several stacks may share one LiveKit."""
    return json.dumps({"createdBy": owner})


@dataclass(frozen=True)
class LiveKit:
    """A LiveKit server, Cloud or self-hosted."""

    client: TwirpClient

    def participants(self, room: str) -> list[Participant]:
        """Return the connected participants; none if LiveKit does not know the room."""
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
        return [to_participant(info) for info in reply.participants]

    def remove_participant(self, room: str, identity: str) -> None:
        """Disconnect a participant; raises ParticipantNotFound.

        If this LiveKit can revoke tokens, it revokes those issued before the current second.
        Without revoke_token_ts it would also refuse tokens issued within the next minute.
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

    def meetings(self, owner: str) -> list[LiveMeeting]:
        """Return the meetings that LiveKit holds for this owner, with people inside or not."""
        try:
            reply = self.client.call(
                "RoomService/ListRooms",
                ListRoomsRequest(),
                ListRoomsResponse,
                grants={"roomList": True},
            )
        except Refused as refused:
            raise self.client.unavailable(refused) from refused
        ours = room_metadata(owner)
        return [to_meeting(each) for each in reply.rooms if each.metadata == ours]

    def delete_room(self, room: str) -> None:
        """End a meeting and disconnect everyone; do nothing if there is none."""
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
        """Ignore "not found"; raises MediaServerUnavailable for any other refusal."""
        if refused.code != "not_found":
            raise self.client.unavailable(refused) from refused


@dataclass(frozen=True)
class NoMediaServer:
    """Stand-in for a stack that has no LiveKit configured."""

    outages: Outages

    def participants(self, room: str) -> list[Participant]:
        """Raises MediaServerUnavailable."""
        raise self._unavailable("participants")

    def remove_participant(self, room: str, identity: str) -> None:
        """Raises MediaServerUnavailable."""
        raise self._unavailable("remove_participant")

    def _unavailable(self, method: str) -> MediaServerUnavailable:
        self.outages.report(Kind.NOT_CONFIGURED, method, NO_URL)
        return MediaServerUnavailable(NO_URL)

    def meetings(self, owner: str) -> list[LiveMeeting]:
        """Return an empty list: without LiveKit there are no meetings."""
        return []

    def delete_room(self, room: str) -> None:
        """Do nothing: without LiveKit there are no meetings."""


def to_meeting(info: Room) -> LiveMeeting:
    """Read a Room, from an answer or a webhook."""
    # Servers before 1.9 know only the second.
    created_at = info.creation_time_ms or info.creation_time * SECOND
    return LiveMeeting(info.name, info.sid, Milliseconds(created_at))


def to_participant(info: ParticipantInfo) -> Participant:
    """Read a ParticipantInfo, from an answer or a webhook."""
    return Participant(
        identity=info.identity,
        name=info.name,
        is_recorder=info.kind == ParticipantInfo.Kind.EGRESS or info.permission.recorder,
        is_publishing=bool(info.tracks),
        issued_at=issued(info.attributes),
    )
