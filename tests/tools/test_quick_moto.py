"""moto made quick answers as before: failed transactions leave nothing, and queries are whole."""

from typing import Any

import boto3
import pytest

from tests.streams import records_of


def put(name: str, **more: str) -> Any:
    item = {"roomName": {"S": name}, **{key: {"S": value} for key, value in more.items()}}
    return {"TableName": "RoomsTable", "Item": item}


@pytest.mark.usefixtures("aws")
def test_a_transaction_that_fails_changes_no_item_and_no_stream() -> None:
    client = boto3.client("dynamodb")
    client.put_item(**put("one", state="before"))
    stream = records_of("RoomsTable")
    new, changed = put("new"), put("one", state="after")
    refused = {**put("two"), "ConditionExpression": "attribute_exists(roomName)"}
    writes: Any = [{"Put": each} for each in (new, changed, refused)]
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.transact_write_items(TransactItems=writes)
    codes = [each["Code"] for each in caught.value.response["CancellationReasons"]]
    assert codes == ["None", "None", "ConditionalCheckFailed"]
    for name, state in (("new", None), ("one", {"S": "before"})):
        found = client.get_item(TableName="RoomsTable", Key={"roomName": {"S": name}})
        assert found.get("Item", {}).get("state") == state
    assert records_of("RoomsTable") == stream


@pytest.mark.usefixtures("aws")
def test_a_query_finds_what_is_in_its_partition_and_range_page_by_page() -> None:
    client = boto3.client("dynamodb")
    for number, (shard, due) in enumerate([("0", 1), ("1", 1), ("0", 3), ("0", 2), ("0", None)]):
        item = {"roomName": {"S": f"room-{number}"}, "indexShard": {"S": shard}}
        if due is not None:
            item["sweepAt"] = {"N": str(due)}
        client.put_item(TableName="RoomsTable", Item=item)
    asked: Any = {
        "TableName": "RoomsTable",
        "IndexName": "dueForSweep",
        "KeyConditionExpression": "indexShard = :shard AND sweepAt <= :until",
        "ExpressionAttributeValues": {":shard": {"S": "0"}, ":until": {"N": "2"}},
    }
    pages = client.get_paginator("query").paginate(**asked, PaginationConfig={"PageSize": 1})
    names = [item["roomName"]["S"] for page in pages for item in page["Items"]]
    assert names == ["room-0", "room-3"]
