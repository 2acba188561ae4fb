"""Asks for tokens, connects their bearers, and lets LiveKit report them."""

from dataclasses import dataclass
from typing import Any

import boto3
import jwt

from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import Call, Reply
from tests.functions.rooms import create_room, secret_of
from tests.functions.test_receive_livekit_webhook import message, post


def claims(reply: Reply) -> dict[str, Any]:
    """Return the claims of the LiveKit token in an answer."""
    assert reply.status == 200, reply.text
    told: dict[str, Any] = jwt.decode(reply.body["token"], options={"verify_signature": False})
    return told


@dataclass
class Party:
    """A room, and those who want to get in."""

    call: Call
    clock: Clock
    livekit: FakeLiveKit
    room: dict[str, Any]

    @classmethod
    def in_new_room(cls, call: Call, clock: Clock, livekit: FakeLiveKit, **options: Any) -> "Party":
        return cls(call, clock, livekit, create_room(call, clock, **options))

    @property
    def name(self) -> str:
        return str(self.room["roomName"])

    def ask(self, name: str = "Mallory", role: str = "publisher", **more: Any) -> Reply:
        """Ask for a token with a shared link."""
        body = {
            "roomName": self.name,
            "participantName": name,
            "secret": secret_of(self.room, role),
        }
        return self.call("POST", "/participants/token", body | more)

    def show(self, invite: str, **more: Any) -> Reply:
        """Ask for a token with an invitation."""
        body = {"roomName": self.name, "invite": invite}
        return self.call("POST", "/participants/token", body | more)

    def enter(self, reply: Reply) -> str:
        """Connect the bearer of an answer; return the identity."""
        assert reply.status == 200, reply.text
        return self.livekit.join_with(self.name, reply.body["token"])

    def report(
        self, reply: Reply, *, sid: str = "PA_1", event: str = "participant_joined", at: int = 1
    ) -> None:
        """Let LiveKit report that the bearer of an answer joined or left."""
        told = claims(reply)
        person = {
            "sid": sid,
            "identity": told["sub"],
            "name": told["name"],
            "metadata": told["metadata"],
            "attributes": told["attributes"],
            "joinedAtMs": str(self.clock() + at),
        }
        assert post(message(event, self.name, participant=person)).status == 200

    def invite(self, name: str = "Ada", **more: Any) -> tuple[dict[str, Any], str]:
        """Make an invitation; return it and its token."""
        wanted = {"participantName": name, "role": "publisher"} | more
        reply = self.call("POST", f"/rooms/{self.name}/invitations", {"invitations": [wanted]})
        assert reply.status == 201, reply.text
        (made,) = reply.body["invitations"]
        return made, made["url"].partition("?invite=")[2]

    def stored(self) -> list[dict[str, Any]]:
        """Return the items of the room's guest list."""
        found = boto3.client("dynamodb").query(
            TableName="MeetingsTable",
            KeyConditionExpression="meetingId = :room",
            ExpressionAttributeValues={":room": {"S": f"room#{self.name}"}},
        )
        items: list[dict[str, Any]] = found["Items"]
        return items

    def inside(self) -> set[str]:
        return set(self.livekit.inside.get(self.name, {}))
