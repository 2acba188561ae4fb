"""What callers learn of a meeting before they join it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glance:
    """A meeting that is going on, as LiveKit has reported it."""

    meeting_id: str
    participants: int
    is_recorded: bool
