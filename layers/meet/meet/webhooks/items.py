"""Webhooks and their deliveries as items of the table, and back."""

from typing import Any

from meet import dynamodb
from meet.clock import Milliseconds
from meet.events.model import EventType
from meet.webhooks.model import (
    SECRET_PREFIX,
    Definition,
    Delivery,
    DeliveryStatus,
    Format,
    Secrets,
    Webhook,
)

WEBHOOK = "webhook"
"""The range key of a webhook."""
_DELIVERY = "delivery#"
_SECRETS = "secret#"
"""Secrets have a hash key of their own: a role can be limited by it, and not by a range key."""

SECRET_IS_TEXT = "secretIsText"  # noqa: S105 - a name
"""Marks a webhook whose secret is not one of Standard Webhooks."""


def key(webhook_id: str) -> dict[str, Any]:
    """Return the key of a webhook."""
    return dynamodb.to_item({"webhookId": webhook_id, "item": WEBHOOK})


def secrets_key(webhook_id: str) -> dict[str, Any]:
    """Return the key of a webhook's secrets."""
    return dynamodb.to_item({"webhookId": _SECRETS + webhook_id, "item": "secrets"})


def delivery_key(webhook_id: str, event_id: str) -> dict[str, Any]:
    """Return the key of a delivery."""
    return dynamodb.to_item({"webhookId": webhook_id, "item": _DELIVERY + event_id})


def event_in(item: str) -> str | None:
    """Return the event in the range key of a delivery, None for other items."""
    return item.removeprefix(_DELIVERY) if item.startswith(_DELIVERY) else None


def state(webhook_id: str, status: DeliveryStatus) -> str:
    """Return the partition of the index in which the deliveries of one status are."""
    return f"{webhook_id}#{status}"


def list_key(position: int, event_id: str) -> str:
    """Return a sort key whose ascending order is newest first."""
    return dynamodb.list_key(position, event_id)


def definition_values(definition: Definition) -> dict[str, Any]:
    """Return the attributes of what a user says about a webhook; None where nothing is said."""
    return {
        "url": definition.url,
        "format": definition.format.value,
        "events": list(definition.types) or None,
        "roomName": definition.room_name,
        "roomNamePrefix": definition.room_name_prefix,
        "description": definition.description,
        "enabled": definition.enabled,
    }


def to_values(webhook: Webhook, secret: str) -> dict[str, Any]:
    """Return a new webhook's attributes; of its secret, only whether it is any text."""
    return {
        "webhookId": webhook.id,
        "item": WEBHOOK,
        "creationDate": webhook.created_at,
        SECRET_IS_TEXT: None if secret.startswith(SECRET_PREFIX) else True,
        "indexShard": dynamodb.shard_of(webhook.id),
        **definition_values(webhook.definition),
    }


def from_values(values: dict[str, Any]) -> Webhook:
    """Return a webhook from its attributes."""
    return Webhook(
        id=values["webhookId"],
        created_at=Milliseconds(int(values["creationDate"])),
        definition=Definition(
            url=values["url"],
            format=Format(values["format"]),
            types=tuple(values.get("events", ())),
            room_name=values.get("roomName"),
            room_name_prefix=values.get("roomNamePrefix"),
            description=values.get("description"),
            enabled=values["enabled"],
        ),
        failures=int(values.get("failures", 0)),
        failing_since=dynamodb.moment(values, "failingSince"),
        is_resting=values.get("resting", False),
        slow_until=dynamodb.moment(values, "slowUntil"),
        disabled_reason=values.get("disabledReason"),
        disabled_at=dynamodb.moment(values, "disabledAt"),
    )


def secrets_from(values: dict[str, Any]) -> Secrets:
    """Return a webhook's secrets from their attributes."""
    return Secrets(
        values["secret"], values.get("previousSecret"), dynamodb.moment(values, "previousUntil")
    )


def delivery_from(values: dict[str, Any]) -> Delivery:
    """Return a delivery from its attributes."""
    return Delivery(
        webhook_id=values["webhookId"],
        event_id=values["item"].removeprefix(_DELIVERY),
        position=int(values["position"]),
        type=EventType(values["type"]),
        room_name=values["roomName"],
        status=DeliveryStatus(values["status"]),
        attempts=int(values.get("attempts", 0)),
        retry=int(values.get("retry", 0)),
        last_attempt_at=dynamodb.moment(values, "lastAttemptAt"),
        last_result=values.get("lastResult"),
        next_attempt_at=dynamodb.moment(values, "nextAttemptAt"),
    )
