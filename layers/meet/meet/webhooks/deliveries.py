"""Deliveries in DynamoDB: events that an endpoint did not accept yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from meet import dynamodb, sweep_index
from meet.clock import MINUTE, SECOND, Milliseconds
from meet.dynamodb import Change
from meet.events.model import StoredEvent
from meet.paging import Page
from meet.webhooks import items
from meet.webhooks.model import Delivery, DeliveryStatus

if TYPE_CHECKING:
    from meet.amazon import ListClient

LIST_KEY = r"\d{15}#evt_[0-9a-z]{26}"
INDEX = "deliveries"
LEASE = 15 * MINUTE
"""After this time a delivery is queued again whose message may be lost."""

_STATE = "deliveryState"


class Due(NamedTuple):
    """Something that the sweep has to look at: a delivery, or without an event, a webhook."""

    webhook_id: str
    event_id: str | None
    at: Milliseconds
    position: int
    retry: int


@dataclass(frozen=True)
class DeliveryRepository:
    """Stores and finds the deliveries that did not succeed at first."""

    client: "ListClient"
    table: str
    retention: int
    """Milliseconds that events, and with them their deliveries, are kept."""

    def park_new(self, webhook_id: str, event: StoredEvent) -> None:
        """Store that an event waits for its endpoint, unless something is stored about it."""
        status = DeliveryStatus.PARKED
        values = {
            **self._about(webhook_id, event),
            "status": status.value,
            _STATE: items.state(webhook_id, status),
        }
        key = items.delivery_key(webhook_id, event.id)
        try:
            self.client.put_item(
                TableName=self.table,
                Item=key | dynamodb.to_item(values),
                ConditionExpression="attribute_not_exists(webhookId)",
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return  # the stream repeats itself

    def park(self, webhook_id: str, event: StoredEvent) -> None:
        """Let a delivery wait for its endpoint, without having tried it."""
        change = self._change(webhook_id, event, DeliveryStatus.PARKED)
        change.remove("sweepAt")
        change.remove("nextAttemptAt")
        self._write(webhook_id, event.id, change)

    def attempted(
        self,
        webhook_id: str,
        event: StoredEvent,
        status: DeliveryStatus,
        *,
        result: str,
        now: Milliseconds,
        retry: int,
        next_at: Milliseconds | None = None,
        sweep_at: Milliseconds | None = None,
    ) -> None:
        """Store a failed attempt and what follows from it."""
        change = self._change(webhook_id, event, status)
        change.add("attempts", 1)
        change.set("lastAttemptAt", now)
        change.set("lastResult", result)
        change.set("retry", retry)
        change.set_or_remove("nextAttemptAt", next_at)
        change.set_or_remove("sweepAt", sweep_at)
        self._write(webhook_id, event.id, change)

    def delete(self, webhook_id: str, event_id: str) -> None:
        """Forget a delivery: it succeeded, or nothing is left to deliver."""
        self.client.delete_item(TableName=self.table, Key=items.delivery_key(webhook_id, event_id))

    def page(self, webhook_id: str, *, after: str | None, limit: int) -> Page[Delivery]:
        """Return the deliveries after a sort key that wait or were given up, newest first."""
        found = list(
            islice(self._newest(webhook_id, tuple(DeliveryStatus), after, limit), limit + 1)
        )
        page = [items.delivery_from(values) for values in found[:limit]]
        more = len(found) > limit
        return Page(page, items.list_key(page[-1].position, page[-1].event_id) if more else None)

    def parked(self, webhook_id: str) -> Iterator[Delivery]:
        """Yield the deliveries that wait for their endpoint, oldest first."""
        return self._oldest(webhook_id, DeliveryStatus.PARKED, limit=100)

    def probe(self, webhook_id: str) -> Delivery | None:
        """Return the delivery to try a resting endpoint with: of the oldest and the newest, the one
        that was tried less.

        Always the same one would never find out that only this one is refused.
        """
        for status in (DeliveryStatus.PARKED, DeliveryStatus.WAITING):
            oldest = next(self._oldest(webhook_id, status, limit=1), None)
            newest = next(self._newest(webhook_id, (status,), None, 1), None)
            if oldest is not None and newest is not None:
                return min(oldest, items.delivery_from(newest), key=lambda each: each.attempts)
        return None

    def due(self, until: Milliseconds) -> Iterator[Due]:
        """Yield what the sweep has to look at, earliest first."""
        for values in sweep_index.due_items(self.client, table=self.table, until=until):
            yield Due(
                values["webhookId"],
                items.event_in(values["item"]),
                Milliseconds(int(values["sweepAt"])),
                int(values.get("position", 0)),
                int(values.get("retry", 0)),
            )

    def claim(self, due: Due, event_id: str, *, now: Milliseconds) -> bool:
        """Take a due delivery for this sweep; False if another took it, or it is gone."""
        change = Change()
        change.set("sweepAt", now + LEASE)
        condition = change.is_one_of("sweepAt", [due.at])
        return self._update(due.webhook_id, event_id, change, condition)

    def release(self, delivery: Delivery, *, now: Milliseconds) -> bool:
        """Take a parked delivery to be queued; False if another did, or it is gone."""
        change = Change()
        condition = change.is_one_of("status", [DeliveryStatus.PARKED.value])
        change.set("status", DeliveryStatus.WAITING.value)
        change.set(_STATE, items.state(delivery.webhook_id, DeliveryStatus.WAITING))
        change.set("nextAttemptAt", now)
        change.set("sweepAt", now + LEASE)
        return self._update(delivery.webhook_id, delivery.event_id, change, condition)

    def _about(self, webhook_id: str, event: StoredEvent) -> dict[str, Any]:
        return {
            "position": event.position,
            "type": event.type.value,
            "roomName": event.room_name,
            "indexShard": dynamodb.shard_of(webhook_id),
            "listKey": items.list_key(event.position, event.id),
            "deleteAfter": (event.stored_at + self.retention) // SECOND,
        }

    def _change(self, webhook_id: str, event: StoredEvent, status: DeliveryStatus) -> Change:
        change = Change()
        for name, value in self._about(webhook_id, event).items():
            change.set(name, value)
        change.set("status", status.value)
        change.set(_STATE, items.state(webhook_id, status))
        return change

    def _write(self, webhook_id: str, event_id: str, change: Change) -> None:
        self.client.update_item(
            TableName=self.table,
            Key=items.delivery_key(webhook_id, event_id),
            **change.arguments(),
        )

    def _update(self, webhook_id: str, event_id: str, change: Change, condition: str) -> bool:
        try:
            self.client.update_item(
                TableName=self.table,
                Key=items.delivery_key(webhook_id, event_id),
                ConditionExpression=condition,
                **change.arguments(),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _newest(
        self,
        webhook_id: str,
        statuses: tuple[DeliveryStatus, ...],
        after: str | None,
        limit: int,
    ) -> Iterator[dict[str, Any]]:
        return dynamodb.newest_first(
            self.client,
            table=self.table,
            after=after,
            limit=limit,
            index=INDEX,
            attribute=_STATE,
            partitions=[items.state(webhook_id, status) for status in statuses],
        )

    def _oldest(self, webhook_id: str, status: DeliveryStatus, *, limit: int) -> Iterator[Delivery]:
        found = dynamodb.query(
            self.client,
            TableName=self.table,
            IndexName=INDEX,
            KeyConditionExpression=f"{_STATE} = :state",
            ExpressionAttributeValues=dynamodb.to_item({":state": items.state(webhook_id, status)}),
            ScanIndexForward=False,
            Limit=limit,
        )
        return map(items.delivery_from, found)
