"""What users do with webhooks: create, test, replay."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meet import clock
from meet.events.model import StoredEvent, iso
from meet.webhooks import openvidu
from meet.webhooks.errors import EndpointFailed
from meet.webhooks.matching import can_express, wants
from meet.webhooks.model import Definition, Format, Webhook
from meet.webhooks.queue import DeliveryQueue, Message
from meet.webhooks.repository import WebhookRepository
from meet.webhooks.sending import Outcome, Sender

TEST = "webhook.test"
_MESSAGE = "This is a test"


@dataclass(frozen=True)
class WebhookCreation:
    """Creates webhooks."""

    webhooks: WebhookRepository

    def create(self, definition: Definition, secret: str | None) -> Webhook:
        """Store and return a new webhook; raises TooManyWebhooks."""
        webhook = Webhook.new(definition, secret, now=clock.now())
        self.webhooks.add(webhook)
        return webhook


@dataclass(frozen=True)
class WebhookTest:
    """Tries endpoints."""

    webhooks: WebhookRepository
    sender: Sender

    def test(self, webhook_id: str) -> Outcome:
        """Send an event that says it is a test, whether the webhook is enabled or not.

        Raises WebhookNotFound, or EndpointFailed.
        """
        webhook, now = self.webhooks.get(webhook_id), clock.now()
        event_id = f"evt_{secrets.token_hex(13)}"
        if webhook.definition.format is Format.OPENVIDU:
            body = openvidu.test_body(_MESSAGE, now=now)
        else:
            body = _body(event_id, iso(now))
        outcome = self.sender.send(webhook, event_id, body.encode(), now=now)
        if not outcome.is_success:
            raise EndpointFailed(outcome.words)
        return outcome


@dataclass(frozen=True)
class WebhookReplay:
    """Sends events of the log again."""

    queue: DeliveryQueue

    def replay(self, webhook: Webhook, events: Sequence[StoredEvent], *, chosen: bool) -> int:
        """Queue events for an endpoint; return how many.

        Events that were chosen one by one are sent whether the webhook subscribes to them or not,
        as far as its format knows them.
        """
        definition, now = webhook.definition, clock.now()
        wanted = [
            event
            for event in events
            if (can_express(definition.format, event.type) if chosen else wants(definition, event))
        ]
        self.queue.send(
            Message(
                webhook.id,
                event.id,
                event.position,
                is_stored=True,  # it may wait, or have been given up
                is_patient=webhook.is_slow(now),
            )
            for event in wanted
        )
        return len(wanted)


def _body(event_id: str, moment: str) -> str:
    event: dict[str, Any] = {
        "id": event_id,
        "type": TEST,
        "timestamp": moment,
        "position": 0,
        "data": {"message": _MESSAGE},
    }
    return json.dumps(event, separators=(",", ":"))
