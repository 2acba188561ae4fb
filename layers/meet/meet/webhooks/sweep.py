"""The sweep of webhooks: queues what is due, probes resting endpoints, lets go what waited."""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple, TypeVar

from meet import clock
from meet.clock import SECOND, Milliseconds
from meet.webhooks.deliveries import DeliveryRepository, Due
from meet.webhooks.model import Delivery, Webhook
from meet.webhooks.queue import DeliveryQueue, Message
from meet.webhooks.repository import WebhookRepository

logger = logging.getLogger(__name__)

NEXT_LOOK = 50 * SECOND
"""A little less than a minute, so that the next sweep finds it due."""

AT_ONCE = 100
"""Deliveries that are let go before the endpoint is looked at again."""

_PARALLEL = 8

Item = TypeVar("Item")


class Swept(NamedTuple):
    """What a sweep queued."""

    due: int = 0
    probes: int = 0
    released: int = 0


@dataclass(frozen=True)
class WebhookSweep:
    """Brings deliveries back to the queue."""

    webhooks: WebhookRepository
    deliveries: DeliveryRepository
    queue: DeliveryQueue

    def sweep(self, deadline: Milliseconds) -> Swept:
        """Queue what is due; starts nothing new after the deadline.

        A failure about one webhook does not stop the others.
        """
        due: list[Due] = []
        endpoints: list[Due] = []
        for each in self.deliveries.due(clock.now()):
            (endpoints if each.event_id is None else due).append(each)
        queued = 0
        for some in _chunks(due):
            if clock.now() >= deadline:
                break
            queued += self._queue_due(some)
        probes = released = 0
        for each in endpoints:
            if clock.now() >= deadline:
                break
            try:
                probed, let_go = self._look(each, deadline)
            except Exception:
                logger.exception("webhook sweep failed", extra={"webhook": each.webhook_id})
            else:
                probes, released = probes + probed, released + let_go
        return Swept(queued, probes, released)

    def _queue_due(self, due: list[Due]) -> int:
        now = clock.now()
        with ThreadPoolExecutor(_PARALLEL) as pool:
            claimed = list(
                pool.map(lambda each: self.deliveries.claim(each, str(each.event_id), now=now), due)
            )
        messages = [
            Message(each.webhook_id, str(each.event_id), each.position, each.retry, is_stored=True)
            for each, is_ours in zip(due, claimed, strict=True)
            if is_ours
        ]
        self.queue.send(messages)
        return len(messages)

    def _look(self, due: Due, deadline: Milliseconds) -> tuple[int, int]:
        """Probe an endpoint that rests, or let go what waits for one that does not."""
        next_look = Milliseconds(clock.now() + NEXT_LOOK)
        webhook = self.webhooks.claim(due.webhook_id, seen=due.at, next_look=next_look)
        if webhook is None:
            return 0, 0
        if not webhook.definition.enabled:
            self.webhooks.nothing_waits(webhook.id, seen=next_look)
            return 0, 0
        if webhook.is_resting:
            return self._probe(webhook), 0
        is_empty, released = self._release(webhook, deadline)
        if is_empty:
            self.webhooks.nothing_waits(webhook.id, seen=next_look)
        return 0, released

    def _probe(self, webhook: Webhook) -> int:
        delivery = self.deliveries.probe(webhook.id)
        if delivery is None:
            return 0
        message = _message(delivery, is_patient=True)
        self.queue.send([replace(message, is_probe=True)])
        return 1

    def _release(self, webhook: Webhook, deadline: Milliseconds) -> tuple[bool, int]:
        """Queue what waits for an endpoint, oldest first, as long as it does not rest again.

        Return True if nothing waited, and the number of deliveries queued.
        """
        released = 0
        for some in _chunks(self.deliveries.parked(webhook.id)):
            now = clock.now()
            current = self.webhooks.find(webhook.id)
            if (
                now >= deadline
                or current is None
                or current.is_resting
                or not current.definition.enabled
            ):
                return False, released
            with ThreadPoolExecutor(_PARALLEL) as pool:
                ours = list(pool.map(lambda each: self.deliveries.release(each, now=now), some))  # noqa: B023
            self.queue.send(
                _message(each, is_patient=current.is_slow(now))
                for each, is_ours in zip(some, ours, strict=True)
                if is_ours
            )
            released += ours.count(True)
        return not released, released


def _message(delivery: Delivery, *, is_patient: bool) -> Message:
    return Message(
        delivery.webhook_id,
        delivery.event_id,
        delivery.position,
        delivery.retry,
        is_stored=True,
        is_patient=is_patient,
    )


def _chunks(values: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(values)
    while some := list(islice(left, AT_ONCE)):
        yield some
