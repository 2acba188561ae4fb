"""Console sessions: a session is valid if its token is signed and it has not been ended."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meet.clock import SECOND
from meet.console.tokens import ConsoleTokens, Session
from meet.dynamodb import to_item
from meet.errors import Unauthorized

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PREFIX = "endedSession#"
"""Key prefix of ended sessions. IAM limits the console's functions to items with it."""


@dataclass(frozen=True)
class ConsoleSessions:
    """Finds and ends sessions. The table's key is `id`, its expiry attribute `expiration`."""

    tokens: ConsoleTokens
    client: "DynamoDBClient"
    table: str

    def current(self, shown: Iterable[str]) -> Session:
        """Return the session of the first valid token; raises Unauthorized if there is none."""
        for session in self._signed(shown):
            if not self._is_ended(session):
                return session
        raise Unauthorized

    def end(self, shown: Iterable[str]) -> None:
        """End the sessions of all valid tokens, including any renewed copies."""
        for session in self._signed(shown):
            item = {"id": PREFIX + session.id, "expiration": session.last_moment // SECOND}
            self.client.put_item(TableName=self.table, Item=to_item(item))

    def _signed(self, shown: Iterable[str]) -> Iterator[Session]:
        for token in shown:
            with suppress(Unauthorized):
                yield self.tokens.decode(token)

    def _is_ended(self, session: Session) -> bool:
        found = self.client.get_item(
            TableName=self.table, Key=to_item({"id": PREFIX + session.id}), ConsistentRead=True
        )
        return "Item" in found
