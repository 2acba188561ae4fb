"""On the running stack, S3 sends a part of a file's version as of its newest one."""

import pytest
from botocore.exceptions import ClientError

from tests.live import Client
from tests.stack.test_recordings import s3

KEY = "versions/film.txt"


def test_a_part_of_a_version_is_sent_and_what_is_outside_of_it_is_refused(api: Client) -> None:
    bucket, store = api.stack.recordings_bucket, s3(api)
    versions = [
        store.put_object(Bucket=bucket, Key=KEY, Body=body)["VersionId"]
        for body in (b"old film", b"new film")
    ]
    for version, start in zip(versions, (b"old", b"new"), strict=True):
        named = {"Bucket": bucket, "Key": KEY, "VersionId": version}
        part = store.get_object(**named, Range="bytes=0-2")
        assert (part["ContentRange"], part["Body"].read()) == ("bytes 0-2/8", start)
        with pytest.raises(ClientError) as refused:
            store.get_object(**named, Range="bytes=8-")
        assert refused.value.response["Error"]["Code"] == "InvalidRange"
