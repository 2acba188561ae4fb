"""Rooms in DynamoDB: the conditional writes and the indexes of the table."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from meet import dynamodb, sweep_index
from meet.actors import Actor
from meet.clock import Milliseconds
from meet.errors import RoomNotFound
from meet.paging import Page
from meet.rooms.items import (
    LISTED,
    TTL_ATTRIBUTE,
    Changes,
    change_of,
    from_values,
    key_of,
    list_key_of,
    preferences_from,
    to_values,
    ttl_after,
)
from meet.rooms.model import (
    NAME,
    ClosedBy,
    Removal,
    Role,
    Room,
    RoomOutline,
    new_secret,
)

if TYPE_CHECKING:
    from meet.amazon import ListClient

MOST_REMOVALS = 200
"""Removals kept per room: they take 55 KB at most, of an item's 400 KB."""

_LIFETIME = ("roomName", "expirationDate", "closedAt")
"""Attributes that say whether a room is open. IAM limits the web function to them."""

_OUTLINE = ("roomName", "creationDate", "expirationDate", "preferences")
"""Attributes that events of OpenVidu Meet contain. IAM limits the function that sends them."""

IS_OPEN = "attribute_exists(roomName) AND attribute_not_exists(closedAt) AND expirationDate > :now"

_FINISH = (
    "SET closedAt = if_not_exists(closedAt, expirationDate), "
    "closedBy = if_not_exists(closedBy, :expiry) REMOVE listKey, sweepAt"
)
_MAY_FINISH = (
    "(expirationDate <= :now OR attribute_exists(closedAt)) AND attribute_not_exists(guestList)"
)


def _finish_values(now: Milliseconds) -> dict[str, Any]:
    return {":now": now, ":expiry": ClosedBy.EXPIRY}


class NameTaken(Exception):
    """A room with this name exists."""


@dataclass(frozen=True)
class RoomRepository:
    """Stores and finds rooms."""

    client: "ListClient"
    table: str

    def add(self, room: Room, *, by: Actor | None = None) -> None:
        """Store a new room; raises NameTaken instead of overwriting one."""
        try:
            self.client.put_item(
                TableName=self.table,
                Item=dynamodb.to_item(to_values(room) | {"by": by and by.to_json()}),
                ConditionExpression="attribute_not_exists(roomName)",
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            raise NameTaken(room.name) from error

    def get(self, name: str) -> Room:
        """Return a stored room, open or not; raises RoomNotFound if there is none."""
        if NAME.fullmatch(name) is None:
            raise RoomNotFound
        found = self.client.get_item(TableName=self.table, Key=key_of(name), ConsistentRead=True)
        if "Item" not in found:
            raise RoomNotFound
        return from_values(dynamodb.from_item(found["Item"]))

    def is_open(self, name: str, *, now: Milliseconds) -> bool:
        """True if a room is open. Reads only the attributes for that, none of its secrets."""
        if NAME.fullmatch(name) is None:
            return False
        found = self.client.get_item(
            TableName=self.table,
            Key=key_of(name),
            ProjectionExpression=", ".join(_LIFETIME),
            ConsistentRead=True,
        )
        values = dynamodb.from_item(found.get("Item", {}))
        return bool(values) and "closedAt" not in values and now < values["expirationDate"]

    def outline(self, name: str) -> RoomOutline | None:
        """Return the facts about a room, open or not, without reading its secrets."""
        found = self.client.get_item(
            TableName=self.table, Key=key_of(name), ProjectionExpression=", ".join(_OUTLINE)
        )
        values = dynamodb.from_item(found.get("Item", {}))
        if not values:
            return None
        return RoomOutline(
            Milliseconds(int(values["creationDate"])),
            Milliseconds(int(values["expirationDate"])),
            preferences_from(values),
        )

    def open_among(self, names: Sequence[str], *, now: Milliseconds) -> list[Room]:
        """Return those of the named rooms that are open."""
        keys = [key_of(each) for each in names if NAME.fullmatch(each)]
        items = dynamodb.get_many(self.client, table=self.table, keys=keys)
        return [room for room in map(from_values, items) if room.is_open(now)]

    def page(self, *, after: str | None, limit: int, now: Milliseconds) -> Page[Room]:
        """Return at most `limit` open rooms that follow a sort key, newest first.

        They have what a room's JSON shows, and nothing else.
        """
        items = dynamodb.newest_first(
            self.client, table=self.table, after=after, limit=limit, attributes=LISTED
        )
        rooms = (from_values(values) for values in items)
        found = list(islice((room for room in rooms if room.is_open(now)), limit + 1))
        page = found[:limit]
        return Page(page, list_key_of(page[-1]) if len(found) > limit else None)

    def change(self, name: str, changes: Changes, *, now: Milliseconds, by: Actor) -> Room:
        """Change an open room; raises RoomNotFound if it is not open."""
        return self._change(name, change_of(changes), now=now, by=by)

    def _change(self, name: str, change: dynamodb.Change, *, now: Milliseconds, by: Actor) -> Room:
        change.set("by", by.to_json())
        change.set("updatedAt", now)
        change.add("revision", 1)
        return self.update(
            name,
            change.arguments()["UpdateExpression"],
            condition=IS_OPEN,
            names=change.names,
            values={":now": now, **change.values},
        )

    def rotate_link(
        self, name: str, role: Role, *, shuts_out: bool, now: Milliseconds, by: Actor
    ) -> Room:
        """Give a link of an open room a new secret; raises RoomNotFound.

        With `shuts_out`, those who came by an earlier one may not be in the room any longer.
        """
        change = dynamodb.Change()
        change.set(f"secrets.{role}", new_secret())
        change.add(f"{role}LinkVersion", 1)
        if shuts_out:
            change.set_to_next(f"{role}LinkEpoch", after=f"{role}LinkVersion")
        return self._change(name, change, now=now, by=by)

    def keep_guest_list(self, name: str, *, now: Milliseconds) -> None:
        """Note that an open room has invitations or bans; raises RoomNotFound."""
        self.update(
            name, "SET guestList = :yes", condition=IS_OPEN, values={":now": now, ":yes": True}
        )

    def close(self, name: str, *, now: Milliseconds, by: Actor) -> Room:
        """Close an open room, and make it due for the sweep."""
        return self.update(
            name,
            f"SET closedAt = :now, closedBy = :caller, #by = :by, sweepAt = :now, "
            f"{TTL_ATTRIBUTE} = :gone REMOVE listKey",
            condition=IS_OPEN,
            names={"#by": "by"},
            values={
                ":now": now,
                ":caller": ClosedBy.CALLER,
                ":by": by.to_json(),
                ":gone": ttl_after(now),
            },
        )

    def mark_expired(self, name: str, *, now: Milliseconds) -> Room:
        """Close an expired room and take it from the list; a closed room stays closed."""
        return self.update(
            name,
            "SET closedAt = if_not_exists(closedAt, expirationDate), "
            "closedBy = if_not_exists(closedBy, :expiry) REMOVE listKey",
            condition="expirationDate <= :now OR attribute_exists(closedAt)",
            values={":now": now, ":expiry": ClosedBy.EXPIRY},
        )

    def finish(self, name: str, *, now: Milliseconds) -> bool:
        """Close a room that is over and has no meeting, and take it from list and sweep at once.

        False, and nothing is written, if it is not over, or has a guest list to delete.
        """
        with suppress(RoomNotFound):
            self.update(name, _FINISH, condition=_MAY_FINISH, values=_finish_values(now))
            return True
        return False

    def finish_together(self, names: Sequence[str], *, now: Milliseconds) -> list[str]:
        """Do the same for several rooms in one transaction; return those that are left."""
        values = dynamodb.to_item(_finish_values(now))
        going, left = list(names), list[str]()
        while going:
            writes: Any = [
                {
                    "Update": {
                        "TableName": self.table,
                        "Key": key_of(name),
                        "UpdateExpression": _FINISH,
                        "ConditionExpression": _MAY_FINISH,
                        "ExpressionAttributeValues": values,
                    }
                }
                for name in going
            ]
            refused = dynamodb.refused_of(self.client, writes)
            if not refused:
                return left
            left += [going[place] for place in refused]
            going = [name for place, name in enumerate(going) if place not in refused]
        return left

    def due(self, until: Milliseconds) -> Iterator[tuple[str, Milliseconds]]:
        """Yield name and due time of the rooms that the sweep has to end, earliest first."""
        return sweep_index.due(self.client, table=self.table, name="roomName", until=until)

    def sweep_again(self, name: str, *, at: Milliseconds) -> None:
        """Make a room due for the sweep again, whose meeting could not be ended.

        A room whose end was moved meanwhile stays due then.
        """
        with suppress(RoomNotFound):
            self.update(
                name,
                "SET sweepAt = :at",
                condition="attribute_exists(sweepAt) AND sweepAt < :at",
                values={":at": at},
            )

    def meeting_is_over(self, name: str) -> None:
        """Take a closed room from the sweep's index: nothing is left to do."""
        self.update(name, "REMOVE sweepAt", condition="attribute_exists(closedAt)")

    def add_removals(self, room: Room, removals: Sequence[Removal]) -> None:
        """Store removals of participants; beyond MOST_REMOVALS the oldest are dropped."""
        latest = removals[-MOST_REMOVALS:]
        surplus = room.removals[: max(0, len(room.removals) + len(latest) - MOST_REMOVALS)]
        if surplus:
            self._update_removals(room.name, "DELETE", surplus)
        self._update_removals(room.name, "ADD", latest)

    def _update_removals(self, name: str, action: str, removals: Sequence[Removal]) -> None:
        """Add to or delete from the set: concurrent removals do not overwrite each other."""
        self.update(
            name,
            f"{action} removals :removals",
            condition="attribute_exists(roomName)",
            values={":removals": {f"{each.at} {each.identity}" for each in removals}},
        )

    def end_tokens(self, name: str, *, now: Milliseconds) -> Room:
        """Let the join tokens that were issued until now admit no one; raises RoomNotFound."""
        return self.update(
            name, "SET tokensValidAfter = :now", condition=IS_OPEN, values={":now": now}
        )

    def taking(self, name: str, recording_id: str, *, now: Milliseconds) -> dict[str, Any]:
        """Return the transaction item that marks an open room as being recorded."""
        return {
            "TableName": self.table,
            "Key": key_of(name),
            "UpdateExpression": "SET activeRecordingId = :id",
            "ConditionExpression": f"{IS_OPEN} AND attribute_not_exists(activeRecordingId)",
            "ExpressionAttributeValues": dynamodb.to_item({":id": recording_id, ":now": now}),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def recording_is_stopped(self, name: str, *, at: Milliseconds) -> None:
        """Note that a caller stopped what was recorded then: none begins in that meeting again."""
        with suppress(RoomNotFound):
            self.update(
                name,
                "SET recordingStoppedAt = :at",
                condition="attribute_exists(roomName) AND "
                "(attribute_not_exists(recordingStoppedAt) OR recordingStoppedAt < :at)",
                values={":at": at},
            )

    def hosting(self, name: str, meeting_id: str, *, since: Milliseconds) -> dict[str, Any]:
        """Return the transaction item that marks a room as having this meeting.

        Of two meetings the later one stays, since LiveKit has one at a time in a room.
        """
        return {
            "TableName": self.table,
            "Key": key_of(name),
            "UpdateExpression": "SET activeMeetingId = :id, activeMeetingSince = :since",
            "ConditionExpression": "attribute_exists(roomName) AND "
            "(attribute_not_exists(activeMeetingId) OR activeMeetingSince < :since)",
            "ExpressionAttributeValues": dynamodb.to_item({":id": meeting_id, ":since": since}),
        }

    def meeting_has_ended(self, name: str, meeting_id: str) -> None:
        """Clear the room's active meeting, if it is still this one."""
        with suppress(RoomNotFound):
            self.update(
                name,
                "REMOVE activeMeetingId, activeMeetingSince",
                condition="activeMeetingId = :id",
                values={":id": meeting_id},
            )

    def release(self, name: str, recording_id: str) -> None:
        """Clear the room's active recording, if it is still this one."""
        with suppress(RoomNotFound):
            self.update(
                name,
                "REMOVE activeRecordingId",
                condition="activeRecordingId = :id",
                values={":id": recording_id},
            )

    def update(
        self,
        name: str,
        expression: str,
        *,
        condition: str,
        names: dict[str, str] | None = None,
        values: dict[str, Any] | None = None,
    ) -> Room:
        """Change a room's item; raises RoomNotFound if it does not meet the condition."""
        if NAME.fullmatch(name) is None:
            raise RoomNotFound
        optional: dict[str, Any] = {}
        if names:
            optional["ExpressionAttributeNames"] = names
        if values:
            optional["ExpressionAttributeValues"] = dynamodb.to_item(values)
        try:
            updated = self.client.update_item(
                TableName=self.table,
                Key=key_of(name),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ReturnValues="ALL_NEW",
                **optional,
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            raise RoomNotFound from error
        return from_values(dynamodb.from_item(updated["Attributes"]))
