"""Those who wait, and when moderators were told, as items of the table of meetings."""

from typing import Any

from meet import dynamodb
from meet.clock import HOUR, SECOND, Milliseconds
from meet.guests.items import partition_of
from meet.lobby.model import LIFETIME, Decision, Waiting
from meet.rooms.model import Role

TTL_ATTRIBUTE = "deleteAfter"
TICKET = "ticket#"
NEWS = "lobby"
"""The item that says when moderators of a room are told next, or were last."""

_KEPT = LIFETIME + HOUR


def ttl_after(moment: int) -> int:
    """Return when an item is removed, in seconds, that was written at this moment."""
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
