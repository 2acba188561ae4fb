"""Talks to LiveKit's server API: the only module that does (Twirp over HTTP).

https://docs.livekit.io/reference/other/roomservice-api/ says what each call asks and answers.
"""

import json
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import urllib3
from google.protobuf.message import Message
from livekit.protocol.models import ParticipantInfo
from livekit.protocol.room import (
    DeleteRoomRequest,
    DeleteRoomResponse,
    ListParticipantsRequest,
    ListParticipantsResponse,
    RemoveParticipantResponse,
    RoomParticipantIdentity,
)

from meet.access_token import AccessTokens
from meet.errors import MediaServerUnavailable, ParticipantNotFound

TIMEOUT = urllib3.Timeout(connect=2, read=5)
"""Seconds. Every call used here takes LiveKit milliseconds, or something is wrong."""

Reply = TypeVar("Reply", bound=Message)


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody connected to a meeting."""

    identity: str
    is_recorder: bool


class MediaServer(Protocol):
    """What Meet asks of LiveKit; each raises MediaServerUnavailable when it cannot be had."""

    def participants(self, room: str) -> list[Participant]:
        """Return who is connected; nobody when LiveKit knows no such room."""

    def remove_participant(self, room: str, identity: str) -> None:
        """Disconnect somebody; raise ParticipantNotFound."""

    def delete_room(self, room: str) -> None:
        """End a meeting and disconnect everybody; do nothing if there is none."""


class _NotFound(Exception):
    """LiveKit knows no such thing."""


class LiveKit:
    """A LiveKit server, Cloud or self-hosted."""

    def __init__(self, url: str, tokens: AccessTokens, http: urllib3.PoolManager) -> None:
        self._url = url.rstrip("/").replace("ws", "http", 1)
        self._tokens = tokens
        self._http = http

    def participants(self, room: str) -> list[Participant]:
        """Return who is connected; nobody when LiveKit knows no such room."""
        request = ListParticipantsRequest(room=room)
        try:
            reply = self._call(
                "RoomService/ListParticipants",
                request,
                ListParticipantsResponse,
                {"roomAdmin": True, "room": room},
            )
        except _NotFound:
            return []
        return [
            Participant(
                identity=info.identity,
                is_recorder=info.kind == ParticipantInfo.Kind.EGRESS or info.permission.recorder,
            )
            for info in reply.participants
        ]

    def remove_participant(self, room: str, identity: str) -> None:
        """Disconnect somebody; raise ParticipantNotFound."""
        request = RoomParticipantIdentity(room=room, identity=identity)
        try:
            self._call(
                "RoomService/RemoveParticipant",
                request,
                RemoveParticipantResponse,
                {"roomAdmin": True, "room": room},
            )
        except _NotFound as error:
            raise ParticipantNotFound from error

    def delete_room(self, room: str) -> None:
        """End a meeting and disconnect everybody; do nothing if there is none."""
        request = DeleteRoomRequest(room=room)
        try:
            self._call("RoomService/DeleteRoom", request, DeleteRoomResponse, {"roomCreate": True})
        except _NotFound:
            return

    def _call(
        self, method: str, request: Message, reply: type[Reply], grants: dict[str, Any]
    ) -> Reply:
        """Return LiveKit's answer; raise _NotFound or MediaServerUnavailable."""
        try:
            answer = self._http.request(
                "POST",
                f"{self._url}/twirp/livekit.{method}",
                body=request.SerializeToString(),
                headers={
                    "Authorization": f"Bearer {self._tokens.for_server(grants)}",
                    "Content-Type": "application/protobuf",
                },
                timeout=TIMEOUT,
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise MediaServerUnavailable(f"{method}: {type(error).__name__}") from error
        if answer.status == 200:
            return reply.FromString(answer.data)
        code = _error_code(answer.data)
        if code == "not_found":
            raise _NotFound(method)
        raise MediaServerUnavailable(f"{method}: {answer.status} {code}")


class NoMediaServer:
    """Stands in where the stack was given no LiveKit."""

    def participants(self, room: str) -> list[Participant]:
        """Raise MediaServerUnavailable."""
        raise MediaServerUnavailable("no LiveKit URL")

    def remove_participant(self, room: str, identity: str) -> None:
        """Raise MediaServerUnavailable."""
        raise MediaServerUnavailable("no LiveKit URL")

    def delete_room(self, room: str) -> None:
        """Do nothing: without a LiveKit no meeting can be going on."""


def _error_code(body: bytes) -> str:
    """Return the code of a Twirp error (always JSON), or what stands in for one."""
    try:
        return str(json.loads(body)["code"])
    except (ValueError, KeyError, TypeError):
        return "unknown"
