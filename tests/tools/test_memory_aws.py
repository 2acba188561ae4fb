"""AWS in memory, made once and copied."""

from typing import Any

import boto3

from tests.streams import LOGGED, records_of
from tools.memory_aws import memory_aws
from tools.template import resources

TABLES = resources("AWS::DynamoDB::Table")
ROOM = {"roomName": {"S": "team"}}


def everything(dynamodb: Any) -> list[Any]:
    items = [sorted(map(str, dynamodb.scan(TableName=each)["Items"])) for each in TABLES]
    return [items, [records_of(table) for table in LOGGED]]


def test_what_a_test_stored_is_not_there_for_the_next(quick_aws: None) -> None:
    for _ in range(2):
        with memory_aws():
            client = boto3.client("dynamodb")
            assert sorted(client.list_tables()["TableNames"]) == sorted(TABLES)
            assert everything(client) == [[[] for _ in TABLES], [[] for _ in LOGGED]]
            client.put_item(TableName="RoomsTable", Item=ROOM)
            secrets = boto3.client("secretsmanager")
            assert secrets.get_secret_value(SecretId="LiveKitSecret")["SecretString"] != "changed"
            secrets.put_secret_value(SecretId="LiveKitSecret", SecretString="changed")
            secrets.delete_secret(SecretId="ApiKeysSecret", ForceDeleteWithoutRecovery=True)
            assert boto3.client("s3").list_objects_v2(Bucket="recordings")["KeyCount"] == 0
            boto3.client("s3").put_object(Bucket="recordings", Key="a", Body=b"b")
