"""Webhooks in DynamoDB: conditional writes about endpoints and their health."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meet import dynamodb
from meet.clock import Milliseconds
from meet.dynamodb import Change
from meet.webhooks import items
from meet.webhooks.errors import OverlapRunning, TooManyWebhooks, WebhookNotFound
from meet.webhooks.model import MAX_WEBHOOKS, Definition, Format, Secrets, Webhook

if TYPE_CHECKING:
    from meet.amazon import ListClient

ID = re.compile(r"wh-[a-z0-9]{15}", re.ASCII)

_ALL = dynamodb.to_item({"webhookId": "all", "item": "ids"})
"""One item knows the ids of all webhooks: it limits their number, and lists them consistently."""

_HEALTH = ("failures", "failingSince", "resting")
_DISABLED = ("disabledReason", "disabledAt")


class SecretOfOtherFormat(Exception):
    """The webhook's secret is a text that Standard Webhooks cannot use."""


@dataclass(frozen=True)
class WebhookRepository:
    """Stores and finds webhooks."""

    client: "ListClient"
    table: str

    def add(self, webhook: Webhook, secret: str) -> None:
        """Store a new webhook and its secret; raises TooManyWebhooks."""
        new = {
            "TableName": self.table,
            "Item": dynamodb.to_item(items.to_values(webhook, secret)),
            "ConditionExpression": "attribute_not_exists(webhookId)",
        }
        signing = {
            "TableName": self.table,
            "Item": items.secrets_key(webhook.id) | dynamodb.to_item({"secret": secret}),
        }
        counted = self._registry(
            "ADD",
            webhook.id,
            ConditionExpression="attribute_not_exists(ids) OR size(ids) < :most",
            values={":most": MAX_WEBHOOKS},
        )
        if not dynamodb.transact(self.client, {"Put": new}, {"Put": signing}, {"Update": counted}):
            raise TooManyWebhooks

    def remove(self, webhook_id: str) -> None:
        """Delete a webhook and its secrets; its deliveries are dropped once due, or old.

        Raises WebhookNotFound.
        """
        gone = {
            "TableName": self.table,
            "Key": items.key(webhook_id),
            "ConditionExpression": "attribute_exists(webhookId)",
        }
        _known(webhook_id)
        unsigned = {"TableName": self.table, "Key": items.secrets_key(webhook_id)}
        uncounted = self._registry("DELETE", webhook_id)
        deleted = ({"Delete": gone}, {"Delete": unsigned}, {"Update": uncounted})
        if not dynamodb.transact(self.client, *deleted):
            raise WebhookNotFound

    def all(self) -> list[Webhook]:
        """Return all webhooks, newest first."""
        ids = (self._read(_ALL) or {}).get("ids", set())
        keys = [items.key(each) for each in sorted(ids)]
        stored = dynamodb.get_many(self.client, table=self.table, keys=keys)
        webhooks = [items.from_values(each) for each in stored]
        return sorted(webhooks, key=lambda webhook: (-webhook.created_at, webhook.id))

    def are_any(self) -> bool:
        """True if there are webhooks, enabled or not."""
        return "ids" in (self._read(_ALL) or {})  # a set of DynamoDB is never empty

    def find(self, webhook_id: str) -> Webhook | None:
        """Return a webhook, None if there is none."""
        found = self._read(items.key(webhook_id))
        return None if found is None else items.from_values(found)

    def get(self, webhook_id: str) -> Webhook:
        """Return a webhook; raises WebhookNotFound."""
        _known(webhook_id)
        found = self.find(webhook_id)
        if found is None:
            raise WebhookNotFound
        return found

    def find_secrets(self, webhook_id: str) -> Secrets | None:
        """Return the secrets of a webhook, None if it is gone."""
        found = self._read(items.secrets_key(webhook_id))
        return None if found is None else items.secrets_from(found)

    def secrets(self, webhook_id: str) -> Secrets:
        """Return the secrets of a webhook; raises WebhookNotFound."""
        found = self.find_secrets(webhook_id)
        if found is None:
            raise WebhookNotFound
        return found

    def define(self, webhook_id: str, definition: Definition, *, now: Milliseconds) -> Webhook:
        """Replace what a user says about a webhook; enabling it forgets its failures.

        Raises WebhookNotFound, or SecretOfOtherFormat.
        """
        _known(webhook_id)
        change = Change()
        for name, value in items.definition_values(definition).items():
            change.set_or_remove(name, value)
        if definition.enabled:
            for name in (*_HEALTH, *_DISABLED):
                change.remove(name)
            change.set("sweepAt", now)  # what waited goes out
        condition = change.exists("webhookId")
        if definition.format is Format.STANDARD:
            condition += f" AND {change.is_new(items.SECRET_IS_TEXT)}"
        updated = self._update(webhook_id, change, condition)
        if updated is None:
            self.get(webhook_id)
            raise SecretOfOtherFormat
        return updated

    def rotate(
        self, webhook_id: str, secret: str, *, overlap: int, now: Milliseconds
    ) -> Milliseconds | None:
        """Give a webhook another secret, one of Standard Webhooks.

        Return until when the previous one signs, too.

        Raises WebhookNotFound, or OverlapRunning while two are valid, unless `overlap`
        (milliseconds) is 0.
        """
        _known(webhook_id)
        change = Change()
        condition = change.exists("webhookId")
        until = Milliseconds(now + overlap) if overlap else None
        if until is None:
            change.remove("previousSecret")
        else:
            change.copy("secret", to="previousSecret")
            is_over = change.is_at_most("previousUntil", now)
            condition += f" AND ({change.is_new('previousUntil')} OR {is_over})"
        change.set_or_remove("previousUntil", until)
        change.set("secret", secret)
        signing = {
            "TableName": self.table,
            "Key": items.secrets_key(webhook_id),
            "ConditionExpression": condition,
            **change.arguments(),
        }
        suits = Change()
        suits.remove(items.SECRET_IS_TEXT)
        known = {
            "TableName": self.table,
            "Key": items.key(webhook_id),
            "ConditionExpression": suits.exists("webhookId"),
            **suits.arguments(),
        }
        if not dynamodb.transact(self.client, {"Update": signing}, {"Update": known}):
            self.get(webhook_id)
            raise OverlapRunning
        return until

    # Health

    def failed(self, webhook_id: str, *, weight: int, now: Milliseconds) -> Webhook | None:
        """Count a failure; return the webhook after it, None if it is gone."""
        change = Change()
        change.add("failures", weight)
        change.set_once("failingSince", now)
        return self._update(webhook_id, change, change.exists("webhookId"))

    def recovered(self, webhook_id: str, *, now: Milliseconds) -> None:
        """Forget the failures, and make the sweep let go what waited."""
        change = Change()
        for name in _HEALTH:
            change.remove(name)
        change.set("sweepAt", now)
        self._update(webhook_id, change, change.exists("failingSince"))

    def rest(self, webhook_id: str, *, probe_at: Milliseconds) -> None:
        """Let an endpoint rest that fails, unless it just recovered."""
        change = Change()
        change.set("resting", True)
        change.set("sweepAt", probe_at)
        self._update(webhook_id, change, change.exists("failingSince"))

    def disable(self, webhook_id: str, reason: str, *, now: Milliseconds) -> bool:
        """Disable a webhook; True if this call did it."""
        change = Change()
        change.set("enabled", False)
        change.set("disabledReason", reason)
        change.set("disabledAt", now)
        change.remove("resting")
        change.remove("sweepAt")
        condition = change.is_one_of("enabled", [True])
        return self._update(webhook_id, change, condition) is not None

    def mark_slow(self, webhook_id: str, *, until: Milliseconds) -> None:
        """Serve an endpoint apart from the others for a while."""
        change = Change()
        change.set("slowUntil", until)
        self._update(webhook_id, change, change.exists("webhookId"))

    # The sweep

    def look_again(self, webhook_id: str, *, at: Milliseconds) -> None:
        """Make the sweep look at a webhook, for which something was parked."""
        change = Change()
        change.set("sweepAt", at)
        self._update(webhook_id, change, change.exists("webhookId"))

    def claim(
        self, webhook_id: str, *, seen: Milliseconds, next_look: Milliseconds
    ) -> Webhook | None:
        """Take a due webhook for this sweep; None if another took it, or it is gone."""
        change = Change()
        change.set("sweepAt", next_look)
        return self._update(webhook_id, change, change.is_one_of("sweepAt", [seen]))

    def nothing_waits(self, webhook_id: str, *, seen: Milliseconds) -> None:
        """Take a webhook from the sweep's index, unless something was parked meanwhile."""
        change = Change()
        change.remove("sweepAt")
        self._update(webhook_id, change, change.is_one_of("sweepAt", [seen]))

    def _read(self, key: dict[str, Any]) -> dict[str, Any] | None:
        found = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return dynamodb.from_item(found["Item"]) if "Item" in found else None

    def _update(self, webhook_id: str, change: Change, condition: str) -> Webhook | None:
        """Return the webhook after a change, None if the condition does not hold."""
        try:
            updated = self.client.update_item(
                TableName=self.table,
                Key=items.key(webhook_id),
                ConditionExpression=condition,
                ReturnValues="ALL_NEW",
                **change.arguments(),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return None
        return items.from_values(dynamodb.from_item(updated["Attributes"]))

    def _registry(
        self, action: str, webhook_id: str, values: dict[str, Any] | None = None, **more: str
    ) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "Key": _ALL,
            "UpdateExpression": f"{action} ids :ids",
            "ExpressionAttributeValues": dynamodb.to_item({":ids": {webhook_id}, **(values or {})}),
            **more,
        }


def _known(webhook_id: str) -> None:
    """Raise WebhookNotFound for what cannot be an id, such as the key of the registry."""
    if ID.fullmatch(webhook_id) is None:
        raise WebhookNotFound
