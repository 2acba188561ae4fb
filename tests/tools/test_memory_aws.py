"""AWS in memory, where it is quicker than moto."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.streams import LOGGED, records_of
from tools.memory_aws import memory_aws
from tools.template import resources

TABLES = resources("AWS::DynamoDB::Table")
ROOM = {"roomName": {"S": "team"}}
MEETING = {"meetingId": {"S": "RM_1"}, "item": {"S": "meeting"}}
SESSION = {"meetingId": {"S": "RM_1"}, "item": {"S": "session#1"}}


@pytest.fixture
def dynamodb(quick_aws: None) -> Iterator[Any]:
    with memory_aws():
        yield boto3.client("dynamodb")


def everything(dynamodb: Any) -> list[Any]:
    items = [sorted(map(str, dynamodb.scan(TableName=each)["Items"])) for each in TABLES]
    return [items, [records_of(table) for table in LOGGED]]


def operations(*, is_there: bool) -> list[dict[str, Any]]:
    """One of each kind, the last of which is refused unless its item is there."""
    nested = {
        "UpdateExpression": "SET kept.viewers = :v ADD seen :v",
        "ExpressionAttributeValues": {":v": {"N": "7"}},
    }
    return [
        {"Update": {"TableName": "RoomsTable", "Key": ROOM, **nested}},
        {"Update": {"TableName": "MeetingsTable", "Key": MEETING, **nested}},
        {"Delete": {"TableName": "MeetingsTable", "Key": SESSION}},
        {"Put": {"TableName": "MeetingsTable", "Item": SESSION | {"item": {"S": "session#2"}}}},
        {"Put": {"TableName": "EventsTable", "Item": {"log": {"S": "x"}, "position": {"N": "1"}}}},
        {
            "ConditionCheck": {
                "TableName": "RecordingsTable",
                "Key": {"recordingId": {"S": "rec_1"}},
                "ConditionExpression": f"attribute_{'' if is_there else 'not_'}exists(recordingId)",
            }
        },
    ]


def test_a_transaction_is_written_whole_or_leaves_everything_as_it_was(dynamodb: Any) -> None:
    values = {"kept": {"M": {"viewers": {"N": "1"}}}, "seen": {"N": "1"}}
    for table, key in (
        ("RoomsTable", ROOM),
        ("MeetingsTable", MEETING),
        ("MeetingsTable", SESSION),
    ):
        dynamodb.put_item(TableName=table, Item=key | values)
    before = everything(dynamodb)
    with pytest.raises(ClientError, match="TransactionCanceled"):
        dynamodb.transact_write_items(TransactItems=operations(is_there=True))
    assert everything(dynamodb) == before
    dynamodb.transact_write_items(TransactItems=operations(is_there=False))
    room = dynamodb.get_item(TableName="RoomsTable", Key=ROOM)["Item"]
    assert room == ROOM | {"kept": {"M": {"viewers": {"N": "7"}}}, "seen": {"N": "8"}}
    items, streams = everything(dynamodb)
    meetings = items[list(TABLES).index("MeetingsTable")]
    assert ["session#2" in each for each in meetings] == [False, True]
    assert [len(each) for each in streams] == [2, 0, 5]


def test_what_a_test_stored_is_not_there_for_the_next(quick_aws: None) -> None:
    for _ in range(2):
        with memory_aws():
            client = boto3.client("dynamodb")
            assert sorted(client.list_tables()["TableNames"]) == sorted(TABLES)
            assert everything(client) == [[[] for _ in TABLES], [[] for _ in LOGGED]]
            client.put_item(TableName="RoomsTable", Item=ROOM)
            secrets = boto3.client("secretsmanager")
            assert secrets.get_secret_value(SecretId="SigningSecret")["SecretString"] != "changed"
            secrets.put_secret_value(SecretId="SigningSecret", SecretString="changed")
            secrets.delete_secret(SecretId="ApiKeysSecret", ForceDeleteWithoutRecovery=True)
            assert boto3.client("s3").list_objects_v2(Bucket="recordings")["KeyCount"] == 0
            boto3.client("s3").put_object(Bucket="recordings", Key="a", Body=b"b")
