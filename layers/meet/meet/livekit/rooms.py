"""LiveKit's rooms and their participants.

https://docs.livekit.io/reference/other/roomservice-api/ documents the calls.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from livekit.protocol.models import DataPacket, ParticipantInfo, Room
from livekit.protocol.room import (
    DeleteRoomRequest,
    DeleteRoomResponse,
    ListParticipantsRequest,
    ListParticipantsResponse,
    ListRoomsRequest,
    ListRoomsResponse,
    MuteRoomTrackRequest,
    MuteRoomTrackResponse,
    RemoveParticipantResponse,
    RoomParticipantIdentity,
    SendDataRequest,
    SendDataResponse,
    UpdateParticipantRequest,
    UpdateRoomMetadataRequest,
)

from meet import clock
from meet.clock import SECOND, Milliseconds
from meet.errors import MediaServerUnavailable, ParticipantNotFound
from meet.livekit.outages import NO_URL, Outages
from meet.livekit.participants import Participant, Permission, is_identity, to_participant
from meet.livekit.twirp import Refused, Response, TwirpClient

_About: TypeAlias = RoomParticipantIdentity | UpdateParticipantRequest | MuteRoomTrackRequest

_NONCE_BYTES = 16
"""What LiveKit expects of a nonce; clients drop a message whose nonce they have seen."""


@dataclass(frozen=True, slots=True)
class LiveMeeting:
    """A LiveKit room: a meeting of a room of ours, with people inside or not."""

    room: str
    sid: str
    """Identifies it: a later meeting in the same room has another one."""
    created_at: Milliseconds
    ends_at: Milliseconds | None = None
    """The end that its participants were told of; None if of none."""


class MediaServer(Protocol):
    """What Meet needs of LiveKit. Every method raises MediaServerUnavailable if LiveKit fails."""

    def participants(self, room: str) -> list[Participant]:
        """Return the connected participants; none if LiveKit does not know the room."""

    def participant(self, room: str, identity: str) -> Participant:
        """Return a connected participant; raises ParticipantNotFound."""

    def remove_participant(self, room: str, identity: str) -> None:
        """Disconnect a participant; raises ParticipantNotFound."""

    def update_participant(
        self,
        room: str,
        identity: str,
        *,
        attributes: Mapping[str, str],
        metadata: str | None = None,
        permission: Permission | None = None,
    ) -> None:
        """Change what a connected participant is and may do; raises ParticipantNotFound.

        Metadata and permission are replaced, unless None. Attributes that are not named stay, and
        those that are empty are removed. LiveKit sends the participant a token with all of it, so
        that it survives a reconnection.
        """

    def mute_track(self, room: str, identity: str, track_sid: str) -> None:
        """Mute a participant's track; raises ParticipantNotFound.

        Nothing happens if the track is gone. Only its owner can unmute it.
        """

    def send_data(self, room: str, data: bytes, *, topic: str, to: Sequence[str] = ()) -> None:
        """Send a message, reliably, to the participants with these identities, or to everybody.

        Identities that are not connected are ignored. Do nothing if LiveKit reports that there is
        no meeting; it may also not answer then, which raises MediaServerUnavailable after seconds.
        """

    def meetings(self, owner: str) -> list[LiveMeeting]:
        """Return the meetings that LiveKit holds for this owner, with people inside or not."""

    def update_room_metadata(self, room: str, metadata: str) -> None:
        """Replace a room's metadata, which all its participants can read.

        Do nothing if LiveKit does not have the room. LiveKit sends it on the connection that also
        brings the end of the meeting, so it arrives before a later end. A message uses a different
        connection, and may come too late.
        """

    def delete_room(self, room: str) -> None:
        """End a meeting and disconnect everyone; do nothing if there is none."""


_OWNER = "createdBy"
_ENDED_BY = "endedBy"
_ENDS_AT = "endsAt"


def room_metadata(
    owner: str, *, ended_by: str | None = None, ends_at: Milliseconds | None = None
) -> str:
    """Return the room metadata that names its stack: several stacks may share one LiveKit.

    Its participants read the rest: `ended_by` is the type of the actor that ends the meeting now,
    `ends_at` when the meeting will be ended because of its length.
    """
    values = {_OWNER: owner, _ENDED_BY: ended_by, _ENDS_AT: ends_at}
    return json.dumps({name: value for name, value in values.items() if value is not None})


def is_owned(metadata: str, owner: str) -> bool:
    """True if room metadata names this stack."""
    return _values_in(metadata).get(_OWNER) == owner


def _end_in(metadata: str) -> Milliseconds | None:
    """Return when a meeting will be ended, by the metadata of its room."""
    value = _values_in(metadata).get(_ENDS_AT)
    return Milliseconds(value) if isinstance(value, int) else None


def _values_in(metadata: str) -> dict[str, Any]:
    try:
        values = json.loads(metadata)
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


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

    def participant(self, room: str, identity: str) -> Participant:
        """Return a connected participant; raises ParticipantNotFound."""
        asked = RoomParticipantIdentity(room=room, identity=_known(identity))
        return to_participant(self._about_participant("GetParticipant", asked, ParticipantInfo))

    def remove_participant(self, room: str, identity: str) -> None:
        """Disconnect a participant; raises ParticipantNotFound.

        If this LiveKit can revoke tokens, it revokes those issued before the current second.
        Without revoke_token_ts it would also refuse tokens issued within the next minute.
        """
        revoked_before = clock.now() // SECOND
        self._about_participant(
            "RemoveParticipant",
            RoomParticipantIdentity(
                room=room, identity=_known(identity), revoke_token_ts=revoked_before
            ),
            RemoveParticipantResponse,
        )

    def update_participant(
        self,
        room: str,
        identity: str,
        *,
        attributes: Mapping[str, str],
        metadata: str | None = None,
        permission: Permission | None = None,
    ) -> None:
        """Change what a connected participant is and may do; raises ParticipantNotFound."""
        request = UpdateParticipantRequest(
            room=room,
            identity=_known(identity),
            metadata=metadata,
            attributes=attributes,
            permission=None if permission is None else permission.to_message(),
        )
        self._about_participant("UpdateParticipant", request, ParticipantInfo)

    def mute_track(self, room: str, identity: str, track_sid: str) -> None:
        """Mute a participant's track; raises ParticipantNotFound."""
        request = MuteRoomTrackRequest(
            room=room, identity=_known(identity), track_sid=track_sid, muted=True
        )
        self._about_participant("MutePublishedTrack", request, MuteRoomTrackResponse)

    def send_data(self, room: str, data: bytes, *, topic: str, to: Sequence[str] = ()) -> None:
        """Send a message, reliably, to the participants with these identities, or to everybody."""
        try:
            self.client.call(
                "RoomService/SendData",
                SendDataRequest(
                    room=room,
                    data=data,
                    kind=DataPacket.Kind.RELIABLE,
                    topic=topic,
                    destination_identities=to,
                    nonce=secrets.token_bytes(_NONCE_BYTES),
                ),
                SendDataResponse,
                grants={"roomAdmin": True, "room": room},
            )
        except Refused as refused:
            self._not_found(refused)

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
        return [to_meeting(each) for each in reply.rooms if is_owned(each.metadata, owner)]

    def update_room_metadata(self, room: str, metadata: str) -> None:
        """Replace a room's metadata; do nothing if LiveKit does not have the room."""
        try:
            self.client.call(
                "RoomService/UpdateRoomMetadata",
                UpdateRoomMetadataRequest(room=room, metadata=metadata),
                Room,
                grants={"roomAdmin": True, "room": room},
            )
        except Refused as refused:
            self._not_found(refused)

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

    def _about_participant(
        self, method: str, request: _About, response: type[Response]
    ) -> Response:
        """Return LiveKit's answer about one participant; raises ParticipantNotFound."""
        try:
            return self.client.call(
                f"RoomService/{method}",
                request,
                response,
                grants={"roomAdmin": True, "room": request.room},
            )
        except Refused as refused:
            self._not_found(refused)
            raise ParticipantNotFound from refused

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

    def participant(self, room: str, identity: str) -> Participant:
        """Raises MediaServerUnavailable."""
        raise self._unavailable("participant")

    def remove_participant(self, room: str, identity: str) -> None:
        """Raises MediaServerUnavailable."""
        raise self._unavailable("remove_participant")

    def update_participant(
        self,
        room: str,
        identity: str,
        *,
        attributes: Mapping[str, str],
        metadata: str | None = None,
        permission: Permission | None = None,
    ) -> None:
        """Raises MediaServerUnavailable."""
        raise self._unavailable("update_participant")

    def mute_track(self, room: str, identity: str, track_sid: str) -> None:
        """Raises MediaServerUnavailable."""
        raise self._unavailable("mute_track")

    def send_data(self, room: str, data: bytes, *, topic: str, to: Sequence[str] = ()) -> None:
        """Raises MediaServerUnavailable."""
        raise self._unavailable("send_data")

    def _unavailable(self, method: str) -> MediaServerUnavailable:
        return self.outages.not_configured(method, NO_URL)

    def meetings(self, owner: str) -> list[LiveMeeting]:
        """Return an empty list: without LiveKit there are no meetings."""
        return []

    def update_room_metadata(self, room: str, metadata: str) -> None:
        """Do nothing: nobody can meet without LiveKit."""

    def delete_room(self, room: str) -> None:
        """Do nothing: without LiveKit there are no meetings."""


def _known(identity: str) -> str:
    """Return an identity that LiveKit can have; raises ParticipantNotFound for any other text."""
    if not is_identity(identity):
        raise ParticipantNotFound
    return identity


def to_meeting(info: Room) -> LiveMeeting:
    """Read a Room, from an answer or a webhook."""
    # Servers before 1.9 know only the second.
    created_at = info.creation_time_ms or info.creation_time * SECOND
    return LiveMeeting(info.name, info.sid, Milliseconds(created_at), _end_in(info.metadata))
