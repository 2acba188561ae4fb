"""What both tables share: DynamoDB's wire format, and lists spread over index partitions.

Every item has an indexShard, so that no single index partition receives all writes (each accepts
1,000 a second), and a listKey that sorts newest first. An item without listKey is not in the list's
index.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any
from zlib import crc32

from meet import clock
from meet.clock import Milliseconds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from meet.amazon import ListClient

LIST_INDEX = "newestFirst"

SHARDS = tuple(str(number) for number in range(4))
_END_OF_TIME = 10**15 - 1

_AT_ONCE = 8
"""Queries that wait at the same time."""
_BATCH_GET = 100
BATCH_WRITE = 25
"""Items that one BatchWriteItem takes."""
_ATTEMPTS = 10


def to_item(values: Mapping[str, Any]) -> "dict[str, AttributeValueTypeDef]":
    """Return the values as a DynamoDB item, without those that are None.

    Raises TypeError for floating point numbers, which DynamoDB does not have, and for bytes.
    """
    return {name: _to_attribute(value) for name, value in values.items() if value is not None}


def from_item(item: "Mapping[str, AttributeValueTypeDef]") -> dict[str, Any]:
    """Return an item's values; numbers come as int, those with a fraction as Decimal."""
    # Most attributes are strings, and a page has thousands: they cost no call.
    return {
        name: each["S"] if "S" in each else _from_attribute(each) for name, each in item.items()
    }


def _to_attribute(value: Any) -> Any:
    if isinstance(value, str):
        return {"S": value}
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | Decimal):
        return {"N": str(int(value) if isinstance(value, int) else value)}
    if isinstance(value, Mapping):
        return {"M": {name: _to_attribute(each) for name, each in value.items()}}
    if isinstance(value, list | tuple):
        return {"L": [_to_attribute(each) for each in value]}
    if isinstance(value, set | frozenset) and all(isinstance(each, str) for each in value):
        return {"SS": sorted(value)}
    raise TypeError(f"DynamoDB is not given a {type(value).__name__}")


def _from_attribute(attribute: Any) -> Any:
    ((kind, value),) = attribute.items()
    if kind == "N":
        return _number(value)
    if kind == "BOOL":
        return value
    if kind == "M":
        return from_item(value)
    if kind == "S":
        return value
    if kind == "L":
        return [_from_attribute(each) for each in value]
    if kind == "SS":
        return set(value)
    if kind == "NULL":
        return None
    raise TypeError(f"an attribute of the kind {kind}, which nothing here writes")


def _number(text: str) -> int | Decimal:
    try:
        return int(text)
    except ValueError:
        return Decimal(text)


def moment(values: dict[str, Any], name: str) -> Milliseconds | None:
    """Return the time in an attribute of an item; None if the item does not have it."""
    return Milliseconds(int(values[name])) if name in values else None


def transact(client: "DynamoDBClient", *writes: Any) -> bool:
    """Write all or nothing; False if a condition is not met."""
    return not refused_of(client, writes)


def refused_of(client: "DynamoDBClient", writes: Sequence[Any]) -> list[int]:
    """Write all or nothing; return the places of the writes whose conditions are not met."""
    try:
        client.transact_write_items(TransactItems=writes)
    except client.exceptions.TransactionCanceledException as error:
        reasons = [each.get("Code") for each in error.response["CancellationReasons"]]
        refused = [place for place, code in enumerate(reasons) if code == "ConditionalCheckFailed"]
        if not refused:
            raise
        return refused
    return []


class Change:
    """The parts of one UpdateItem; all attributes stand in it by placeholders of their names."""

    def __init__(self) -> None:
        self._sets: list[str] = []
        self._removed: list[str] = []
        self._added: list[str] = []
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def set(self, name: str, value: Any) -> None:
        """Give an attribute a value."""
        self._sets.append(f"{self._name(name)} = {self._value(value)}")

    def set_once(self, name: str, value: Any) -> None:
        """Give an attribute a value, unless it has one."""
        placeholder = self._name(name)
        self._sets.append(f"{placeholder} = if_not_exists({placeholder}, {self._value(value)})")

    def set_to_next(self, name: str, *, after: str) -> None:
        """Give an attribute the number that follows that of another one, which begins at 0."""
        number = f"if_not_exists({self._name(after)}, {self._value(0)})"
        self._sets.append(f"{self._name(name)} = {number} + {self._value(1)}")

    def copy(self, name: str, *, to: str) -> None:
        """Give an attribute the value that another one has before the change."""
        self._sets.append(f"{self._name(to)} = {self._name(name)}")

    def remove(self, name: str) -> None:
        """Remove an attribute."""
        self._removed.append(self._name(name))

    def add(self, name: str, number: int) -> None:
        """Add to a number, which begins at 0."""
        self._added.append(f"{self._name(name)} {self._value(number)}")

    def set_or_remove(self, name: str, value: Any | None) -> None:
        """Give an attribute a value, or remove it for None."""
        if value is None:
            self.remove(name)
        else:
            self.set(name, value)

    def exists(self, name: str) -> str:
        """Return the condition that an attribute has a value."""
        return f"attribute_exists({self._name(name)})"

    def is_new(self, name: str) -> str:
        """Return the condition that an attribute has no value."""
        return f"attribute_not_exists({self._name(name)})"

    def is_one_of(self, name: str, values: Iterable[Any]) -> str:
        """Return the condition that an attribute has one of these values."""
        return f"{self._name(name)} IN ({', '.join(map(self._value, values))})"

    def is_at_most(self, name: str, value: int) -> str:
        """Return the condition that a number is not greater than a value."""
        return f"{self._name(name)} <= {self._value(value)}"

    def is_at_least(self, name: str, value: int) -> str:
        """Return the condition that a number is not less than a value."""
        return f"{self._name(name)} >= {self._value(value)}"

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of update_item, but for key and condition."""
        expression = f"SET {', '.join(self._sets)} " if self._sets else ""
        expression += f"REMOVE {', '.join(self._removed)} " if self._removed else ""
        expression += f"ADD {', '.join(self._added)}" if self._added else ""
        values = {"ExpressionAttributeValues": to_item(self.values)} if self.values else {}
        return {
            "UpdateExpression": expression.strip(),
            "ExpressionAttributeNames": self.names,
            **values,
        }

    def _name(self, path: str) -> str:
        """Return the placeholder of an attribute, or of a value inside one: its dotted path."""
        names = path.split(".")
        self.names |= {f"#{name}": name for name in names}
        return ".".join(f"#{name}" for name in names)

    def _value(self, value: Any) -> str:
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = value
        return placeholder


def shard_of(name: str) -> str:
    """Return the index shard of the item with this name."""
    return SHARDS[crc32(name.encode()) % len(SHARDS)]


def list_key(created_at: int, name: str) -> str:
    """Return a sort key whose ascending order is newest first, ties by name."""
    return f"{_END_OF_TIME - created_at:015d}#{name}"


def get_many(
    client: "DynamoDBClient", *, table: str, keys: "Sequence[dict[str, AttributeValueTypeDef]]"
) -> Iterator[dict[str, Any]]:
    """Yield the existing items of these keys in any order, read consistently.

    Raises TimeoutError when DynamoDB repeatedly leaves keys unread.
    """
    for start in range(0, len(keys), _BATCH_GET):
        left: Any = keys[start : start + _BATCH_GET]
        for attempt in range(_ATTEMPTS):
            clock.pause(attempt)
            request: Any = {table: {"Keys": left, "ConsistentRead": True}}
            answer: Any = client.batch_get_item(RequestItems=request)
            yield from map(from_item, answer["Responses"].get(table, []))
            left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
            if not left:
                break
        else:
            raise TimeoutError("DynamoDB left keys of a batch unread")


def delete_many(
    client: "DynamoDBClient", *, table: str, keys: "Sequence[dict[str, AttributeValueTypeDef]]"
) -> None:
    """Delete the items of these keys; raises TimeoutError when DynamoDB repeatedly leaves some."""
    for start in range(0, len(keys), BATCH_WRITE):
        chunk = keys[start : start + BATCH_WRITE]
        if write_batch(
            client, table=table, requests=[{"DeleteRequest": {"Key": k}} for k in chunk]
        ):
            raise TimeoutError("DynamoDB left items of a batch undeleted")


def write_batch(client: "DynamoDBClient", *, table: str, requests: list[Any]) -> list[Any]:
    """Put or delete up to BATCH_WRITE items; return those that DynamoDB repeatedly leaves."""
    for attempt in range(_ATTEMPTS):
        clock.pause(attempt)
        answer: Any = client.batch_write_item(RequestItems={table: requests})
        requests = answer.get("UnprocessedItems", {}).get(table, [])
        if not requests:
            break
    return requests


def newest_first(
    client: "ListClient",
    *,
    table: str,
    after: str | None,
    limit: int,
    index: str = LIST_INDEX,
    attribute: str = "indexShard",
    partitions: Iterable[str] = SHARDS,
    attributes: Sequence[str] = (),
) -> Iterator[dict[str, Any]]:
    """Yield the items after a list key, reading little more than `limit` of them.

    With `attributes`, DynamoDB sends only these of each item, which costs the same.
    """
    partitions = list(partitions)
    wanted = {"ProjectionExpression": ",".join(attributes)} if attributes else {}
    condition = f"{attribute} = :partition" + (" AND listKey > :after" if after else "")
    streams = at_once(
        client,
        [
            {
                "TableName": table,
                "IndexName": index,
                "KeyConditionExpression": condition,
                "ExpressionAttributeValues": to_item({":partition": partition, ":after": after}),
                "Limit": limit // len(partitions) + 8,
                **wanted,
            }
            for partition in partitions
        ],
    )
    return heapq.merge(*streams, key=lambda values: str(values["listKey"]))


def items_under(
    client: "DynamoDBClient",
    *,
    table: str,
    names: tuple[str, str],
    partition: str,
    begins: str,
    most: int | None = None,
) -> list[dict[str, Any]]:
    """Return the items of a partition whose sort keys begin like this, read consistently.

    `names` are those of the table's partition key and sort key. With `most`, only the first ones.
    """
    condition = "#partition = :partition" + (" AND begins_with(#sort, :begins)" if begins else "")
    placeholders = dict(zip(("#partition", "#sort"), names, strict=True))
    if not begins:
        del placeholders["#sort"]
    values = {":partition": partition, ":begins": begins or None}
    found = query(
        client,
        TableName=table,
        KeyConditionExpression=condition,
        ExpressionAttributeNames=placeholders,
        ExpressionAttributeValues=to_item(values),
        ConsistentRead=True,
        **({} if most is None else {"Limit": most}),
    )
    return list(islice(found, most))


def query(client: "DynamoDBClient", **request: Any) -> Iterator[dict[str, Any]]:
    """Yield the items of a query, asking for each page only when it is needed."""
    yield from _pages(client, request, client.query(**request))


def at_once(
    client: "ListClient", requests: Sequence[dict[str, Any]]
) -> list[Iterator[dict[str, Any]]]:
    """Return the items of several queries, whose first pages are asked for at the same time.

    A few at a time: each has a connection of its own, which is kept.
    """
    groups = [requests[at : at + _AT_ONCE] for at in range(0, len(requests), _AT_ONCE)]
    first = [page for group in groups for page in client.query_at_once(group)]
    return [_pages(client, *each) for each in zip(requests, first, strict=True)]


def _pages(
    client: "DynamoDBClient", request: dict[str, Any], page: Any
) -> Iterator[dict[str, Any]]:
    """Yield the items of a page and of those that follow it."""
    while True:
        yield from map(from_item, page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        page = client.query(**{**request, "ExclusiveStartKey": page["LastEvaluatedKey"]})
