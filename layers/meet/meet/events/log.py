"""The log of events in DynamoDB: one number line without gaps.

Whatever is appended goes into one transaction with the head, so positions appear in their order: a
reader who reads upwards misses nothing. Its rate is that of one item, the head.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meet import clock, dynamodb
from meet.clock import SECOND, Milliseconds
from meet.events.cursor import Cursor, EventPage
from meet.events.errors import EventsNotKept
from meet.events.items import EVENTS, HEAD, event_from, event_values, id_key, id_values, key_of
from meet.events.model import EventType, Fact, StoredEvent
from meet.rooms.model import NAME

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_dynamodb import DynamoDBClient

logger = logging.getLogger(__name__)

ROOM_INDEX = "byRoom"

PER_TRANSACTION = 25
"""Facts, with two items each: DynamoDB takes 100 items in a transaction."""
_ATTEMPTS = 10

INDEX_DELAY = 10 * SECOND
"""How far an index may lag behind its table. DynamoDB promises no time; mostly it is well below a
second."""

_EXAMINED = 10_000
"""Events that one read looks at, if few of them are wanted."""
_MAX_BYTES = 2 * 1024 * 1024
"""Of events in one page. Lambda answers with at most 6 MB, in which quotes are escaped."""


class HeadContended(Exception):
    """Others appended to the log each time; to be tried again later."""


@dataclass(frozen=True, slots=True)
class _Head:
    """The last position of the log, and when it was taken."""

    last: int
    at: Milliseconds


@dataclass(frozen=True)
class EventLog:
    """Appends events and reads them."""

    client: "DynamoDBClient"
    table: str
    retention: int
    """Milliseconds that an event is kept."""

    # ------------------------------------------------------------------------------ appending

    def append(self, groups: Sequence[Sequence[Fact]]) -> None:
        """Store those of the facts that are not in the log yet, in their order.

        Those of a group appear together. Raises HeadContended.
        """
        batch: list[Fact] = []
        seen: set[str] = set()
        for group in groups:
            new = [fact for fact in group if fact.id not in seen]
            seen |= {fact.id for fact in new}
            if len(batch) + len(new) > PER_TRANSACTION:
                self._append(batch)
                batch = []
            batch = [*batch, *new]
        self._append(batch)

    def _append(self, facts: list[Fact]) -> None:
        lost = 0
        while facts:
            clock.pause(lost)
            head = self._head()
            try:
                self.client.transact_write_items(TransactItems=self._writes(facts, head))
            except self.client.exceptions.TransactionCanceledException as error:
                failed = _failed_conditions(error)
                known = {i for i, fact in enumerate(facts) if 1 + 2 * i + 1 in failed}
                if not failed:
                    raise
                facts = [fact for i, fact in enumerate(facts) if i not in known]
                if not known:
                    lost += 1
                    if lost == _ATTEMPTS:
                        raise HeadContended(f"{_ATTEMPTS} times") from error
            else:
                return

    def _writes(self, facts: list[Fact], head: _Head) -> Any:
        """Return the transaction: the head, then each event and its id."""
        at = Milliseconds(max(clock.now(), head.at))
        moved: dict[str, Any] = {
            "TableName": self.table,
            "Key": key_of(HEAD),
            "UpdateExpression": "SET #last = :new, #at = :at",
            "ConditionExpression": "attribute_not_exists(#last)"
            if head.last == 0
            else "#last = :old",
            "ExpressionAttributeNames": {"#last": "last", "#at": "at"},
            "ExpressionAttributeValues": dynamodb.to_item(
                {":new": head.last + len(facts), ":at": at, ":old": head.last or None}
            ),
        }
        writes: list[dict[str, Any]] = [{"Update": moved}]
        for position, fact in enumerate(facts, head.last + 1):
            writes += [
                self._put(event_values(fact, position, at, self.retention)),
                self._put(id_values(fact, position, at, self.retention)),
            ]
        return writes

    def _put(self, values: dict[str, Any]) -> dict[str, Any]:
        put = {
            "TableName": self.table,
            "Item": dynamodb.to_item(values),
            "ConditionExpression": "attribute_not_exists(#log)",
            "ExpressionAttributeNames": {"#log": "log"},
        }
        return {"Put": put}

    # -------------------------------------------------------------------------------- reading

    def latest(self) -> Cursor:
        """Return the cursor that follows the last event."""
        return Cursor(self._head().last)

    def at(self, positions: Sequence[int]) -> list[StoredEvent]:
        """Return those of the events at these positions that are kept, in their order."""
        keys = [key_of(EVENTS, position) for position in dict.fromkeys(positions)]
        found = dynamodb.get_many(self.client, table=self.table, keys=keys)
        events = [event_from(values) for values in found]
        return sorted(filter(self._is_kept, events), key=lambda event: event.position)

    def positions_of(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the positions of those of the events with these ids that the log remembers."""
        keys = [id_key(each) for each in dict.fromkeys(ids)]
        found = dynamodb.get_many(self.client, table=self.table, keys=keys)
        return {v["log"].removeprefix("id#"): int(v["eventPosition"]) for v in found}

    def read(
        self,
        after: Cursor | None,
        *,
        limit: int,
        types: frozenset[EventType] | None = None,
        room: str | None = None,
    ) -> EventPage:
        """Return events that follow a cursor; without one, from the oldest that is kept.

        A page may have fewer than `limit` events, also none, though more follow. Raises
        EventsNotKept rather than leave out an event that was removed.
        """
        head = self._head()
        position = self._oldest(head) - 1 if after is None else self._checked(after, head)
        # Without a limit DynamoDB reads, and is paid for, up to a megabyte.
        limits = {} if types else {"Limit": limit}
        if room is None:
            found, end = self._query(position, **limits), None
        else:
            end = max(position, self._first_since(clock.now() - INDEX_DELAY, position, head) - 1)
            found = self._query_room(room, position, end, **limits)
        return self._page(found, position, end, limit, lambda e: not types or e.type in types)

    def _page(
        self,
        found: Iterator[StoredEvent],
        position: int,
        end: int | None,
        limit: int,
        is_wanted: Callable[[StoredEvent], bool],
    ) -> EventPage:
        """Return the first events that are wanted, and how far that was looked."""
        events: list[StoredEvent] = []
        size = 0
        for examined, event in enumerate(found, 1):
            if is_wanted(event):
                size += len(event.body.encode())
                if events and size > _MAX_BYTES:
                    return EventPage(events, Cursor(position))
                events.append(event)
            position = event.position
            if len(events) == limit or examined == _EXAMINED:
                return EventPage(events, Cursor(position))
        return EventPage(events, Cursor(position if end is None else end))

    def _checked(self, after: Cursor, head: _Head) -> int:
        """Return the cursor's position; raises EventsNotKept if the event after it is gone."""
        position = after.position
        if position == head.last:
            return position
        first = self._first(position + 1)
        if first is None or first.position != position + 1 or not self._is_kept(first):
            raise EventsNotKept
        return position

    def _oldest(self, head: _Head) -> int:
        """Return the position of the oldest event that is kept, or the next one of all."""
        return self._first_since(clock.now() - self.retention, 0, head)

    def _first_since(self, moment: int, after: int, head: _Head) -> int:
        """Return the first position after another whose event was stored since a moment.

        The time to live removes events in no order, but those that are kept have no gaps, and
        none is stored before the one in front of it: so it is searched by halves.
        """
        found = head.last + 1
        if head.at < moment:
            return found
        low, high = after + 1, found
        while low < high:
            middle = low if low == after + 1 else (low + high) // 2
            event = self._first(middle)
            if event is None:
                break
            if event.stored_at >= moment:
                found, high = event.position, middle
            else:
                low = event.position + 1
        return found

    def _first(self, position: int) -> StoredEvent | None:
        """Return the first event from a position on; None if there is none."""
        return next(self._query(position - 1, Limit=1), None)

    def _query(self, position: int, **more: Any) -> Iterator[StoredEvent]:
        """Yield the events after a position, read consistently."""
        items = dynamodb.query(
            self.client,
            TableName=self.table,
            KeyConditionExpression="#log = :events AND #position > :position",
            ExpressionAttributeNames={"#log": "log", "#position": "position"},
            ExpressionAttributeValues=dynamodb.to_item({":events": EVENTS, ":position": position}),
            ConsistentRead=True,
            **more,
        )
        return map(event_from, items)

    def _query_room(self, room: str, position: int, end: int, **more: Any) -> Iterator[StoredEvent]:
        """Yield a room's events after a position and up to another one."""
        if NAME.fullmatch(room) is None or position >= end:
            return iter(())
        items = dynamodb.query(
            self.client,
            TableName=self.table,
            IndexName=ROOM_INDEX,
            KeyConditionExpression="roomName = :room AND #position BETWEEN :first AND :last",
            ExpressionAttributeNames={"#position": "position"},
            ExpressionAttributeValues=dynamodb.to_item(
                {":room": room, ":first": position + 1, ":last": end}
            ),
            **more,
        )
        return filter(self._is_kept, map(event_from, items))

    def _is_kept(self, event: StoredEvent) -> bool:
        return event.stored_at >= clock.now() - self.retention

    def _head(self) -> _Head:
        found = self.client.get_item(TableName=self.table, Key=key_of(HEAD), ConsistentRead=True)
        values = dynamodb.from_item(found.get("Item", {}))
        return _Head(int(values.get("last", 0)), Milliseconds(int(values.get("at", 0))))


def _failed_conditions(error: "ClientError") -> set[int]:
    """Return the numbers of a transaction's items whose condition was not met."""
    reasons = error.response["CancellationReasons"]
    failed = "ConditionalCheckFailed"
    return {number for number, each in enumerate(reasons) if each.get("Code") == failed}
