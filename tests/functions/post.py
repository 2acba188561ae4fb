"""Everything between the log and the endpoints, in memory: the stream, the queues, the schedule."""

import heapq
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext
from moto.backends import get_backend

from meet.clock import MINUTE, SECOND, Milliseconds
from meet.events.model import EventType, Fact, event_id
from meet.wiring.events import event_log
from tests.fakes import Clock
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import CONTEXT, Call
from tools.memory_aws import ACCOUNT, ENVIRONMENT, REGION

ROOM = "team-7yj8dfcycq1n0gr"
VISIBILITY = 120 * SECOND
BATCH = 5
MAPPINGS = {
    "Deliveries": ENVIRONMENT["DELIVERIES_MAPPING"],
    "SlowDeliveries": ENVIRONMENT["SLOW_DELIVERIES_MAPPING"],
}
"""Queue -> the id of the mapping by which Lambda polls it."""

SWEEPING = cast(
    LambdaContext,
    SimpleNamespace(**vars(CONTEXT) | {"get_remaining_time_in_millis": lambda: 55_000}),
)


@dataclass
class Post:
    """Takes events from the log to the endpoints, as Lambda does, on a clock that stands still.

    What was queued is read from what AWS was asked: its own queues would need real time.
    """

    call: Call
    clock: Clock
    calls: AwsCalls
    waiting: list[tuple[int, int, str, str]] = field(default_factory=list)
    """(when it may be delivered, number, queue, body)."""
    dispatched: int = 0
    """The position of the last event that was."""
    every: int = MINUTE
    """How often the schedule comes."""
    queued: list[str] = field(default_factory=list)
    """The events of all messages so far, in the order in which they were queued."""
    _numbers: Any = field(default_factory=count)
    _next_sweep: int = 0

    def register(self, url: str, **body: Any) -> dict[str, Any]:
        """Create a webhook."""
        reply = self.call("POST", "/webhooks", {"url": url} | body)
        assert reply.status == 201, reply.text
        webhook: dict[str, Any] = reply.body
        return webhook

    def shown(self, webhook: dict[str, Any]) -> dict[str, Any]:
        """Return a webhook as the API shows it now."""
        found: dict[str, Any] = self.call("GET", f"/webhooks/{webhook['webhookId']}").body
        return found

    def deliveries(self, webhook: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the deliveries that a webhook has not accepted."""
        found: list[dict[str, Any]] = self.call(
            "GET", f"/webhooks/{webhook['webhookId']}/deliveries"
        ).body
        return found

    def log(
        self,
        number: int = 1,
        kind: EventType = EventType.ROOM_CREATED,
        room: str = ROOM,
        **data: Any,
    ) -> list[str]:
        """Append events to the log and dispatch them; return their ids."""
        facts = [
            Fact(event_id(kind, next(self._numbers), self.clock()), kind, self.clock(), room, data)
            for _ in range(number)
        ]
        for start in range(0, number, 25):
            event_log().append([facts[start : start + 25]])
        self.dispatch()
        return [fact.id for fact in facts]

    def dispatch(self) -> None:
        """Hand the events after the last dispatched one to dispatch_events, as the stream does."""
        found = boto3.client("dynamodb").query(
            TableName="EventsTable",
            KeyConditionExpression="#log = :events AND #position > :last",
            ExpressionAttributeNames={"#log": "log", "#position": "position"},
            ExpressionAttributeValues={
                ":events": {"S": "events"},
                ":last": {"N": str(self.dispatched)},
            },
        )
        records = [
            {"eventName": "INSERT", "dynamodb": {"NewImage": image}} for image in found["Items"]
        ]
        self.dispatched += len(records)
        for start in range(0, len(records), 100):
            self._invoke("dispatch_events", {"Records": records[start : start + 100]})

    def run(self, milliseconds: int) -> None:
        """Let time pass: queued messages are delivered, and the sweep comes every minute."""
        until = self.clock() + milliseconds
        self._next_sweep = self._next_sweep or self.clock() + self.every
        while True:
            is_polled = bool(self.waiting) and self.polls(self.waiting[0][2])
            due = max(self.waiting[0][0], self.clock()) if is_polled else until + 1
            moment = min(due, self._next_sweep)
            if moment > until:
                break
            self.clock.wait_until(Milliseconds(moment))
            if due <= self._next_sweep:
                self.deliver()
            else:
                self._next_sweep += self.every
                self.sweep()
        self.clock.wait_until(Milliseconds(until))

    def polls(self, queue: str) -> bool:
        """True if Lambda polls a queue, such as Deliveries."""
        return states()[MAPPINGS[queue]] == "Enabled"

    def deliver(self) -> None:
        """Deliver one batch of what is due."""
        _, _, queue, _ = self.waiting[0]
        batch: list[tuple[int, int, str, str]] = []
        kept: list[tuple[int, int, str, str]] = []
        while self.waiting and len(batch) < BATCH and self.waiting[0][0] <= self.clock():
            message = heapq.heappop(self.waiting)
            (batch if message[2] == queue else kept).append(message)
        for message in kept:
            heapq.heappush(self.waiting, message)
        records = [{"messageId": str(number), "body": body} for _, number, _, body in batch]
        answer = self._invoke("deliver_webhook", {"Records": records})
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        for _, number, _, body in batch:
            if str(number) in failed:
                heapq.heappush(self.waiting, (self.clock() + VISIBILITY, number, queue, body))

    def sweep(self) -> dict[str, int]:
        """Let the schedule come."""
        report: dict[str, int] = self._invoke("sweep_webhooks", {}, SWEEPING)
        return report

    def _invoke(self, function: str, event: dict[str, Any], context: Any = CONTEXT) -> Any:
        handler = import_module(f"functions.{function}.app").handler
        return self.collect(lambda: handler(event, context))

    def collect(self, act: Any) -> Any:
        """Do something, and put what it queued into the queues."""
        before = len(self.calls.made)
        answer = act()
        for operation, asked, _ in self.calls.made[before:]:
            if operation == "SendMessageBatch":
                self._queue(asked["QueueUrl"], asked["Entries"])
        return answer

    def _queue(self, url: str, entries: Sequence[dict[str, Any]]) -> None:
        for entry in entries:
            self.queued.append(json.loads(entry["MessageBody"])["eventId"])
            moment = self.clock() + entry.get("DelaySeconds", 0) * SECOND
            heapq.heappush(
                self.waiting,
                (moment, next(self._numbers), url.rpartition("/")[2], entry["MessageBody"]),
            )


def states() -> dict[str, str]:
    """Return the state of each mapping, without asking for it."""
    mappings = get_backend("lambda")[ACCOUNT][REGION]._event_source_mappings
    return {each: mappings[each].get_configuration()["State"] for each in MAPPINGS.values()}


def item(webhook: dict[str, Any], name: str = "webhook") -> dict[str, Any] | None:
    """Return an item of a webhook, as it is stored."""
    key = {"webhookId": {"S": webhook["webhookId"]}, "item": {"S": name}}
    return boto3.client("dynamodb").get_item(TableName="WebhooksTable", Key=key).get("Item")
