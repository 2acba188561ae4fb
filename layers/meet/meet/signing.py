"""The stack's signing keys: one for each purpose, made by the first function that needs it."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from meet.dynamodb import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_BYTES = 32


class Purpose(StrEnum):
    """What a key is for: it is the key of the item, by which IAM keeps functions from others."""

    CONSOLE = "console"
    """Sessions of the console."""
    MODERATORS = "moderators"
    """Tokens for the API, of all participants."""
    PLAYBACK_LINKS = "playback links"
    PASSES = "passes of share links"
    VIEWERS = "viewers of share links"
    """Digests of their addresses."""
    NEW_TOKENS = "new tokens"
    """Those of invitations and share links in an answer that may have to be repeated."""


@dataclass(frozen=True)
class SigningKeys:
    """Finds keys, and makes those that are missing: a key that is deleted is made anew."""

    client: "DynamoDBClient"
    table: str

    def get(self, purpose: Purpose) -> bytes:
        """Return the key for a purpose. Functions that make it at once all get the same one."""
        while True:
            stored = self._stored(purpose)
            if stored is not None:
                return stored
            key = secrets.token_bytes(_BYTES)
            with suppress(self.client.exceptions.ConditionalCheckFailedException):
                self._add(purpose, key)
                return key
            # another function made it meanwhile, or ours was stored and the answer lost

    def _stored(self, purpose: Purpose) -> bytes | None:
        found = self.client.get_item(
            TableName=self.table, Key=to_item({"purpose": purpose}), ConsistentRead=True
        )
        return bytes.fromhex(from_item(found["Item"])["signingKey"]) if "Item" in found else None

    def _add(self, purpose: Purpose, key: bytes) -> None:
        self.client.put_item(
            TableName=self.table,
            Item=to_item({"purpose": purpose, "signingKey": key.hex()}),
            ConditionExpression="attribute_not_exists(purpose)",
        )
