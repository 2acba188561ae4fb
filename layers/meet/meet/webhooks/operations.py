"""What users do with webhooks: create, change, test, replay."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meet import clock
from meet.clock import SECOND, Milliseconds
from meet.errors import InvalidRequest
from meet.events.cursor import Cursor
from meet.events.log import EventLog
from meet.events.model import StoredEvent, iso
from meet.webhooks import openvidu
from meet.webhooks.errors import EndpointFailed
from meet.webhooks.matching import can_express, wants
from meet.webhooks.model import Definition, Format, Webhook, new_secret
from meet.webhooks.outcome import Outcome
from meet.webhooks.queue import DeliveryQueue, Message
from meet.webhooks.repository import SecretOfOtherFormat, WebhookRepository
from meet.webhooks.sending import Sender

TEST = "webhook.test"

MAX_REPLAYED = 10_000
"""Events that one request looks at."""

_PAGE = 1000
_MESSAGE = "This is a test"


@dataclass(frozen=True)
class WebhookCreation:
    """Creates webhooks."""

    webhooks: WebhookRepository

    def create(self, definition: Definition, secret: str) -> Webhook:
        """Store and return a new webhook; raises TooManyWebhooks."""
        webhook = Webhook.new(definition, now=clock.now())
        self.webhooks.add(webhook, secret)
        return webhook


@dataclass(frozen=True)
class WebhookDefinition:
    """Changes webhooks."""

    webhooks: WebhookRepository

    def replace(self, webhook_id: str, definition: Definition) -> Webhook:
        """Replace a definition; raises WebhookNotFound, or InvalidRequest for a format that the
        webhook's secret does not suit.
        """
        try:
            return self.webhooks.define(webhook_id, definition, now=clock.now())
        except SecretOfOtherFormat as error:
            rule = "Needs a secret that begins with whsec_: rotate it first"
            raise InvalidRequest(("format", rule)) from error

    def rotate(self, webhook_id: str, overlap: int) -> tuple[str, Milliseconds | None]:
        """Return a new secret, and until when the previous one signs, too.

        Raises WebhookNotFound or OverlapRunning; `overlap` is in seconds.
        """
        secret = new_secret()
        until = self.webhooks.rotate(webhook_id, secret, overlap=overlap * SECOND, now=clock.now())
        return secret, until


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
        signing = self.webhooks.secrets(webhook_id)
        outcome = self.sender.send(webhook, signing, event_id, body.encode(), now=now)
        if not outcome.is_success:
            raise EndpointFailed(outcome.words)
        return outcome


@dataclass(frozen=True)
class WebhookReplay:
    """Sends events of the log again."""

    webhooks: WebhookRepository
    log: EventLog
    queue: DeliveryQueue

    def chosen(self, webhook_id: str, ids: Sequence[str]) -> int:
        """Queue those of the named events that are kept; return how many.

        They are sent whether the webhook subscribes to them or not, as far as its format knows
        them. Raises WebhookNotFound.
        """
        webhook = self.webhooks.get(webhook_id)
        events = self.log.at(list(self.log.positions_of(ids).values()))
        known = [each for each in events if can_express(webhook.definition.format, each.type)]
        self._queue(webhook, known)
        return len(known)

    def after(self, webhook_id: str, cursor: Cursor) -> tuple[int, str | None]:
        """Queue the events after a cursor that the webhook subscribes to.

        Return how many, and where to go on if there are more than MAX_REPLAYED. Raises
        WebhookNotFound or EventsNotKept.
        """
        webhook = self.webhooks.get(webhook_id)
        queued = examined = 0
        while examined < MAX_REPLAYED:
            page = self.log.read(cursor, limit=min(_PAGE, MAX_REPLAYED - examined))
            if not page.events:
                return queued, None
            wanted = [each for each in page.events if wants(webhook.definition, each)]
            self._queue(webhook, wanted)
            queued, examined = queued + len(wanted), examined + len(page.events)
            cursor = page.cursor
        return queued, cursor.token

    def _queue(self, webhook: Webhook, events: Sequence[StoredEvent]) -> None:
        now = clock.now()
        self.queue.send(
            Message(
                webhook.id,
                event.id,
                event.position,
                is_stored=True,  # it may wait, or have been given up
                is_patient=webhook.is_slow(now),
            )
            for event in events
        )


def _body(event_id: str, moment: str) -> str:
    event: dict[str, Any] = {
        "id": event_id,
        "type": TEST,
        "timestamp": moment,
        "position": 0,
        "data": {"message": _MESSAGE},
    }
    return json.dumps(event, separators=(",", ":"))
