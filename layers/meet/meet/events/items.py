"""The log's items: events, the ids that are taken, and the head."""

from typing import Any

from meet import dynamodb
from meet.clock import DAY, SECOND, Milliseconds
from meet.events.model import EventType, Fact, StoredEvent

TTL_ATTRIBUTE = "deleteAfter"
EVENTS, HEAD = "events", "head"

IDS_KEPT = 3 * DAY
"""How long an id is known at least: streams repeat their records for a day."""


def key_of(log: str, position: int = 0) -> dict[str, Any]:
    """Return the key of an item."""
    return dynamodb.to_item({"log": log, "position": position})


def id_key(event_id: str) -> dict[str, Any]:
    """Return the key of the item that says that an id is taken."""
    return key_of(f"id#{event_id}")


def event_values(fact: Fact, position: int, at: Milliseconds, retention: int) -> dict[str, Any]:
    """Return the attributes of an event, kept for `retention` milliseconds after `at`."""
    return {
        "log": EVENTS,
        "position": position,
        "body": fact.body(position),
        "id": fact.id,
        "type": fact.type,
        "roomName": fact.room_name,
        "at": at,
        TTL_ATTRIBUTE: _seconds(at + retention),
    }


def id_values(fact: Fact, position: int, at: Milliseconds, retention: int) -> dict[str, Any]:
    """Return the attributes of the item that says that a fact's id is taken, and where it is."""
    return {
        "log": f"id#{fact.id}",
        "position": 0,
        "eventPosition": position,
        TTL_ATTRIBUTE: _seconds(at + max(retention, IDS_KEPT)),
    }


def event_from(values: dict[str, Any]) -> StoredEvent:
    """Return the event in an item."""
    return StoredEvent(
        position=int(values["position"]),
        id=values["id"],
        type=EventType(values["type"]),
        room_name=values["roomName"],
        stored_at=Milliseconds(int(values["at"])),
        body=values["body"],
    )


def _seconds(moment: int) -> int:
    """Return a moment in whole seconds, not earlier."""
    return -(-moment // SECOND)
