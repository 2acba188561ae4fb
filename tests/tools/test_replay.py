"""Dead letters about a stream, whose records the replay fetches."""

import json
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from meet import wiring
from meet.actors import SWEEP
from meet.clock import HOUR, Milliseconds
from meet.rooms.model import Preferences, Room
from tests.fakes import Clock
from tests.functions.gateway import CONTEXT
from tests.streams import records_of
from tools.deploy.replay import Replay

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:meet-LogEvents"


class Functions:
    """Lambda, which runs log_events here."""

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == FUNCTION
        import_module("functions.log_events.app").handler(json.loads(Payload), CONTEXT)
        return {}


def replay() -> Replay:
    made = Replay.__new__(Replay)
    made.streams = boto3.client("dynamodbstreams")
    made.functions = Functions()
    return made


def letter(records: list[dict[str, Any]], **changes: str) -> str:
    """Return the letter that Lambda writes about a batch of a stream that it gave up.

    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    streams = boto3.client("dynamodbstreams")
    arn = records[0]["eventSourceARN"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    batch = {
        "shardId": shard["ShardId"],
        "startSequenceNumber": records[0]["dynamodb"]["SequenceNumber"],
        "endSequenceNumber": records[-1]["dynamodb"]["SequenceNumber"],
        "approximateArrivalOfFirstRecord": "2026-11-25T12:00:00Z",
        "approximateArrivalOfLastRecord": "2026-11-25T12:00:01Z",
        "batchSize": len(records),
        "streamArn": arn,
    }
    return json.dumps(
        {
            "requestContext": {
                "requestId": "316aa6d0-8154-xmpl-9af7-85d5f4a6bc81",
                "functionArn": FUNCTION,
                "condition": "RecordAgeExceeded",
                "approximateInvokeCount": 40,
            },
            "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": "2026-11-25T12:00:00.000Z",
            "DDBStreamBatchInfo": batch | changes,
        }
    )


@pytest.fixture
def records(aws: None, still_clock: Clock) -> list[dict[str, Any]]:
    """Create three rooms, and delete one of them."""
    rooms = wiring.room_repository()
    names = []
    for _ in range(3):
        later = Milliseconds(still_clock() + HOUR)
        room = Room.new(
            "",
            now=still_clock(),
            expires_at=later,
            max_participants=None,
            preferences=Preferences(),
        )
        rooms.add(room)
        names.append(room.name)
    rooms.close(names[0], now=still_clock(), by=SWEEP)
    return records_of("RoomsTable")


def test_the_records_between_the_two_numbers_are_handed_over_again(
    records: list[dict[str, Any]],
) -> None:
    assert replay()._attempt(letter(records[1:])) is None
    assert replay()._attempt(letter(records[1:])) is None  # twice does no harm
    log = wiring.event_log()
    found = log.read(None, limit=10).events
    assert [each.type for each in found] == ["room.created", "room.created", "room.deleted"]
    assert replay()._attempt(letter(records[:1])) is None
    assert [each.position for each in log.read(None, limit=10).events] == [1, 2, 3, 4]


def test_records_that_the_stream_has_no_longer_are_reported(
    records: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replay()
    error = made.streams.exceptions.TrimmedDataAccessException
    refusal = {"Error": {"Code": "TrimmedDataAccessException", "Message": "gone"}}

    def get_shard_iterator(**_: Any) -> None:
        raise error(refusal, "GetShardIterator")

    streams = SimpleNamespace(get_shard_iterator=get_shard_iterator)
    monkeypatch.setattr(made, "streams", streams)
    failure = made._attempt(letter(records))
    assert failure is not None
    assert "does not have its records" in failure
