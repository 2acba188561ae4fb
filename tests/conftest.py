"""A clock that stands still, AWS in memory, and a LiveKit that can be told what to do."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from unittest.mock import patch

import pytest
from moto.core.config import default_user_config
from moto.dynamodb.models.table import Table

from dev.aws import ENVIRONMENT, memory_aws
from dev.template import resources
from meet import clock, wiring
from meet.clock import Milliseconds
from meet.errors import MediaServerUnavailable, ParticipantNotFound
from meet.media_server import MediaServer, Participant

# Read by Powertools' loggers when meet.http is imported, which may be before any test runs.
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", ENVIRONMENT["POWERTOOLS_SERVICE_NAME"])


class Clock:
    """A clock that moves only when a test moves it."""

    def __init__(self) -> None:
        self.moment = clock.now()

    def __call__(self) -> Milliseconds:
        return self.moment

    def advance(self, milliseconds: int) -> None:
        self.moment = Milliseconds(self.moment + milliseconds)

    def wait_until(self, moment: Milliseconds) -> None:
        self.moment = max(self.moment, moment)


@dataclass
class FakeLiveKit:
    """Stands in for LiveKit; tests/stack asks the real one the same questions."""

    meetings: dict[str, dict[str, Participant]] = field(default_factory=dict)
    down: bool = False
    failing: set[str] = field(default_factory=set)
    calls: list[tuple[str, ...]] = field(default_factory=list)

    def join(self, room: str, identity: str, *, is_recorder: bool = False) -> None:
        self.meetings.setdefault(room, {})[identity] = Participant(identity, is_recorder)

    def participants(self, room: str) -> list[Participant]:
        self._called("participants", room)
        return list(self.meetings.get(room, {}).values())

    def remove_participant(self, room: str, identity: str) -> None:
        self._called("remove_participant", room, identity)
        if identity not in self.meetings.get(room, {}):
            raise ParticipantNotFound
        del self.meetings[room][identity]

    def delete_room(self, room: str) -> None:
        self._called("delete_room", room)
        self.meetings.pop(room, None)

    def _called(self, *call: str) -> None:
        self.calls.append(call)
        if self.down or call[1] in self.failing:
            raise MediaServerUnavailable("told to fail")


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    still = Clock()
    monkeypatch.setattr(clock, "now", still)
    monkeypatch.setattr(clock, "wait_until", still.wait_until)
    return still


@pytest.fixture(scope="session", autouse=True)
def quick_aws() -> Iterator[None]:
    """Read the template and botocore's models once, and make no encryption keys."""
    key = "arn:aws:kms:eu-west-1:123456789012:key/none"
    with (
        patch("dev.aws.resources", cache(resources)),
        patch.dict(default_user_config["core"], {"reset_boto3_session": False}),
        patch.object(Table, "_get_default_encryption_key", lambda self, *where: key),
    ):
        yield


@pytest.fixture
def aws() -> Iterator[None]:
    with memory_aws():
        wiring.reset()
        yield
    wiring.reset()


@pytest.fixture
def livekit(monkeypatch: pytest.MonkeyPatch) -> FakeLiveKit:
    fake = FakeLiveKit()

    def media_server() -> MediaServer:
        return fake

    monkeypatch.setattr(wiring, "media_server", media_server)
    return fake
