"""Those who wait, in DynamoDB: a decision counts until a token was issued."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meet import dynamodb
from meet.actors import Actor
from meet.clock import SECOND, Milliseconds
from meet.guests.items import key_of, partition_of
from meet.lobby.errors import AdmittedAlready, WaitingNotFound
from meet.lobby.items import (
    NEWS,
    TICKET,
    TTL_ATTRIBUTE,
    ttl_after,
    values_of,
    waiting_from,
)
from meet.lobby.model import LIFETIME, REPEATABLE, Decision, Ticket, Waiting

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_dynamodb import DynamoDBClient

NEWS_EVERY = SECOND
"""Moderators of a room are told at most once in this time, and once after it."""

_PER_TRANSACTION = 100
_FAILED = "ConditionalCheckFailed"


@dataclass(frozen=True)
class WaitingRepository:
    """Stores and finds those who wait."""

    client: "DynamoDBClient"
    table: str

    def add(self, waiting: Waiting) -> None:
        """Store a caller who begins to wait."""
        item = dynamodb.to_item(values_of(waiting))
        self.client.put_item(TableName=self.table, Item=item)

    def get(self, ticket: Ticket) -> Waiting | None:
        """Return the bearer of a ticket, read consistently; None if it is not known."""
        key = key_of(ticket.room_name, TICKET + ticket.id)
        found = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return waiting_from(dynamodb.from_item(found["Item"])) if "Item" in found else None

    def seen(self, waiting: Waiting, *, now: Milliseconds) -> None:
        """Store that a caller still asks."""
        change = dynamodb.Change()
        change.set("seenAt", now)
        with suppress(self.client.exceptions.ConditionalCheckFailedException):
            self.client.update_item(
                TableName=self.table,
                Key=key_of(waiting.room_name, TICKET + waiting.id),
                ConditionExpression=change.exists("meetingId"),
                **change.arguments(),
            )

    def of_room(self, room_name: str, *, now: Milliseconds) -> Iterator[Waiting]:
        """Yield the callers with a ticket that is still valid, who waits longest first."""
        items = dynamodb.query(
            self.client,
            TableName=self.table,
            KeyConditionExpression="meetingId = :room AND #item BETWEEN :first AND :last",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues=dynamodb.to_item(
                {
                    ":room": partition_of(room_name),
                    ":first": f"{TICKET}{now - LIFETIME:015d}",
                    ":last": f"{TICKET}~",
                }
            ),
            ConsistentRead=True,
        )
        return map(waiting_from, items)

    def decide(
        self, room_name: str, waiting_id: str, decision: Decision, *, now: Milliseconds, by: Actor
    ) -> Waiting:
        """Store a decision about one caller, in place of an earlier one.

        Raises WaitingNotFound, or AdmittedAlready if the caller got a token meanwhile.
        """
        update = self._decision(room_name, waiting_id, decision, now, by)
        try:
            item = self.client.update_item(**update, ReturnValues="ALL_NEW")["Attributes"]
        except self.client.exceptions.ConditionalCheckFailedException as error:
            found: Any = error.response
            if "Item" not in found:
                raise WaitingNotFound from error
            waiting = waiting_from(dynamodb.from_item(found["Item"]))
            if waiting.decision is not decision:
                raise AdmittedAlready from error
            return waiting
        return waiting_from(dynamodb.from_item(item))

    def decide_all(
        self, waiting: Sequence[Waiting], decision: Decision, *, now: Milliseconds, by: Actor
    ) -> int:
        """Store a decision about many callers; return about how many it was.

        Those about whom somebody else decides at the same moment are left to them.
        """
        chunks = [
            waiting[start : start + _PER_TRANSACTION]
            for start in range(0, len(waiting), _PER_TRANSACTION)
        ]
        return sum(self._decide_together(chunk, decision, now, by) for chunk in chunks)

    def take(self, waiting: Waiting, *, now: Milliseconds) -> bool:
        """Store that an admitted caller gets a token, which ends the decision.

        False if the caller is not admitted, or got the token some time ago.
        """
        change = dynamodb.Change()
        change.set_once("issuedAt", now)
        is_admitted = change.is_one_of("decision", [Decision.ADMIT])
        is_first = change.is_new("issuedAt")
        is_again = change.is_at_least("issuedAt", now - REPEATABLE + 1)
        try:
            self.client.update_item(
                TableName=self.table,
                Key=key_of(waiting.room_name, TICKET + waiting.id),
                ConditionExpression=f"{is_admitted} AND ({is_first} OR {is_again})",
                **change.arguments(),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def next_news(self, room_name: str, *, now: Milliseconds) -> Milliseconds | None:
        """Return when the caller has to tell the moderators of a room that something changed.

        None if somebody else is about to tell them. The first of many is told at once, the others
        together a second later.
        """
        key = key_of(room_name, NEWS)
        found = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        last = dynamodb.moment(dynamodb.from_item(found.get("Item", {})), "toldAt")
        if last is not None and last > now:
            return None
        at = now if last is None else Milliseconds(max(now, last + NEWS_EVERY))
        change = dynamodb.Change()
        change.set("toldAt", at)
        change.set(TTL_ATTRIBUTE, ttl_after(at))
        is_last = change.is_new("toldAt") if last is None else change.is_one_of("toldAt", [last])
        try:
            self.client.update_item(
                TableName=self.table, Key=key, ConditionExpression=is_last, **change.arguments()
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return self.next_news(room_name, now=now)
        return at

    def _decision(
        self, room_name: str, waiting_id: str, decision: Decision, now: Milliseconds, by: Actor
    ) -> dict[str, Any]:
        change = dynamodb.Change()
        change.set("decision", decision)
        change.set("decidedAt", now)
        change.set("by", by.to_json())
        change.add("decisions", 1)
        is_other = f"NOT {change.is_one_of('decision', [decision])}"
        conditions = [change.exists("meetingId"), is_other, change.is_new("issuedAt")]
        return {
            "TableName": self.table,
            "Key": key_of(room_name, TICKET + waiting_id),
            "ConditionExpression": " AND ".join(conditions),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **change.arguments(),
        }

    def _decide_together(
        self, waiting: Sequence[Waiting], decision: Decision, now: Milliseconds, by: Actor
    ) -> int:
        while waiting:
            updates: Any = [
                {"Update": self._decision(each.room_name, each.id, decision, now, by)}
                for each in waiting
            ]
            try:
                self.client.transact_write_items(TransactItems=updates)
            except self.client.exceptions.TransactionCanceledException as error:
                left = _without_failed(waiting, error)
                if len(left) == len(waiting):
                    raise
                waiting = left
            else:
                break
        return len(waiting)


def _without_failed(waiting: Sequence[Waiting], error: "ClientError") -> list[Waiting]:
    """Return those about whom nobody else has decided."""
    reasons: Any = error.response
    codes = [each.get("Code") for each in reasons["CancellationReasons"]]
    pairs = zip(waiting, codes, strict=True)
    return [each for each, code in pairs if code != _FAILED]
