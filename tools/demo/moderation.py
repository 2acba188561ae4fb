"""Moderates a meeting: promotes, mutes, rotates a link, and admits from the lobby."""

import sys
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from tools.demo.api import Api, step
from tools.demo.people import present


@dataclass(frozen=True)
class Moderation:
    """Moderates the meeting of Ada and Bob, both of whom came as publishers."""

    api: Api
    livekit_url: str
    room: dict[str, Any]
    people: dict[str, dict[str, Any]]
    """The answers with their tokens, by name."""

    def run(self) -> None:
        """Take all steps, each of which needs the one before."""
        self._promote("Bob")
        self._mute("Ada")
        room = self._rotate("viewer")
        self._admit(room, "Carol", by="Bob")

    @property
    def _meeting(self) -> str:
        return f"/meetings/{self.room['roomName']}"

    def _path_of(self, name: str) -> str:
        identity = quote(self.people[name]["participantIdentity"], safe="")
        return f"{self._meeting}/participants/{identity}"

    def _promote(self, name: str) -> None:
        with step(f"promote {name}") as told:
            path = self._path_of(name)
            before = self.api.call("GET", path).json()["role"]
            self.api.call("PUT", f"{path}/role", {"action": "upgrade"})
            after = self.api.until(path, lambda shown: shown["role"] == "moderator")["role"]
            told(f"{name} was a {before} and is a {after}")

    def _mute(self, name: str) -> None:
        with step(f"mute {name}") as told:
            path = self._path_of(name)
            self.api.until(path, lambda shown: bool(shown["audioActive"]))
            self.api.call("PUT", f"{path}/media", {"audioActive": False})
            self.api.until(path, lambda shown: not shown["audioActive"])
            told(f"{name}'s microphone is off; only {name} can turn it on again")

    def _rotate(self, role: str) -> dict[str, Any]:
        with step(f"rotate the {role}s' link") as told:
            path = f"/rooms/{self.room['roomName']}/links/{role}/rotate"
            room: dict[str, Any] = self.api.call("POST", path).json()
            refused = self.api.ask_to_join(self.room, "Mallory", role, may_be=(403,))
            if refused.status != HTTPStatus.FORBIDDEN:
                sys.exit(f"The old link still opens the room: {refused.status}")
            told(f"the old link is refused: {refused.status} {refused.json()['message']}")
        return room

    def _admit(self, room: dict[str, Any], name: str, *, by: str) -> None:
        with step(f"lobby: {name} has to wait") as told:
            lobby = {"lobby": {"enabled": True, "roles": ["viewer"]}}
            self.api.call("PUT", f"/rooms/{room['roomName']}", lobby)
            waits = self.api.ask_to_join(room, name, "viewer")
            if waits.status != HTTPStatus.ACCEPTED:
                sys.exit(f"{name} does not wait: {waits.status} {waits.data.decode()}")
            told(f"the new link: {waits.status} {waits.json()['status']}")
        with step(f"lobby: {by} admits {name}") as told:
            bearer = self.people[by]["participantToken"]
            shown = self.api.call("GET", f"{self._meeting}/waiting", bearer=bearer).json()
            (found,) = [each for each in shown["waiting"] if each["participantName"] == name]
            path = f"{self._meeting}/waiting/{found['id']}"
            self.api.call("PUT", path, {"decision": "admit"}, bearer=bearer)
            ticket = {"ticket": waits.json()["ticket"]}
            answer = self.api.call("POST", "/participants/token", ticket)
            if answer.status != HTTPStatus.OK:
                sys.exit(f"{name} was not admitted: {answer.status} {answer.data.decode()}")
            with present(self.livekit_url, [{"token": answer.json()["token"], "publish": []}]):
                inside = self.api.call("GET", f"{self._meeting}/participants").json()
            told(f"in the meeting: {', '.join(_name(each) for each in inside['participants'])}")


def _name(participant: dict[str, Any]) -> str:
    return f"{participant['participantName']} ({participant['role']})"
