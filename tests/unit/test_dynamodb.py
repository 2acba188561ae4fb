"""Queries of an index that is spread over partitions."""

from collections.abc import Callable, Iterator
from threading import Barrier
from typing import Any, cast

import pytest

from meet import dynamodb, sweep_index
from meet.clock import Milliseconds

Ask = Callable[[Any], Iterator[dict[str, Any]]]


def newest(client: Any) -> Iterator[dict[str, Any]]:
    return dynamodb.newest_first(client, table="Rooms", after=None, limit=10)


def due(client: Any) -> Iterator[dict[str, Any]]:
    return sweep_index.due_items(client, table="Rooms", until=Milliseconds(0))


class Patient:
    """Answers a query once all partitions were asked."""

    def __init__(self) -> None:
        self._all = Barrier(len(dynamodb.SHARDS), timeout=10)
        self.asked: list[str] = []

    def scan(self, **_: Any) -> dict[str, Any]:
        """Answer that the index is longer than a page."""
        return {"Items": [], "LastEvaluatedKey": {}}

    def query(self, **request: Any) -> dict[str, Any]:
        values = request["ExpressionAttributeValues"]
        self.asked.append(cast(str, (values.get(":partition") or values[":shard"])["S"]))
        self._all.wait()
        return {"Items": []}


@pytest.mark.parametrize("ask", [newest, due])
def test_all_partitions_are_asked_at_the_same_time(ask: Ask) -> None:
    client = Patient()
    assert list(ask(client)) == []
    assert sorted(client.asked) == sorted(dynamodb.SHARDS)


class OneIsAway(Patient):
    """Cannot answer for one of the partitions."""

    def query(self, **request: Any) -> dict[str, Any]:
        answer = super().query(**request)
        if request["ExpressionAttributeValues"].get(":partition", {}).get("S") == "2":
            raise ConnectionError("partition 2 is away")
        return answer


def test_a_failure_of_one_is_that_of_the_list() -> None:
    with pytest.raises(ConnectionError, match="partition 2"):
        list(newest(OneIsAway()))
