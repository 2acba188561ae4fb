"""The index of what sweeps have to look at.

sweepAt is when a sweep has to look at an item; an item without it is not in the index. Others are
spread over partitions, as those of lists.
"""

from collections.abc import Iterator
from heapq import merge
from typing import TYPE_CHECKING, Any

from meet import dynamodb
from meet.clock import Milliseconds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SWEEP_INDEX = "dueForSweep"


def due(
    client: "DynamoDBClient", *, table: str, name: str, until: Milliseconds
) -> Iterator[tuple[str, Milliseconds]]:
    """Yield name and due time of the items that a sweep has to look at, earliest first."""
    for values in due_items(client, table=table, until=until):
        yield str(values[name]), Milliseconds(int(values["sweepAt"]))


def due_items(
    client: "DynamoDBClient", *, table: str, until: Milliseconds
) -> Iterator[dict[str, Any]]:
    """Yield what the index holds of the items that a sweep has to look at, earliest first."""
    return merge(*_partitions(client, table, until), key=_due_at)


def _partitions(
    client: "DynamoDBClient", table: str, until: Milliseconds
) -> list[Iterator[dict[str, Any]]]:
    """Return the due entries of each partition, earliest first."""
    return dynamodb.at_once(
        client,
        [
            {
                "TableName": table,
                "IndexName": SWEEP_INDEX,
                "KeyConditionExpression": "indexShard = :shard AND sweepAt <= :until",
                "ExpressionAttributeValues": dynamodb.to_item({":shard": shard, ":until": until}),
            }
            for shard in dynamodb.SHARDS
        ],
    )


def _due_at(values: dict[str, Any]) -> int:
    return int(values["sweepAt"])
