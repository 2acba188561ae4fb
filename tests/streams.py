"""The streams of the tables in memory, handed to log_events as Lambda does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import boto3

from tests.functions.gateway import CONTEXT
from tools.deploy.stream_records import read

LOGGED = ("RoomsTable", "RecordingsTable", "MeetingsTable")


def records_of(table: str) -> list[dict[str, Any]]:
    """Return everything in a table's stream, as Lambda hands it over."""
    streams = boto3.client("dynamodbstreams")
    arn = boto3.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    shards = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    return [record for shard in shards for record in read(streams, arn, shard["ShardId"])]


def log_events(records: list[dict[str, Any]]) -> None:
    """Hand a batch to the function."""
    import_module("functions.log_events.app").handler({"Records": records}, CONTEXT)


@dataclass
class Streams:
    """Hands what is new in the streams to log_events, table by table, in batches."""

    batch: int = 100
    read: dict[str, int] = field(default_factory=dict)

    def flow(self) -> None:
        """Log everything that was written since the last time."""
        for records in self.batches():
            log_events(records)

    def batches(self) -> Iterator[list[dict[str, Any]]]:
        """Yield the new records of each table; they count as read once the next are asked for."""
        for table in LOGGED:
            records = records_of(table)
            start = self.read.get(table, 0)
            while start < len(records):
                batch = records[start : start + self.batch]
                yield batch
                start = self.read[table] = start + len(batch)
