"""The index of what sweeps have to look at, which is empty in a stack that nobody uses.

sweepAt is when a sweep has to look at an item; an item without it is not in the index. The entries
are spread over partitions, as those of lists.
"""

from collections.abc import Iterator
from heapq import merge
from typing import TYPE_CHECKING, Any

from meet import dynamodb
from meet.clock import Milliseconds

if TYPE_CHECKING:
    from meet.amazon import ListClient

SWEEP_INDEX = "dueForSweep"

PAGE = 32
"""Entries that are read at first: 4 KB, which cost as little as a query that finds nothing.

The largest are those of deliveries. A name and its value take 11 bytes for indexShard, 15 for
sweepAt, 27 for webhookId, 43 for item, 17 for position and 7 for retry, together 120. Others have
at most 100, those of rooms with a long name.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""


def due(
    client: "ListClient", *, table: str, name: str, until: Milliseconds
) -> Iterator[tuple[str, Milliseconds]]:
    """Yield name and due time of the items that a sweep has to look at, earliest first."""
    for values in due_items(client, table=table, until=until):
        yield str(values[name]), Milliseconds(int(values["sweepAt"]))


def due_items(client: "ListClient", *, table: str, until: Milliseconds) -> Iterator[dict[str, Any]]:
    """Yield what the index holds of the items that a sweep has to look at, earliest first.

    A scan reads all partitions in one request, but also what is not due yet. So it reads one page,
    and where the index does not end there, each partition is asked for what is due.
    """
    page = client.scan(TableName=table, IndexName=SWEEP_INDEX, Limit=PAGE)
    if "LastEvaluatedKey" in page:
        return merge(*_partitions(client, table, until), key=_due_at)
    entries = map(dynamodb.from_item, page["Items"])
    return iter(sorted((each for each in entries if _due_at(each) <= until), key=_as_merged))


def _partitions(
    client: "ListClient", table: str, until: Milliseconds
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


def _as_merged(values: dict[str, Any]) -> tuple[int, str]:
    """Return the sort key by which entries are in the order of merged partitions."""
    return _due_at(values), values["indexShard"]
