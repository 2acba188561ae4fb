"""What sweeps ask of their indexes: one request in a minute without work, all of it in others."""

import heapq
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from meet import wiring
from meet.clock import HOUR, MINUTE, Milliseconds
from meet.dynamodb import SHARDS
from meet.events.model import EventType, StoredEvent
from meet.meetings.model import Meeting
from meet.recordings.model import Recording
from meet.sweep_index import PAGE, SWEEP_INDEX, due_items
from meet.webhooks.model import DeliveryStatus
from meet.wiring import clients
from tests.contract.samples import ROOM
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call
from tests.functions.post import Post
from tests.functions.recordings import Studio
from tests.functions.recordings import sweep as sweep_recordings
from tests.functions.test_sweep_rooms import create_rooms
from tests.functions.test_sweep_rooms import sweep as sweep_rooms

URL = "https://example.com/webhooks/meet"
MORE = PAGE + 8
NOW = Milliseconds(1_000)
A_PAGE, ALL = ["Scan"], ["Scan", *["Query"] * len(SHARDS)]


def put(number: int, due_at: int, shard: str | None = None) -> None:
    item = {
        "roomName": {"S": f"room-{number:03d}"},
        "indexShard": {"S": shard or SHARDS[number % len(SHARDS)]},
        "sweepAt": {"N": str(due_at)},
        "closedAt": {"N": "1"},
    }
    boto3.client("dynamodb").put_item(TableName="RoomsTable", Item=item)


def found(calls: AwsCalls, until: Milliseconds = NOW) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the due entries, and the operations that it took to find them."""
    calls.forget()
    items = list(due_items(clients.dynamodb(), table="RoomsTable", until=until))
    return items, calls.names


def by_queries(until: int = NOW) -> list[dict[str, Any]]:
    """Return the due entries as each partition has them, merged."""
    return list(
        heapq.merge(
            *(list(of_partition(each, until)) for each in SHARDS), key=lambda each: each["sweepAt"]
        )
    )


def of_partition(shard: str, until: int) -> Iterator[dict[str, Any]]:
    pages = boto3.client("dynamodb").get_paginator("query")
    for page in pages.paginate(
        TableName="RoomsTable",
        IndexName=SWEEP_INDEX,
        KeyConditionExpression="indexShard = :shard AND sweepAt <= :until",
        ExpressionAttributeValues={":shard": {"S": shard}, ":until": {"N": str(until)}},
    ):
        for item in page["Items"]:
            name, at = item["roomName"]["S"], int(item["sweepAt"]["N"])
            yield {"roomName": name, "indexShard": shard, "sweepAt": at}


# --------------------------------------------------------------------- a minute without work


def test_without_rooms_the_sweep_reads_a_page_of_rooms_and_one_of_meetings(
    call: Call, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()
    sweep_rooms()
    assert aws_calls.names == ["Scan", "Scan"]
    assert [asked["TableName"] for _, asked, _ in aws_calls.made] == ["RoomsTable", "MeetingsTable"]


def test_a_few_rooms_that_are_not_over_cost_no_more(
    call: Call, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    create_rooms(still_clock, PAGE - 1)
    aws_calls.forget()
    sweep_rooms()
    assert aws_calls.names == ["Scan", "Scan"]


def test_without_recordings_the_sweep_reads_one_page(studio: Studio, aws_calls: AwsCalls) -> None:
    aws_calls.forget()
    sweep_recordings()
    assert aws_calls.names == A_PAGE


def test_without_webhooks_the_sweep_reads_one_item(post: Post, aws_calls: AwsCalls) -> None:
    for _ in ("switches polling off", "finds it off"):
        post.sweep()
    aws_calls.forget()
    post.sweep()
    assert aws_calls.names == ["GetItem"]


def test_with_a_webhook_it_reads_a_page_too(post: Post, aws_calls: AwsCalls) -> None:
    post.register(URL)
    aws_calls.forget()
    post.sweep()
    assert sorted(aws_calls.names) == ["GetEventSourceMapping"] * 2 + ["GetItem", "Scan"]


# ------------------------------------------------------------------------------- the index


@pytest.mark.usefixtures("aws")
def test_nothing_is_found_in_an_empty_index(aws_calls: AwsCalls) -> None:
    assert found(aws_calls) == ([], A_PAGE)


@pytest.mark.usefixtures("aws")
def test_what_fits_into_a_page_is_found_with_it_as_by_queries(aws_calls: AwsCalls) -> None:
    for number in range(PAGE - 1):
        put(number, due_at=NOW + 7 * (10 - number))
    items, asked = found(aws_calls)
    assert asked == A_PAGE
    assert items == by_queries()
    assert [each["sweepAt"] for each in items] == sorted(each["sweepAt"] for each in items)
    assert items[-1] == {"roomName": "room-010", "indexShard": "2", "sweepAt": NOW}
    assert len(items) == PAGE - 11


@pytest.mark.usefixtures("aws")
def test_a_time_is_a_number_and_a_millisecond_later_is_not_due(aws_calls: AwsCalls) -> None:
    for number, due_at in enumerate((NOW + 1, 999, NOW, 0, 5)):
        put(number, due_at)
    assert [each["sweepAt"] for each in found(aws_calls)[0]] == [0, 5, 999, NOW]
    everything = found(aws_calls, until=Milliseconds(10**15))[0]
    assert [each["sweepAt"] for each in everything] == [0, 5, 999, NOW, NOW + 1]


@pytest.mark.usefixtures("aws")
def test_what_is_due_at_the_same_time_is_in_the_order_of_partitions(aws_calls: AwsCalls) -> None:
    for number, shard in enumerate(("3", "1", "0", "2")):
        put(number, due_at=NOW, shard=shard)
    items, asked = found(aws_calls)
    assert asked == A_PAGE
    assert items == by_queries()
    assert [each["indexShard"] for each in items] == list(SHARDS)


@pytest.mark.usefixtures("aws")
def test_an_index_of_exactly_a_page_is_found_whole(aws_calls: AwsCalls) -> None:
    """DynamoDB does not look whether something follows, so it may have to be asked again."""
    for number in range(PAGE):
        put(number, due_at=NOW - number)
    items, asked = found(aws_calls)
    assert asked in (A_PAGE, ALL)
    assert items == by_queries()
    assert len(items) == PAGE


@pytest.mark.usefixtures("aws")
def test_of_a_longer_index_each_partition_is_asked_for_what_is_due(aws_calls: AwsCalls) -> None:
    for number in range(MORE):
        put(number, due_at=NOW + 7 * (10 - number))
    items, asked = found(aws_calls)
    assert asked == ALL
    assert items == by_queries()
    assert len(items) == MORE - 10


@pytest.mark.usefixtures("aws")
def test_an_index_that_is_short_again_is_read_in_one_page_again(aws_calls: AwsCalls) -> None:
    for number in range(PAGE + 1):
        put(number, due_at=NOW)
    assert found(aws_calls)[1] == ALL
    for number in range(2):
        key = {"roomName": {"S": f"room-{number:03d}"}}
        boto3.client("dynamodb").delete_item(TableName="RoomsTable", Key=key)
    items, asked = found(aws_calls)
    assert asked == A_PAGE
    assert len(items) == PAGE - 1


# ------------------------------------------------------------- more than a page of each table


def test_all_of_more_rooms_than_a_page_end(
    call: Call, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    create_rooms(still_clock, MORE)
    still_clock.advance(HOUR)
    aws_calls.forget()
    assert sweep_rooms()["ended"] == MORE
    assert aws_calls.names[:2] == ["Scan", "Query"]


def test_all_of_more_meetings_than_a_page_end(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, aws_calls: AwsCalls
) -> None:
    for number in range(MORE):
        meeting = Meeting(f"RM_{number}", ROOM.name, started_at=still_clock())
        wiring.meeting_repository().add(meeting)
    sweep_rooms()
    still_clock.advance(MINUTE)
    aws_calls.forget()
    assert sweep_rooms()["unreported"] == MORE
    assert list(wiring.meeting_repository().unfinished()) == []


def test_all_of_more_recordings_than_a_page_are_checked(studio: Studio) -> None:
    for number in range(MORE):
        name = f"room-{number:015d}"
        wiring.room_repository().add(
            replace(
                ROOM,
                name=name,
                created_at=studio.clock(),
                expires_at=Milliseconds(studio.clock() + HOUR),
            )
        )
        recording = Recording.new(name, now=studio.clock())
        wiring.recording_repository().start(recording, sweep_at=studio.clock())
    studio.clock.advance(10 * MINUTE)
    assert sweep_recordings() == {"settled": MORE, "waiting": 0}


def test_all_of_more_deliveries_than_a_page_are_queued(post: Post) -> None:
    webhook = post.register(URL)
    for number in range(MORE):
        event = StoredEvent(
            number, f"evt_{number:026d}", EventType.ROOM_CREATED, ROOM.name, post.clock(), "{}"
        )
        wiring.delivery_repository().attempted(
            webhook["webhookId"],
            event,
            DeliveryStatus.WAITING,
            result="x",
            now=post.clock(),
            retry=1,
            next_at=post.clock(),
            sweep_at=post.clock(),
        )
    assert post.sweep()["due"] == MORE
