"""Queries of an index that is spread over partitions."""

import json
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from threading import Barrier, Event
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ConnectTimeoutError

from meet import dynamodb, sweep_index
from meet.amazon import JsonClient
from meet.clock import SECOND, Milliseconds, now
from tests.amazon import make_api_calls
from tests.aws_server import Answer, Server, aws_server

Ask = Callable[[Any], Iterator[dict[str, Any]]]
ALL = len(dynamodb.SHARDS)


def newest(client: Any) -> Iterator[dict[str, Any]]:
    return dynamodb.newest_first(client, table="Rooms", after=None, limit=10)


def due(client: Any) -> Iterator[dict[str, Any]]:
    return sweep_index.due_items(client, table="Rooms", until=Milliseconds(0))


def partition_of(query: dict[str, Any]) -> str:
    values = query["ExpressionAttributeValues"]
    partition: str = (values.get(":partition") or values[":shard"])["S"]
    return partition


def answer_of(query: dict[str, Any]) -> Answer:
    """Return an item that is named after its partition."""
    shard = {"S": partition_of(query)}
    return Answer(
        body={"Items": [{"indexShard": shard, "listKey": shard, "sweepAt": {"N": shard["S"]}}]}
    )


def shards_of(items: Iterator[dict[str, Any]]) -> list[str]:
    return [each["indexShard"] for each in items]


@pytest.fixture
def server() -> Iterator[Server]:
    """Answer a query once all partitions were asked."""
    together = Barrier(ALL, timeout=10)

    def answer(body: dict[str, Any]) -> Answer:
        if "KeyConditionExpression" not in body:
            return Answer(body={"Items": [], "LastEvaluatedKey": {"roomName": {"S": "a"}}})
        together.wait()
        return answer_of(body)

    with (
        aws_server() as laid,
        patch.object(JsonClient, "_make_api_calls", make_api_calls),
    ):
        laid.answer = answer
        yield laid


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note after which attempts a client pauses, instead of waiting."""
    noted: list[int] = []
    monkeypatch.setattr("meet.clock.back_off", noted.append)
    return noted


@pytest.mark.parametrize("ask", [newest, due])
def test_all_partitions_are_asked_at_the_same_time(server: Server, ask: Ask) -> None:
    found = shards_of(ask(server.client()))
    assert found == list(dynamodb.SHARDS), "each partition has its own answer"


def test_the_connections_are_those_of_the_list_before(server: Server) -> None:
    client = server.client()
    for _ in range(3):
        assert len(list(newest(client))) == ALL
    assert server.connections == ALL


def test_a_partition_that_is_busy_or_hangs_up_is_asked_again_alone(
    server: Server, pauses: list[int]
) -> None:
    faults = {"1": Answer(500), "2": Answer(silent=True), "3": Answer(body={"Items": []}, cut=True)}
    server.answer = lambda body: faults.pop(partition_of(body), None) or answer_of(body)
    assert shards_of(newest(server.client())) == list(dynamodb.SHARDS)
    asked = sorted(partition_of(body) for _, body in server.asked)
    assert asked == ["0", "1", "1", "2", "2", "3", "3"]
    assert pauses == [1], "one for all"


def test_those_that_get_no_answer_are_waited_for_together(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meet.connections._AT_LEAST", 0.01)
    monkeypatch.setattr("meet.amazon.READ_TIMEOUT", 2)
    waits, over = set(dynamodb.SHARDS), Event()

    def answer_late_at_first(body: dict[str, Any]) -> Answer:
        if partition_of(body) in waits:
            waits.remove(partition_of(body))
            over.wait(30)
        return answer_of(body)

    server.answer = answer_late_at_first
    began = time.monotonic()
    found = shards_of(newest(server.client()))
    took = time.monotonic() - began
    over.set()
    assert found == list(dynamodb.SHARDS)
    assert took < 2 * ALL - 1


def test_a_connection_that_is_closed_while_it_is_asked_says_nothing_about_the_others(
    server: Server, monkeypatch: pytest.MonkeyPatch, pauses: list[int]
) -> None:
    server.answer = answer_of
    client = server.client()
    send, closed = client._connections.send, set(dynamodb.SHARDS)

    def send_later(body: bytes, headers: dict[str, str]) -> Any:
        partition = partition_of(json.loads(body))
        if partition in closed:
            closed.remove(partition)
            raise ConnectionClosedError(endpoint_url=server.address)
        return send(body, headers)

    monkeypatch.setattr(client._connections, "send", send_later)
    assert shards_of(newest(client)) == list(dynamodb.SHARDS)
    assert pauses == [1]


@pytest.mark.parametrize("late", ["0", "3"])
def test_of_several_reasons_to_repeat_a_fault_counts(
    server: Server, pauses: list[int], late: str
) -> None:
    told = {"date": formatdate(now() / SECOND + 3600, usegmt=True)}
    first = dict.fromkeys(dynamodb.SHARDS, Answer(503))
    first[late] = Answer(400, {"__type": "#RequestExpired"}, told)
    server.answer = lambda body: first.pop(partition_of(body), None) or answer_of(body)
    assert shards_of(newest(server.client())) == list(dynamodb.SHARDS)
    assert pauses == [1]


def test_if_a_connection_cannot_be_made_there_is_one_attempt_for_all(
    server: Server, monkeypatch: pytest.MonkeyPatch, pauses: list[int]
) -> None:
    client = server.client()
    tried: list[object] = []

    def away(connections: object) -> None:
        tried.append(connections)
        raise ConnectTimeoutError(endpoint_url=server.address)

    monkeypatch.setattr("meet.connections.Connections._connected", away)
    with pytest.raises(ConnectTimeoutError):
        list(newest(client))
    assert (len(tried), pauses) == (3, [1, 2])


def test_many_partitions_have_few_connections(server: Server) -> None:
    server.answer = answer_of
    partitions = [f"{number:02d}" for number in range(24)]
    found = dynamodb.newest_first(
        server.client(), table="Rooms", after=None, limit=10, partitions=partitions
    )
    assert shards_of(found) == partitions
    assert server.connections == 8


def test_a_clock_that_is_wrong_is_set_for_all_that_were_signed_by_it(server: Server) -> None:
    told = {"date": formatdate(now() / SECOND + 3600, usegmt=True)}
    refusals = dict.fromkeys(dynamodb.SHARDS, Answer(400, {"__type": "#RequestExpired"}, told))
    server.answer = lambda body: refusals.pop(partition_of(body), None) or answer_of(body)
    client = server.client()
    assert shards_of(newest(client)) == list(dynamodb.SHARDS)
    assert len(server.asked) == 2 * ALL
    assert shards_of(newest(client)) == list(dynamodb.SHARDS)
    assert len(server.asked) == 3 * ALL


def test_a_refusal_of_one_is_that_of_the_list_and_no_unread_answer_is_kept(server: Server) -> None:
    answer = server.answer
    assert answer

    def refuse_one(body: dict[str, Any]) -> Answer:
        given = answer(body)
        return Answer(400, {"__type": "#AccessDenied"}) if partition_of(body) == "1" else given

    server.answer = refuse_one
    client = server.client()
    with pytest.raises(ClientError, match="AccessDenied"):
        list(newest(client))
    assert len(client._connections._idle) == 2
    server.answer = answer
    assert shards_of(newest(client)) == list(dynamodb.SHARDS), "no answer to the question before"
    assert server.connections == ALL + 2, "those of partitions 2 and 3 were closed"
