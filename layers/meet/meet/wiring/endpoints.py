"""The services of webhooks, which are endpoints of users; LiveKit has webhooks of its own."""

from typing import TYPE_CHECKING

from meet.settings import settings
from meet.wiring import clients
from meet.wiring.events import event_log
from meet.wiring.kept import kept
from meet.wiring.rooms import room_repository

if TYPE_CHECKING:
    from meet.webhooks.deliveries import DeliveryRepository
    from meet.webhooks.delivery import WebhookDelivery
    from meet.webhooks.dispatch import EventDispatch, KnownWebhooks
    from meet.webhooks.operations import (
        WebhookCreation,
        WebhookDefinition,
        WebhookReplay,
        WebhookTest,
    )
    from meet.webhooks.polling import QueuePolling
    from meet.webhooks.queue import DeliveryQueue
    from meet.webhooks.repository import WebhookRepository
    from meet.webhooks.sending import Sender
    from meet.webhooks.sweep import WebhookSweep


def webhook_repository() -> "WebhookRepository":
    from meet.webhooks.repository import WebhookRepository

    return WebhookRepository(clients.dynamodb(), settings.webhooks_table)


def delivery_repository() -> "DeliveryRepository":
    from meet.webhooks.deliveries import DeliveryRepository

    return DeliveryRepository(clients.dynamodb(), settings.webhooks_table, settings.event_retention)


def delivery_queue() -> "DeliveryQueue":
    from meet.webhooks.queue import DeliveryQueue

    return DeliveryQueue(clients.sqs(), settings.deliveries_queue, settings.slow_deliveries_queue)


@kept
def queue_polling() -> "QueuePolling":
    from meet.webhooks.polling import QueuePolling

    mappings = settings.deliveries_mapping, settings.slow_deliveries_mapping
    return QueuePolling(clients.lambdas(), mappings)


def sender() -> "Sender":
    from meet.connections import tls
    from meet.webhooks.sending import Sender

    return Sender(tls(), settings.allow_private_webhooks)


@kept
def _known_webhooks() -> "KnownWebhooks":
    from meet.webhooks.dispatch import KnownWebhooks

    return KnownWebhooks(webhook_repository())


def webhook_creation() -> "WebhookCreation":
    from meet.webhooks.operations import WebhookCreation

    return WebhookCreation(webhook_repository())


def webhook_definition() -> "WebhookDefinition":
    from meet.webhooks.operations import WebhookDefinition

    return WebhookDefinition(webhook_repository())


def webhook_test() -> "WebhookTest":
    from meet.webhooks.operations import WebhookTest

    return WebhookTest(webhook_repository(), sender())


def webhook_replay() -> "WebhookReplay":
    from meet.webhooks.operations import WebhookReplay

    return WebhookReplay(webhook_repository(), event_log(), delivery_queue())


def event_dispatch() -> "EventDispatch":
    from meet.webhooks.dispatch import EventDispatch

    return EventDispatch(_known_webhooks(), delivery_repository(), delivery_queue())


def webhook_delivery() -> "WebhookDelivery":
    from meet.webhooks.delivery import WebhookDelivery

    return WebhookDelivery(
        webhook_repository(),
        delivery_repository(),
        event_log(),
        delivery_queue(),
        sender(),
        room_repository().outline,
    )


def webhook_sweep() -> "WebhookSweep":
    from meet.webhooks.sweep import WebhookSweep

    return WebhookSweep(webhook_repository(), delivery_repository(), delivery_queue())
