"""What the emulator stored is there after a restart."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.live import eventually
from tools.stack.deployment import aws_session
from tools.stack.parts import Emulator

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient


def all_is_in(state: Path) -> bool:
    text = {file.stem: file.read_text() for file in state.glob("*.json")}
    numbers = {int(number) for number in re.findall(r"room-(\d+)", text.get("dynamodb", ""))}
    others = '"keys"' in text.get("secretsmanager", "") and "recordings" in text.get("s3", "")
    return others and numbers == set(range(1, 40))


@pytest.mark.parametrize("killed", [False, True])
def test_what_was_written_outlives_the_emulator(emulator: Emulator, killed: bool) -> None:
    session = aws_session()
    dynamodb: DynamoDBClient = session.client(
        "dynamodb", endpoint_url=emulator.site.aws_endpoint_url
    )
    s3: S3Client = session.client("s3", endpoint_url=emulator.site.aws_endpoint_url)
    secrets: SecretsManagerClient = session.client(
        "secretsmanager", endpoint_url=emulator.site.aws_endpoint_url
    )
    dynamodb.create_table(
        TableName="Rooms",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "roomName", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "roomName", "KeyType": "HASH"}],
    )
    dynamodb.update_time_to_live(
        TableName="Rooms",
        TimeToLiveSpecification={"AttributeName": "deleteAfter", "Enabled": True},
    )
    secrets.create_secret(Name="keys", SecretString="{}")
    s3.create_bucket(Bucket="recordings")
    s3.put_object(Bucket="recordings", Key="a.mp4", Body=b"video", ContentType="video/mp4")

    def write(number: int) -> None:
        dynamodb.put_item(TableName="Rooms", Item={"roomName": {"S": f"room-{number}"}})

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(write, range(40)))
    dynamodb.delete_item(TableName="Rooms", Key={"roomName": {"S": "room-0"}})
    if killed:  # what was written a few seconds before is on disk
        state = emulator.site.directory / "aws" / "state"
        eventually(lambda: all_is_in(state), 10, "all is saved")  # each service in its own file
        emulator.kill()
    else:
        emulator.stop()
    emulator.start()

    kept = {item["roomName"]["S"] for item in dynamodb.scan(TableName="Rooms")["Items"]}
    assert kept == {f"room-{number}" for number in range(1, 40)}
    expiry = dynamodb.describe_time_to_live(TableName="Rooms")["TimeToLiveDescription"]
    assert expiry["AttributeName"] == "deleteAfter"
    assert secrets.get_secret_value(SecretId="keys")["SecretString"] == "{}"
    video = s3.get_object(Bucket="recordings", Key="a.mp4")
    assert (video["Body"].read(), video["ContentType"]) == (b"video", "video/mp4")
