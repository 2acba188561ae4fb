"""What a page of the sweeps' index weighs, which decides what reading it costs."""

from typing import Any

import pytest

from meet import dynamodb
from meet.clock import Milliseconds
from meet.events.model import EventType, event_id
from meet.meetings import items as meetings
from meet.recordings import items as recordings
from meet.recordings.model import Recording
from meet.rooms import items as rooms
from meet.rooms.model import Preferences, Room
from meet.rooms.schemas import MAX_PREFIX
from meet.sweep_index import PAGE, SWEEP_INDEX
from meet.webhooks import items as webhooks
from meet.webhooks.model import Definition, Webhook
from meet.wiring import clients
from tests.expressions import DYNAMODB_LOCAL
from tools.template import resources

UNIT = 4096
"""Bytes that cost half a unit to read from an index."""
YEAR_2286 = Milliseconds(10**13 - 1)
ROOM = Room.new(
    "x" * MAX_PREFIX,
    now=YEAR_2286,
    expires_at=YEAR_2286,
    max_participants=None,
    preferences=Preferences(),
)
DELIVERY = webhooks.delivery_key(
    Webhook.new(Definition("https://example.com"), now=YEAR_2286).id,
    event_id(EventType.ROOM_CREATED, "x"),
)
LONGEST: dict[str, dict[str, Any]] = {
    "RoomsTable": rooms.key_of(ROOM.name),
    "RecordingsTable": recordings.key_of(Recording.new(ROOM.name, now=YEAR_2286).id),
    "MeetingsTable": meetings.key_of("RM_" + "x" * 12),
    "WebhooksTable": DELIVERY | dynamodb.to_item({"position": 10**15 - 1, "retry": 99}),
}
"""Table -> what its entries have besides the key of the index, as long as it can be."""
KEY = dynamodb.to_item({"indexShard": "0", "sweepAt": YEAR_2286})


def size_of(item: dict[str, Any]) -> int:
    """Return the bytes that DynamoDB counts, a number as two digits a byte and one more."""
    return sum(
        len(name) + (len(value["S"]) if "S" in value else -(-len(value["N"]) // 2) + 1)
        for name, value in item.items()
    )


def test_the_tables_are_those_with_such_an_index() -> None:
    indexes = {
        name: {each["IndexName"] for each in table.get("GlobalSecondaryIndexes", ())}
        for name, table in resources("AWS::DynamoDB::Table").items()
    }
    assert LONGEST.keys() == {name for name, each in indexes.items() if SWEEP_INDEX in each}


def test_a_page_of_the_largest_entries_costs_as_little_as_a_query_that_finds_nothing() -> None:
    sizes = {table: size_of(KEY | item) for table, item in LONGEST.items()}
    assert sizes == {
        "RoomsTable": 100,
        "RecordingsTable": 67,
        "MeetingsTable": 61,
        "WebhooksTable": 120,
    }
    assert max(sizes.values()) * PAGE <= UNIT


@pytest.mark.parametrize("aws", [DYNAMODB_LOCAL], indirect=True)
@pytest.mark.parametrize("table", LONGEST)
def test_dynamodb_asks_half_a_unit_for_it(aws: None, table: str) -> None:
    client = clients.dynamodb()
    for number in range(PAGE):
        names = LONGEST[table]
        first = next(iter(names))
        text = f"{number:02d}{names[first]['S'][2:]}"
        client.put_item(TableName=table, Item=KEY | names | {first: {"S": text}})
    page = client.scan(
        TableName=table, IndexName=SWEEP_INDEX, Limit=PAGE, ReturnConsumedCapacity="TOTAL"
    )
    assert len(page["Items"]) == PAGE
    assert page["ConsumedCapacity"]["CapacityUnits"] == 0.5
