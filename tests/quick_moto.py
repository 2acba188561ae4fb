"""moto's DynamoDB without the work that grows with the number of items, and with its answers.

It copies whole tables in case a transaction fails, and sorts all items for every query. Here only
the items of a transaction are kept to be put back, and a query looks at its own partition.
"""

import copy
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from moto.core.exceptions import JsonRESTError
from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from meet.amazon import DynamoDB
from tests.fakes import replied

_ACCOUNT = "123456789012"
_OF_ITEMS = {
    *("GetItem", "PutItem", "UpdateItem", "DeleteItem"),
    *("TransactWriteItems", "BatchGetItem", "Query", "Scan"),
}


def _copy(value: Any) -> Any:
    return value if isinstance(value, Table) else copy.deepcopy(value)


def _touched(backend: Any, writes: list[dict[str, Any]]) -> Iterator[tuple[Table, Any]]:
    """Yield the table and the key of each item of a transaction that is well formed."""
    for write in writes:
        operation = next(iter(write.values()))
        table = backend.tables.get(operation.get("TableName"))
        item = operation.get("Key") or operation.get("Item") or {}
        names = (
            [each for each in (table.hash_key_attr, table.range_key_attr) if each] if table else []
        )
        if names and all(name in item for name in names):
            keys = [DynamoType(item[name]) for name in names]
            yield table, (keys[0], keys[1] if len(keys) > 1 else None)


@contextmanager
def _undone_if_it_fails(backend: Any, writes: list[dict[str, Any]]) -> Iterator[None]:
    touched = [
        (table, key, copy.deepcopy(table.get_item(*key)))
        for table, key in _touched(backend, writes)
    ]
    shards = {id(t.stream_shard): t.stream_shard for t, _, _ in touched if t.stream_shard}
    lengths = {number: len(shard.items) for number, shard in shards.items()}
    try:
        yield
    except Exception:
        for table, (partition, place), item in touched:
            all_items: Any = table.items
            where, key = (all_items, partition) if place is None else (all_items[partition], place)
            if item is None:
                where.pop(key, None)
            else:
                where[key] = item
        for number, shard in shards.items():
            del shard.items[lengths[number] :]
        raise


def _candidates(table: Any, asked: dict[str, Any]) -> list[Item]:
    """Return the items of a partition which are in the range that a query asks for."""
    comparison, values, index = asked["comparison"], asked["values"], asked["index"]
    if index is None:
        found = table.items.get(asked["hash_key"], {})
        items = list(found.values()) if table.range_key_attr else [found] if found else []
        name = table.range_key_attr
    else:
        wanted = asked["conditions"]
        items = [
            item
            for part in table.items.values()
            for item in (part.values() if table.range_key_attr else [part])
            if all(name in item.attrs and item.attrs[name] == value for name, value in wanted)
        ]
        schema = table.get_index(index).schema
        (name,) = [each["AttributeName"] for each in schema if each["KeyType"] == "RANGE"]
    if not comparison:
        return items
    return [
        item
        for item in items
        if name in item.attrs and item.attrs[name].compare(comparison, values)
    ]


@contextmanager
def quick_moto() -> Iterator[None]:
    """Make moto quick while the block runs."""
    transact, query, all_items = (
        DynamoDBBackend.transact_write_items,
        Table.query,
        Table.all_items,
    )

    def transact_write_items(backend: Any, transact_items: list[dict[str, Any]]) -> None:
        with _undone_if_it_fails(backend, transact_items):
            transact(backend, transact_items)

    def query_partition(
        table: Any,
        hash_key: Any,
        comparison: Any,
        values: Any,
        limit: Any,
        start: Any,
        forward: Any,
        projection: Any,
        index: str | None = None,
        *rest: Any,
        **named: Any,
    ) -> Any:
        table._asked = {
            "hash_key": hash_key,
            "comparison": comparison,
            "values": values,
            "index": index,
            "conditions": named.get("hash_key_conditions"),
        }
        try:
            return query(
                table,
                hash_key,
                comparison,
                values,
                limit,
                start,
                forward,
                projection,
                index,
                *rest,
                **named,
            )
        finally:
            del table._asked

    def items_to_look_at(table: Any) -> list[Item]:
        asked = getattr(table, "_asked", None)
        return all_items(table) if asked is None else _candidates(table, asked)

    with ExitStack() as patches:
        for target, name, value in (
            (models, "copy", SimpleNamespace(deepcopy=_copy)),
            (DynamoDBBackend, "transact_write_items", transact_write_items),
            (Table, "query", query_partition),
            (Table, "all_items", items_to_look_at),
        ):
            patches.enter_context(patch.object(target, name, value))
        yield


@contextmanager
def moto_without_http() -> Iterator[None]:
    """Let requests go straight to moto's DynamoDB, while the block runs.

    Nothing is signed, routed and read again. One call at a time: it is for code with one thread.
    """
    send = DynamoDB._send

    def send_to_moto(client: DynamoDB, operation: str, body: bytes, at: float) -> Any:
        if operation not in _OF_ITEMS:
            return send(client, operation, body, at)
        handler = DynamoHandler()
        handler.region, handler.current_account = client.region, _ACCOUNT
        handler.headers = {}
        handler.body = handler.params = json.loads(body)
        try:
            result = getattr(handler, _snake(operation))().result or {}
            present = {name: value for name, value in result.items() if value is not None}
            status, answer = 200, json.dumps(present).encode()
        except JsonRESTError as error:
            status, answer = 400, error.description.encode()
        return replied(status, answer)

    with patch.object(DynamoDB, "_send", send_to_moto):
        yield


def _snake(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
