"""Those who wait, and when moderators were told, as items of the table of meetings."""

from typing import Any

from meet import dynamodb
from meet.clock import HOUR, SECOND, Milliseconds
from meet.lobby.model import LIFETIME, Decision, Waiting
from meet.rooms.model import Role

TTL_ATTRIBUTE = "deleteAfter"
TICKET = "ticket#"
NEWS = "lobby"
"""The item that says when moderators of a room are told next, or were last."""

_PARTITION = "room#"
_KEPT = LIFETIME + HOUR


def partition_of(room_name: str) -> str:
    """Return the partition key of what belongs to a room and to no meeting."""
    return _PARTITION + room_name


def key_of(room_name: str, item: str) -> dict[str, Any]:
    """Return the key of an item of a room."""
    return dynamodb.to_item({"meetingId": partition_of(room_name), "item": item})


def ttl_after(moment: int) -> int:
    """Return when an item is removed that nobody needs any more an hour after this moment."""
    return (moment + _KEPT) // SECOND


def values_of(waiting: Waiting) -> dict[str, Any]:
    """Return the item of a caller who begins to wait."""
    return {
        "meetingId": partition_of(waiting.room_name),
        "item": TICKET + waiting.id,
        "roomName": waiting.room_name,
        "name": waiting.name,
        "identity": waiting.identity,
        "role": waiting.role,
        "since": waiting.since,
        "seenAt": waiting.seen_at,
        "attributes": dict(waiting.attributes),
        TTL_ATTRIBUTE: ttl_after(waiting.since),
    }


def waiting_from(values: dict[str, Any]) -> Waiting:
    """Return the caller in an item."""
    return Waiting(
        id=values["item"].removeprefix(TICKET),
        room_name=values["roomName"],
        name=values["name"],
        identity=values["identity"],
        role=Role(values["role"]),
        since=Milliseconds(int(values["since"])),
        seen_at=Milliseconds(int(values["seenAt"])),
        attributes=values["attributes"],
        decision=Decision(values["decision"]) if "decision" in values else None,
        issued_at=dynamodb.moment(values, "issuedAt"),
    )
