"""Roles that were changed in a room: its item keeps the latest one of each participant."""

from dataclasses import dataclass
from typing import Any

from meet import dynamodb
from meet.clock import Milliseconds
from meet.errors import RoomNotFound, TemporarilyUnavailable
from meet.rooms.items import from_values, key_of, role_change_values
from meet.rooms.model import RoleChange, Room
from meet.rooms.repository import IS_OPEN, RoomRepository

MOST_ROLE_CHANGES = 200
"""Changed roles kept per room: they take 100 KB at most, of an item's 400 KB."""

_ATTEMPTS = 10


@dataclass(frozen=True)
class StoredRoles:
    """Stores the roles of participants, in an order that DynamoDB decides."""

    rooms: RoomRepository

    def store(self, room: Room, identity: str, change: RoleChange, *others: Any) -> bool:
        """Store a participant's role and make other writes, all or nothing.

        False if a condition of the others is not met. Beyond MOST_ROLE_CHANGES the oldest change
        is dropped. Raises RoomNotFound if the room is not open.
        """
        for _ in range(_ATTEMPTS):
            update = self._change(room, identity, change)
            try:
                self.rooms.client.transact_write_items(TransactItems=[{"Update": update}, *others])  # type: ignore[typeddict-item]
            except self.rooms.client.exceptions.TransactionCanceledException as error:
                own, *rest = error.response["CancellationReasons"]
                if own.get("Code") == "ConditionalCheckFailed":
                    room = self._ready(own.get("Item"), change.at)
                elif any(each.get("Code") == "ConditionalCheckFailed" for each in rest):
                    return False
                else:
                    raise
            else:
                return True
        raise TemporarilyUnavailable("other changes of roles are in the way")

    def _change(self, room: Room, identity: str, change: RoleChange) -> dict[str, Any]:
        names = {"#identity": identity}
        values = {":change": role_change_values(change), ":now": change.at}
        expression = "SET roleChanges.#identity = :change"
        if identity not in room.role_changes and len(room.role_changes) >= MOST_ROLE_CHANGES:
            names["#oldest"] = min(room.role_changes, key=lambda each: room.role_changes[each].at)
            expression += " REMOVE roleChanges.#oldest"
            has_place = "attribute_exists(roleChanges.#oldest)"
        else:
            values[":most"] = MOST_ROLE_CHANGES
            has_place = "attribute_exists(roleChanges.#identity) OR size(roleChanges) < :most"
        return {
            "TableName": self.rooms.table,
            "Key": key_of(room.name),
            "UpdateExpression": expression,
            "ConditionExpression": f"{IS_OPEN} AND attribute_exists(roleChanges) AND ({has_place})",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": dynamodb.to_item(values),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _ready(self, item: Any, now: Milliseconds) -> Room:
        """Return the room in an item, in which roles can be changed; raises RoomNotFound."""
        values = dynamodb.from_item(item or {})
        if not values or not from_values(values).is_open(now):
            raise RoomNotFound
        room = from_values(values)
        if "roleChanges" in values:
            return room
        return self.rooms.update(
            room.name,
            "SET roleChanges = if_not_exists(roleChanges, :none)",
            condition=IS_OPEN,
            values={":none": {}, ":now": now},
        )
