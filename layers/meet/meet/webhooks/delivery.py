"""Deliveries: what an attempt comes to, for the event and for its endpoint."""

import logging
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

from meet import clock, metrics
from meet.clock import MINUTE, SECOND, Milliseconds
from meet.events.model import StoredEvent, iso
from meet.webhooks.deliveries import LEASE, DeliveryRepository
from meet.webhooks.dispatch import SETTLING
from meet.webhooks.model import (
    FAILING_AT_MOST,
    FAILURES_TO_REST,
    SLOW_FOR,
    WEIGHT_OF_SILENCE,
    DeliveryStatus,
    Format,
    Secrets,
    Webhook,
    delay_before,
)
from meet.webhooks.openvidu import FindRoom, body_of
from meet.webhooks.outcome import Outcome
from meet.webhooks.queue import DeliveryQueue, Message
from meet.webhooks.repository import WebhookRepository
from meet.webhooks.sending import PATIENCE, QUICK, Sender

logger = logging.getLogger(__name__)

QUEUE_DELAYS_AT_MOST = 30 * SECOND
"""Longer waits are left to the sweep, which comes once a minute."""


class KeptEvents(Protocol):
    """The part of the log that deliveries need."""

    def at(self, positions: Sequence[int]) -> list[StoredEvent]:
        """Return those of the events at these positions that are kept."""


@dataclass(frozen=True)
class WebhookDelivery:
    """Sends events to endpoints."""

    webhooks: WebhookRepository
    deliveries: DeliveryRepository
    log: KeptEvents
    queue: DeliveryQueue
    sender: Sender
    room: FindRoom

    def deliver(self, messages: Sequence[Message]) -> list[bool]:
        """Handle messages at the same time; return for each whether it is done.

        Not done is only what kept us from trying or from writing down what happened.
        """
        events = {each.position: each for each in self.log.at([m.position for m in messages])}
        ids = {message.webhook_id for message in messages}
        webhooks = {each: self._known(each) for each in ids}

        def attempt(message: Message) -> bool:
            try:
                self._deliver(message, webhooks[message.webhook_id], events.get(message.position))
            except Exception:
                ids = {"webhook": message.webhook_id, "event": message.event_id}
                logger.exception("delivery not handled", extra=ids)
                return False
            return True

        with ThreadPoolExecutor(len(messages) or 1) as pool:
            return list(pool.map(attempt, messages))

    def _known(self, webhook_id: str) -> tuple[Webhook, Secrets] | None:
        """Return a webhook and its secrets, None if it is gone."""
        webhook, signing = self.webhooks.find(webhook_id), self.webhooks.find_secrets(webhook_id)
        return None if webhook is None or signing is None else (webhook, signing)

    def _deliver(
        self, message: Message, known: tuple[Webhook, Secrets] | None, event: StoredEvent | None
    ) -> None:
        if known is None or event is None:  # deleted meanwhile
            if message.is_stored:
                self.deliveries.delete(message.webhook_id, message.event_id)
            return
        webhook, signing = known
        now = clock.now()
        if not webhook.definition.enabled or (webhook.is_resting and not message.is_probe):
            self.deliveries.park(webhook.id, event)
            self.webhooks.look_again(webhook.id, at=Milliseconds(now + SETTLING))
            return
        if webhook.is_slow(now) and not message.is_patient:
            self.queue.send([replace(message, is_patient=True)])
            return
        patience = PATIENCE if message.is_patient else QUICK
        body = self._body(webhook, event)
        outcome = self.sender.send(webhook, signing, event.id, body, now=now, patience=patience)
        ids = {"webhook": webhook.id, "event": event.id, "room": event.room_name}
        logger.info("webhook attempted", extra={**ids, "result": outcome.words})
        if outcome.is_success:
            self._succeeded(message, webhook, outcome)
        elif outcome.is_silent and not message.is_patient:
            # Its full time is given to it where it keeps no other endpoint waiting.
            self.webhooks.mark_slow(webhook.id, until=Milliseconds(now + SLOW_FOR))
            self.queue.send([replace(message, is_patient=True)])
        else:
            self._failed(message, webhook, event, outcome)

    def _body(self, webhook: Webhook, event: StoredEvent) -> bytes:
        if webhook.definition.format is Format.OPENVIDU:
            return body_of(event.body, self.room).encode()
        return event.body.encode()

    def _succeeded(self, message: Message, webhook: Webhook, outcome: Outcome) -> None:
        now = clock.now()
        if message.is_stored:
            self.deliveries.delete(webhook.id, message.event_id)
        if webhook.failing_since is not None:
            self.webhooks.recovered(webhook.id, now=now)
        if outcome.duration > QUICK and not webhook.is_slow(Milliseconds(now + SLOW_FOR // 2)):
            self.webhooks.mark_slow(webhook.id, until=Milliseconds(now + SLOW_FOR))

    def _failed(
        self, message: Message, webhook: Webhook, event: StoredEvent, outcome: Outcome
    ) -> None:
        now = clock.now()
        weight = WEIGHT_OF_SILENCE if outcome.is_silent else 1
        failing = self.webhooks.failed(webhook.id, weight=weight, now=now)
        if failing is None:  # deleted meanwhile
            self.deliveries.delete(webhook.id, event.id)
            return
        retry, wait = message.retry, delay_before(message.retry, random.random())  # noqa: S311
        stops = self._stops(failing, outcome, now)
        if stops or wait is None:
            status = DeliveryStatus.PARKED if stops else DeliveryStatus.FAILED
            self.deliveries.attempted(
                webhook.id, event, status, result=outcome.words, now=now, retry=retry
            )
            if not stops:
                metrics.count("WebhookGivenUp")
        else:
            wait = max(wait, outcome.retry_after or 0)
            is_soon = wait <= QUEUE_DELAYS_AT_MOST
            next_at = Milliseconds(now + wait)
            self.deliveries.attempted(
                webhook.id,
                event,
                DeliveryStatus.WAITING,
                result=outcome.words,
                now=now,
                retry=retry + 1,
                next_at=next_at,
                sweep_at=Milliseconds(next_at + LEASE) if is_soon else next_at,
            )
            if is_soon:
                again = replace(
                    message, retry=retry + 1, is_stored=True, is_patient=False, is_probe=False
                )
                self.queue.send([again], delay=wait // SECOND)

    def _stops(self, failing: Webhook, outcome: Outcome, now: Milliseconds) -> bool:
        """Disable an endpoint or let it rest if it is time to; True if its events have to wait."""
        since = failing.failing_since or now
        if outcome.is_gone:
            self._disable(failing, outcome.words, now)
        elif now - since >= FAILING_AT_MOST:
            self._disable(failing, f"Failing since {iso(since)}", now)
        elif failing.failures >= FAILURES_TO_REST:
            if not failing.is_resting:
                self.webhooks.rest(failing.id, probe_at=Milliseconds(now + MINUTE))
                logger.warning("webhook rests", extra={"webhook": failing.id})
        else:
            return not failing.definition.enabled
        return True

    def _disable(self, failing: Webhook, reason: str, now: Milliseconds) -> None:
        if self.webhooks.disable(failing.id, reason, now=now):
            logger.warning("webhook disabled", extra={"webhook": failing.id, "reason": reason})
            metrics.count("WebhookDisabled")
