"""Attempts to log in, counted where all Lambdas see them: who fails often waits ever longer."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any

from meet import clock
from meet.clock import DAY, MINUTE, SECOND
from meet.dynamodb import from_item, to_item
from meet.errors import TooManyAttempts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PREFIX = "login#"
"""The web function may touch no other items of the table."""

REMEMBERED = DAY
_TRIES = 4
_SOMEBODY_ELSE = {"None", "ConditionalCheckFailed", "TransactionConflict"}
"""Why nothing was counted when another attempt was, in the same moment."""


@dataclass(frozen=True)
class Limit:
    """So many failures are free; after each further one the wait doubles, from a second up."""

    free: int
    longest_wait: int

    def wait_after(self, failures: int) -> int:
        """Return how long nobody may try, in milliseconds."""
        if failures < self.free:
            return 0
        return int(min(2 ** min(failures - self.free, 30) * SECOND, self.longest_wait))


OF_ONE = Limit(free=5, longest_wait=15 * MINUTE)
OF_ALL = Limit(free=25, longest_wait=MINUTE // 2)
"""Against guesses from many addresses; low enough for the admin to come in between them."""


def of_browser(name: str) -> dict[str, Limit]:
    """Return what counts for a browser that logged in before: its own failures alone.

    So no stranger can keep the admin out, whatever they do.
    """
    return {f"{PREFIX}browser#{name}": OF_ONE}


def of_address(address: str) -> dict[str, Limit]:
    """Return what counts for anybody else: failures from the same address, and all strangers'.

    Whoever has one IPv6 address has its whole /64.
    """
    ip = ip_address(address)
    source = ip_network((ip, 64), strict=False) if isinstance(ip, IPv6Address) else ip
    return {f"{PREFIX}from#{source}": OF_ONE, f"{PREFIX}all": OF_ALL}


@dataclass(frozen=True)
class LoginAttempts:
    """Counts in a table with the key id, whose items go by themselves at expiration."""

    client: "DynamoDBClient"
    table: str

    def begin(self, limits: Mapping[str, Limit]) -> None:
        """Count an attempt as failed before anybody knows; raise TooManyAttempts.

        Counting it and looking whether it may be made are one transaction, so that of parallel
        guesses no more are made than of those one after the other.
        """
        for attempt in range(_TRIES):
            clock.pause(attempt)
            seen = {key: self._read(key) for key in limits}
            wait = max(int(each.get("notBefore", 0)) for each in seen.values()) - clock.now()
            if wait > 0:
                raise TooManyAttempts(wait)
            updates = [self._counted(key, limits[key], seen[key]) for key in limits]
            try:
                self.client.transact_write_items(TransactItems=updates)
            except self.client.exceptions.TransactionCanceledException as error:
                reasons = {each["Code"] for each in error.response["CancellationReasons"]}
                if not reasons <= _SOMEBODY_ELSE:
                    raise
                continue
            return
        raise TooManyAttempts(SECOND)

    def forget(self, limits: Mapping[str, Limit]) -> None:
        """Take back what begin counted, after a success."""
        for key in limits:
            self.client.delete_item(TableName=self.table, Key=to_item({"id": key}))

    def _read(self, key: str) -> dict[str, Any]:
        """Return what is remembered of the failures; DynamoDB itself forgets late."""
        answer = self.client.get_item(
            TableName=self.table, Key=to_item({"id": key}), ConsistentRead=True
        )
        return from_item(answer.get("Item", {}))

    def _counted(self, key: str, limit: Limit, seen: dict[str, Any]) -> Any:
        now = clock.now()
        is_forgotten = seen.get("expiration", 0) * SECOND <= now
        failures = 1 if is_forgotten else int(seen["failures"]) + 1
        values = {
            ":failures": failures,
            ":notBefore": now + limit.wait_after(failures),
            ":expiration": (now + REMEMBERED) // SECOND,
        }
        condition = "attribute_not_exists(id)"
        if seen:
            condition = "failures = :seen AND notBefore = :before"
            values |= {":seen": seen["failures"], ":before": seen["notBefore"]}
        return {
            "Update": {
                "TableName": self.table,
                "Key": to_item({"id": key}),
                "UpdateExpression": (
                    "SET failures = :failures, notBefore = :notBefore, expiration = :expiration"
                ),
                "ConditionExpression": condition,
                "ExpressionAttributeValues": to_item(values),
            }
        }
