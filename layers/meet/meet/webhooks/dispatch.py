"""From the log to the queue: each event goes to every endpoint that wants it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from meet import clock, dynamodb
from meet.clock import SECOND, Milliseconds
from meet.events.items import event_from
from meet.events.model import StoredEvent
from meet.webhooks.deliveries import DeliveryRepository
from meet.webhooks.matching import wants
from meet.webhooks.model import Webhook
from meet.webhooks.queue import DeliveryQueue, Message
from meet.webhooks.repository import WebhookRepository

KNOWN_FOR = 30 * SECOND
"""How long an environment uses the webhooks that it read: a change counts after this time."""

SETTLING = 10 * SECOND
"""The sweep looks for parked deliveries this much later, when the index holds them."""

_PARALLEL = 8


def events_in(records: Sequence[dict[str, Any]]) -> list[StoredEvent]:
    """Return the events that the stream of their table reports as new."""
    images = (dynamodb.from_item(record["dynamodb"]["NewImage"]) for record in records)
    return [event_from(values) for values in images]


@dataclass
class KnownWebhooks:
    """The webhooks, as one environment read them a moment ago."""

    webhooks: WebhookRepository
    _read_at: Milliseconds | None = None
    _found: list[Webhook] = field(default_factory=list)

    def enabled(self) -> list[Webhook]:
        """Return the enabled webhooks, at most KNOWN_FOR old."""
        now = clock.now()
        if self._read_at is None or now - self._read_at >= KNOWN_FOR:
            self._found = [each for each in self.webhooks.all() if each.definition.enabled]
            self._read_at = now
        return self._found


@dataclass(frozen=True)
class EventDispatch:
    """Queues events for the endpoints that want them, or parks them if an endpoint rests."""

    known: KnownWebhooks
    deliveries: DeliveryRepository
    queue: DeliveryQueue

    def dispatch(self, events: Sequence[StoredEvent]) -> tuple[int, int]:
        """Return the numbers of queued and parked deliveries; raises what kept it from the rest."""
        now = clock.now()
        pairs = [
            (event, webhook)
            for event, webhook in product(events, self.known.enabled())
            if wants(webhook.definition, event)
        ]
        resting = [(event, webhook) for event, webhook in pairs if webhook.is_resting]
        self._park(resting, now)
        self.queue.send(
            Message(webhook.id, event.id, event.position, is_patient=webhook.is_slow(now))
            for event, webhook in pairs
            if not webhook.is_resting
        )
        return len(pairs) - len(resting), len(resting)

    def _park(self, pairs: Sequence[tuple[StoredEvent, Webhook]], now: Milliseconds) -> None:
        if not pairs:
            return
        with ThreadPoolExecutor(_PARALLEL) as pool:
            list(pool.map(lambda pair: self.deliveries.park_new(pair[1].id, pair[0]), pairs))
        # It may have recovered; without a second look they would wait for ever.
        for webhook_id in {webhook.id for _, webhook in pairs}:
            self.known.webhooks.look_again(webhook_id, at=Milliseconds(now + SETTLING))
