"""Saves before answers."""

import asyncio

import pytest

from dev.commits import Commits, changed_service


@pytest.mark.parametrize("action", ["PutItem", "UpdateItem", "BatchWriteItem", "CreateTable"])
def test_a_write_to_dynamodb_changes_it(action: str) -> None:
    headers = {b"x-amz-target": f"DynamoDB_20120810.{action}".encode()}
    assert changed_service("POST", headers, b"") == "dynamodb"


@pytest.mark.parametrize("action", ["GetItem", "Query", "TransactGetItems", "DescribeTable"])
def test_a_read_of_dynamodb_changes_nothing(action: str) -> None:
    headers = {b"x-amz-target": f"DynamoDB_20120810.{action}".encode()}
    assert changed_service("POST", headers, b"") is None


def test_a_new_secret_changes_secrets_manager() -> None:
    headers = {b"x-amz-target": b"secretsmanager.PutSecretValue"}
    assert changed_service("POST", headers, b"") == "secretsmanager"


def test_an_upload_changes_s3_signed_either_way() -> None:
    signed = {
        b"authorization": b"AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/s3/aws4_request"
    }
    presigned = b"X-Amz-Credential=test%2F20261123%2Fus-east-1%2Fs3%2Faws4_request"
    assert changed_service("PUT", signed, b"") == "s3"
    assert changed_service("PUT", {}, presigned) == "s3"
    assert changed_service("GET", signed, b"") is None


def test_a_start_of_a_function_changes_nothing() -> None:
    signed = {b"authorization": b"AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/lambda/x"}
    assert changed_service("POST", signed, b"") is None


def test_writers_of_the_same_moment_share_a_save() -> None:
    saves: list[str] = []

    async def write() -> None:
        commits = Commits(saves.append)
        await asyncio.gather(*(commits.commit("dynamodb") for _ in range(20)))

    asyncio.run(write())
    assert saves == ["dynamodb"]


def test_a_later_writer_gets_a_later_save() -> None:
    saves: list[str] = []

    async def write() -> None:
        commits = Commits(saves.append)
        await commits.commit("dynamodb")
        await commits.commit("dynamodb")
        await commits.commit("s3")

    asyncio.run(write())
    assert saves == ["dynamodb", "dynamodb", "s3"]


def test_a_failed_save_fails_every_writer_and_the_next_save_is_tried() -> None:
    attempts = []

    def save(service: str) -> None:
        attempts.append(service)
        if len(attempts) == 1:
            raise OSError("disk full")

    async def write() -> list[object]:
        commits = Commits(save)
        two = (commits.commit("dynamodb"), commits.commit("dynamodb"))
        failed: list[object] = list(await asyncio.gather(*two, return_exceptions=True))
        await commits.commit("dynamodb")
        return failed

    failed = asyncio.run(write())
    assert [type(error) for error in failed] == [OSError, OSError]
    assert len(attempts) == 2
