"""Records of DynamoDB Streams, as Lambda hands them over.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from collections.abc import Mapping
from typing import Any

from meet import dynamodb
from meet.clock import SECOND, Milliseconds
from meet.events.derivation import Source, Transition, facts_of
from meet.events.model import Fact


def facts_in(record: Mapping[str, Any], sources: Mapping[str, Source]) -> list[Fact]:
    """Return the events that a record is; `sources` are the tables by their names.

    Raises KeyError for a record of another table.
    """
    written = record["dynamodb"]
    transition = Transition(
        old=dynamodb.from_item(written.get("OldImage", {})),
        new=dynamodb.from_item(written.get("NewImage", {})),
        at=Milliseconds(int(written["ApproximateCreationDateTime"] * SECOND)),
        principal=(record.get("userIdentity") or {}).get("principalId"),
    )
    return facts_of(sources[_table(record["eventSourceARN"])], transition)


def _table(stream: str) -> str:
    """Return the table in the ARN of a stream: arn:aws:dynamodb:...:table/NAME/stream/..."""
    return stream.split("/")[1]
