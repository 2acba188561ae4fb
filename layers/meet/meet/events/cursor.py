"""Places in the log, and the pages that are read from there."""

from dataclasses import dataclass
from typing import Self

from meet.events.model import StoredEvent
from meet.paging import from_token, to_token

_CURSOR = r"log#(0|[1-9]\d{0,17})"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the log: events up to this position have been read."""

    position: int

    @property
    def token(self) -> str:
        """The opaque text that callers get."""
        return to_token(f"log#{self.position}")

    @classmethod
    def of(cls, token: str) -> Self:
        """Return the cursor in a token; raises a validation error for one that is not ours."""
        key = from_token(token, pattern=_CURSOR, called="cursor") or ""
        return cls(int(key.removeprefix("log#")))


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events in the order of the log, and the cursor that follows them."""

    events: list[StoredEvent]
    cursor: Cursor
