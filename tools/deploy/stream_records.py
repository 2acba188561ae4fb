"""Records of DynamoDB Streams, as the API gives them and as Lambda hands them over."""

from collections.abc import Iterator
from typing import Any


def records_between(streams: Any, batch: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the records that a dead letter points to, as Lambda handed them over.

    `batch` is its DDBStreamBatchInfo. Raises an error of the client if they are gone: a stream
    keeps its records for 24 hours.
    """
    stream, shard = batch["streamArn"], batch["shardId"]
    last = int(batch["endSequenceNumber"])
    found = read(streams, stream, shard, at=batch["startSequenceNumber"])
    records = []
    for record in found:
        number = int(record["dynamodb"]["SequenceNumber"])
        if number > last:
            break
        records.append(record)
        if number == last:
            break
    return records


def read(
    streams: Any, stream: str, shard: str, *, at: str | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the records of a shard, from a sequence number or from the oldest one."""
    where = {"ShardIteratorType": "TRIM_HORIZON"}
    if at is not None:
        where = {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": at}
    iterator = streams.get_shard_iterator(StreamArn=stream, ShardId=shard, **where)["ShardIterator"]
    empty = 0
    while iterator is not None and empty < 3:  # an open shard has always a next iterator
        answer = streams.get_records(ShardIterator=iterator)
        for record in answer["Records"]:
            yield as_lambda_has_it(record, stream)
        empty = 0 if answer["Records"] else empty + 1
        iterator = answer.get("NextShardIterator")


def as_lambda_has_it(record: dict[str, Any], stream: str) -> dict[str, Any]:
    """Return a record of the API in the shape of Lambda's event: JSON, with the stream's ARN.

    Binary values, which no table here has, are not converted.
    """
    written = dict(record["dynamodb"])
    moment = written["ApproximateCreationDateTime"]
    written["ApproximateCreationDateTime"] = moment.timestamp()
    converted = {**record, "dynamodb": written, "eventSourceARN": stream}
    if "userIdentity" in record:
        identity = record["userIdentity"]
        converted["userIdentity"] = {
            "principalId": identity["PrincipalId"],
            "type": identity["Type"],
        }
    return converted
