"""Who caused a change: stored with it in `by`, and shown by the event about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class ActorType(StrEnum):
    """A kind of caller, or the system itself."""

    API_KEY = "apiKey"
    CONSOLE = "console"
    MODERATOR = "moderator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller, or the part of the system, that caused an event."""

    type: str
    """apiKey, console, moderator or system."""
    name: str | None = None
    """The API key's name, the moderator's identity, or the part of the system."""

    def to_json(self) -> dict[str, str]:
        """Return the actor as events show it and as items store it in `by`."""
        return {"type": self.type} | ({} if self.name is None else {"name": self.name})

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Self | None:
        """Return the actor in an item; None if nobody caused its change."""
        return None if stored is None else cls(stored["type"], stored.get("name"))


AUTO_START = Actor(ActorType.SYSTEM, "autoStart")
EXPIRY = Actor(ActorType.SYSTEM, "expiry")
LOBBY = Actor(ActorType.SYSTEM, "lobby")
RETENTION = Actor(ActorType.SYSTEM, "retention")
SWEEP = Actor(ActorType.SYSTEM, "sweep")
