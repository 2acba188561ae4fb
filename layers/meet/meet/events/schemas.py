"""Events on the wire."""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from meet.events.cursor import Cursor, EventPage
from meet.events.model import EventType
from meet.powertools import Query
from meet.types import View, broken_rule

DEFAULT_ITEMS = 100
LATEST = "latest"
"""In place of a cursor: from now on."""


def _cursor(text: str | None) -> str | None:
    if text not in {None, LATEST}:
        Cursor.of(str(text))
    return text


def _types(text: str | None) -> str | None:
    types_of(text)
    return text


def types_of(text: str | None) -> frozenset[EventType] | None:
    """Return the types that a comma-separated list names; None, for all of them, if it is None.

    Raises a validation error for an unknown name. `recording.*` stands for all that begin so.
    """
    if text is None:
        return None
    found: set[EventType] = set()
    for name in map(str.strip, text.split(",")):
        family = name.removesuffix("*") if name.endswith(".*") else None
        named = {t for t in EventType if t == name or (family and t.startswith(family))}
        if not named:
            raise broken_rule(f"Must be one or several of {', '.join(EventType)}")
        found |= named
    return frozenset(found)


def page_text(page: EventPage) -> str:
    """Return a page as JSON; the events are the very bytes of the log."""
    events = ",".join(event.body for event in page.events)
    return f'{{"events":[{events}],"cursor":{json.dumps(page.cursor.token)}}}'


CursorQuery = Annotated[
    str | None,
    Query(
        description="The `cursor` of an earlier answer, to continue from there; `latest` for the "
        "cursor of now and no events. Absent: from the oldest event that is kept."
    ),
    AfterValidator(_cursor),
]

TypesQuery = Annotated[
    str | None,
    Query(
        description="Only events of these types, comma-separated; `recording.*` means all that "
        f"begin so. The types are {', '.join(EventType)}.",
        json_schema_extra={"examples": ["room.created,recording.*"]},
    ),
    AfterValidator(_types),
]

RoomFilter = Annotated[
    str | None,
    Query(
        alias="roomName",
        description="Only events of this room, which may be gone. They arrive about ten seconds "
        "later than without it.",
    ),
]


class ActorView(View, title="Actor"):
    """Who caused an event."""

    type: Literal["apiKey", "console", "moderator", "system"] = Field(
        description="An API key, the console's user, a moderator, or the system itself.",
        examples=["apiKey"],
    )
    name: str | None = Field(
        None,
        description="The API key's name, the moderator's identity, or the part of the system: "
        "`autoStart`, `expiry`, `lobby`, `sweep` or `retention`.",
        examples=["first"],
    )


class EventView(View, title="Event"):
    """A fact about a room, a meeting, a participant or a recording."""

    id: str = Field(
        description="The same fact has the same id for ever.",
        examples=["evt_5f0c1m8q0v6w3e7t2k9n4b8x1z"],
    )
    type: EventType = Field(description="What happened.", examples=["recording.ready"])
    timestamp: str = Field(
        description="When it happened: ISO 8601, UTC. This is not the order.",
        examples=["2029-01-01T12:01:04.123Z"],
        json_schema_extra={"format": "date-time"},
    )
    room_name: str = Field(
        description="The room in which it happened.", examples=["OpenVidu-k3v9x0q2m7t1c8z"]
    )
    position: int = Field(
        description="The place in the log: 1, 2, 3, without gaps, in the order of storing.",
        examples=[4711],
        json_schema_extra={"minimum": 1},
    )
    actor: ActorView | None = Field(
        None, description="Who caused it; absent if nobody did, as when a participant joined."
    )
    data: dict[str, Any] = Field(
        description="The room, meeting, participant or recording as it was then; for the types "
        "`*.updated` of rooms also `changed`, for ends also `reason`."
    )


class EventList(View, title="Events"):
    """A page of the log."""

    events: list[EventView] = Field(description="By position; may be empty.")
    cursor: str = Field(
        description="Give it as `after` to read on. Always present.",
        examples=["2f0a5bE3QWxvZyM0NzEx"],
    )


EXAMPLE = {
    "events": [
        {
            "id": "evt_5f0c1m8q0v6w3e7t2k9n4b8x1z",
            "type": EventType.MEETING_STARTED,
            "timestamp": "2029-01-01T12:00:02.000Z",
            "roomName": "OpenVidu-k3v9x0q2m7t1c8z",
            "position": 4711,
            "data": {
                "meetingId": "RM_8fLk2Qx7Zb3N",
                "roomName": "OpenVidu-k3v9x0q2m7t1c8z",
                "startedAt": 1_861_963_202_000,
            },
        }
    ],
    "cursor": "Yw5bBJq0bG9nIzQ3MTE",
}
