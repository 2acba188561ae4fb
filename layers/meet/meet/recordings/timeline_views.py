"""The timeline of a recording on the wire."""

from typing import Any, Self

from pydantic import Field

from meet.recordings.timeline import Entry, Kind, Source
from meet.types import View


class EntryView(View, title="RecordingTimelineEntry"):
    """Something that happened to a recording."""

    at: int = Field(
        description="When, in milliseconds since the Unix epoch.", examples=[1_861_920_062_000]
    )
    source: Source = Field(
        description="Where it is known from: a caller of the API, the room's preferences, "
        "LiveKit's recorder, the bucket, or the sweep, which checks every minute what others did "
        "not report.",
        examples=[Source.RECORDER],
    )
    type: Kind = Field(
        description="What happened, for programs; there may be more types later.",
        examples=[Kind.ENDED],
    )
    what: str = Field(description="A sentence.", examples=["The recorder ended after 60 s"])
    actor: dict[str, Any] | None = Field(
        None,
        description="Who caused it, as in events; absent if nobody did.",
        examples=[{"type": "apiKey", "name": "first"}],
    )
    reason: str | None = Field(
        None,
        description="Why it failed or was held; only of entries that say so.",
        examples=["Case 4711: kept for the court"],
    )

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the view of an entry."""
        actor = None if entry.actor is None else entry.actor.to_json()
        return cls(
            at=entry.at,
            source=entry.source,
            type=entry.kind,
            what=entry.what,
            actor=actor,
            reason=entry.reason,
        )


class TimelineView(View, title="RecordingTimeline"):
    """What is known about a recording, oldest first."""

    entries: list[EntryView] = Field(description="Oldest first; never empty.")

    @classmethod
    def of(cls, entries: list[Entry]) -> Self:
        """Return the view of a timeline."""
        return cls(entries=[EntryView.of(entry) for entry in entries])
