"""What DynamoDB charges for writes of items below 1 KB, counted in memory.

A write costs one unit in the table, and one in each index whose entry it makes, changes or removes;
two in an index whose keys change. Everything costs double in a transaction; it is not documented
whether that includes indexes, so here it does.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from moto.backends import get_backend

from tools.memory_aws import ACCOUNT, REGION
from tools.template import resources

Item: TypeAlias = dict[str, Any]
Items: TypeAlias = dict[tuple[str, str], Item]
"""All items of all tables, by table and key."""

_TABLES = resources("AWS::DynamoDB::Table")
_ONE = {"PutItem", "UpdateItem", "DeleteItem"}


@contextmanager
def counted(operation: str, wanted: dict[str, Any], count: Callable[[int], None]) -> Iterator[None]:
    """Count the units of the call in this block, also if its condition fails."""
    written = _written(operation, wanted)
    before = _stored() if written else {}
    try:
        yield
    finally:
        if written:
            in_indexes = _index_entries(before, _stored())
            count((written + in_indexes) * (2 if operation == "TransactWriteItems" else 1))


def _written(operation: str, wanted: dict[str, Any]) -> int:
    """Return how many items a call writes, or checks in a transaction."""
    if operation == "BatchWriteItem":
        return sum(map(len, wanted["RequestItems"].values()))
    return len(wanted.get("TransactItems", ())) or int(operation in _ONE)


def _stored() -> Items:
    backend = get_backend("dynamodb")[ACCOUNT][REGION]
    found = {}
    for table in backend.tables.values():
        for item in table.all_items():
            attributes = item.to_json()["Attributes"]
            keys = [each["AttributeName"] for each in _TABLES[table.name]["KeySchema"]]
            found[table.name, str([attributes[key] for key in keys])] = attributes
    return found


def _index_entries(before: Items, after: Items) -> int:
    """Return how many entries of indexes are written."""
    return sum(
        _entries(index, before.get(key), after.get(key))
        for key in before.keys() | after.keys()
        for index in _indexes(key[0])
    )


def _indexes(table: str) -> Iterator[dict[str, Any]]:
    yield from _TABLES[table].get("GlobalSecondaryIndexes", ())


def _entries(index: dict[str, Any], before: Item | None, after: Item | None) -> int:
    keys = [each["AttributeName"] for each in index["KeySchema"]]
    old, new = (_entry(index, keys, each) for each in (before, after))
    if old == new:
        return 0
    if old is None or new is None:
        return 1
    return 2 if any(old[key] != new[key] for key in keys) else 1


def _entry(index: dict[str, Any], keys: list[str], item: Item | None) -> Item | None:
    """Return an item's entry in an index; None if it has none."""
    if item is None or not item.keys() >= set(keys):
        return None
    projection = index["Projection"]
    if projection["ProjectionType"] == "ALL":
        return item
    return {key: item.get(key) for key in [*keys, *projection.get("NonKeyAttributes", ())]}
