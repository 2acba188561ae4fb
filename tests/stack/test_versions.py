"""On the running stack, S3 sends a part of a file's version as of its newest one."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.live import Client
from tools.stack.deployment import STACK, aws_session

KEY = "versions/film.txt"


@pytest.fixture
def s3(api: Client) -> Any:
    return aws_session().client("s3", endpoint_url=api.stack.aws_endpoint_url)


@pytest.fixture
def bucket(api: Client) -> str:
    stacks = aws_session().client("cloudformation", endpoint_url=api.stack.aws_endpoint_url)
    (stack,) = stacks.describe_stacks(StackName=STACK)["Stacks"]
    (found,) = (
        each["OutputValue"] for each in stack["Outputs"] if each["OutputKey"] == "RecordingsBucket"
    )
    return str(found)


def test_a_part_of_a_version_is_sent_and_what_is_outside_of_it_is_refused(
    s3: Any, bucket: str
) -> None:
    versions = [
        s3.put_object(Bucket=bucket, Key=KEY, Body=body)["VersionId"]
        for body in (b"old film", b"new film")
    ]
    for version, start in zip(versions, (b"old", b"new"), strict=True):
        named = {"Bucket": bucket, "Key": KEY, "VersionId": version}
        part = s3.get_object(**named, Range="bytes=0-2")
        assert (part["ContentRange"], part["Body"].read()) == ("bytes 0-2/8", start)
        with pytest.raises(ClientError) as refused:
            s3.get_object(**named, Range="bytes=8-")
        assert refused.value.response["Error"]["Code"] == "InvalidRange"
