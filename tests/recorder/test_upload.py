"""How files get into S3, and with whose credentials."""

from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tools.recorder import upload
from tools.recorder.upload import Credentials, Target, UploadFailed, put


@pytest.fixture(autouse=True)
def bucket(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="bucket")
        yield s3


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "x"
    path.write_text("x")
    return path


def test_a_role_is_assumed_and_tags_are_set(path: Path, bucket: Any) -> None:
    target = Target("bucket", "x.mp4", tagging="a=b", content_disposition="attachment")
    role = Credentials("key", "secret", role="arn:aws:iam::123456789012:role/up", external_id="42")
    put(path, "video/mp4", target, role)
    head = bucket.head_object(Bucket="bucket", Key="x.mp4")
    assert head["ContentDisposition"] == "attachment"
    tags = bucket.get_object_tagging(Bucket="bucket", Key="x.mp4")["TagSet"]
    assert tags == [{"Key": "a", "Value": "b"}]


def test_what_asks_for_no_disposition_is_inline(path: Path, bucket: Any) -> None:
    put(path, "video/mp4", Target("bucket", "x.mp4"), Credentials())
    head = bucket.head_object(Bucket="bucket", Key="x.mp4")
    assert (head["ContentType"], head["ContentDisposition"]) == ("video/mp4", "inline")


def test_an_s3_that_is_away_fails_in_bounded_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(upload._BOUNDS, "retries", {"mode": "standard", "max_attempts": 1})
    target = Target("bucket", "x.mp4", endpoint="http://127.0.0.1:9")
    with pytest.raises(UploadFailed, match=r"S3 upload failed: \w+$"):
        put(path, "video/mp4", target, Credentials("key", "secret"))
