"""Rooms with a lobby, those who wait in it, and moderators who decide."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import Call, Reply
from tests.functions.rooms import create_room, secret_of
from tests.streams import Streams


@dataclass
class Hall:
    """A room with a lobby."""

    call: Call
    clock: Clock
    livekit: FakeLiveKit
    lobby: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    streams: Streams = field(default_factory=Streams)

    def __post_init__(self) -> None:
        options = {"lobby": {"enabled": True} | self.lobby} | self.options
        self.room = create_room(self.call, self.clock, **options)
        self.name: str = self.room["roomName"]

    def ask(self, name: str = "Ada", role: str = "publisher", **more: Any) -> Reply:
        """Ask for a token with the secret of a link."""
        body = {"roomName": self.name, "participantName": name}
        return self.call(
            "POST", "/participants/token", body | {"secret": secret_of(self.room, role)} | more
        )

    def waits(self, name: str = "Ada", role: str = "publisher", **more: Any) -> str:
        """Begin to wait; return the ticket."""
        reply = self.ask(name, role, **more)
        assert reply.status == 202, reply.text
        assert reply.body["status"] == "waiting"
        ticket: str = reply.body["ticket"]
        return ticket

    def ask_again(self, ticket: str) -> Reply:
        """Ask with a ticket."""
        return self.call("POST", "/participants/token", {"ticket": ticket})

    def listed(self) -> list[dict[str, Any]]:
        """Return those who wait."""
        reply = self.call("GET", f"/meetings/{self.name}/waiting")
        assert reply.status == 200, reply.text
        waiting: list[dict[str, Any]] = reply.body["waiting"]
        return waiting

    def decide(self, waiting_id: str, decision: str) -> Reply:
        """Decide about one who waits."""
        path = f"/meetings/{self.name}/waiting/{waiting_id}"
        return self.call("PUT", path, {"decision": decision})

    def decide_all(self, decision: str) -> Reply:
        """Decide about all who wait."""
        return self.call("PUT", f"/meetings/{self.name}/waiting", {"decision": decision})

    def moderator(self, name: str = "Mo") -> str:
        """Let a moderator join; return the identity."""
        identity = self.livekit.join_with(self.name, self.ask(name, "moderator").body["token"])
        self.livekit.calls.clear()
        return identity

    def told(self) -> list[tuple[str, ...]]:
        """Return to whom messages were sent."""
        sent = [each for each in self.livekit.messages if each.room == self.name]
        assert all((each.topic, each.data) == ("meet.lobby", b"{}") for each in sent)
        return [each.to for each in sent]

    def events(self) -> list[dict[str, Any]]:
        """Return the events of the lobby."""
        self.streams.flow()
        found: list[dict[str, Any]] = self.call("GET", "/events?types=lobby.*").body["events"]
        return found
