"""DELETE /recordings."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, EndpointConnectionError

from meet import wiring
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Reply
from tests.functions.links import before_first
from tests.functions.logs import Logs
from tests.functions.recordings import UNKNOWN_ID, Studio, is_in_bucket, item_of, stored

NOT_NOW = "It could not be deleted now"


def delete(studio: Studio, *ids: str) -> Reply:
    return studio.call("DELETE", "/recordings", {"recordingIds": list(ids)})


def unknown(number: int) -> str:
    return f"rec_{number:026d}"


def test_all_gone_is_204(studio: Studio) -> None:
    ids = [studio.ready(), studio.failed(), studio.ready()]
    keys = [stored(each).object_key for each in ids]
    reply = delete(studio, *ids)
    assert (reply.status, reply.text) == (204, "")
    assert not any(item_of(each) for each in ids)
    assert not any(is_in_bucket(key) for key in keys)


def test_what_cannot_be_deleted_is_named_with_its_reason(studio: Studio) -> None:
    ready, running = studio.ready(), studio.active()
    reply = delete(studio, running, ready, UNKNOWN_ID, "../x", ready)
    assert reply.status == 200
    assert reply.body == {
        "deleted": [ready],
        "notDeleted": [
            {"recordingId": running, "error": "The recording is not finished"},
            {"recordingId": UNKNOWN_ID, "error": "Recording not found"},
            {"recordingId": "../x", "error": "Recording not found"},
        ],
    }
    assert item_of(running) is not None


def test_none_gone_is_200_too(studio: Studio) -> None:
    reply = delete(studio, UNKNOWN_ID)
    assert (reply.status, reply.body["deleted"]) == (200, [])


def test_the_ids_may_come_in_the_query_for_proxies_that_drop_bodies(studio: Studio) -> None:
    one, two, three = studio.ready(), studio.ready(), studio.ready()
    assert studio.call("DELETE", f"/recordings?recordingIds={one},%20{two}").status == 204
    both = studio.call("DELETE", f"/recordings?recordingIds={one}", {"recordingIds": [three]})
    assert both.body["deleted"] == [three]


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({}, "recordingIds", "Required"),
        ({"recordingIds": []}, "recordingIds", "Must have at least 1 items"),
        ({"recordingIds": "rec_1"}, "recordingIds", "Expected array, received string"),
        ({"recordingIds": None}, "recordingIds", "Expected array, received null"),
        ({"recordingIds": ["a", 5]}, "recordingIds.1", "Expected string, received number"),
        ({"recordingIds": [None]}, "recordingIds.0", "Expected string, received null"),
        (
            {"recordingIds": [*map(str, range(1001))]},
            "recordingIds",
            "Must have at most 1000 items",
        ),
    ],
)
def test_a_wrong_body_is_422(studio: Studio, body: Any, field: str, message: str) -> None:
    reply = studio.call("DELETE", "/recordings", body)
    assert reply.status == 422
    assert reply.body["details"] == [{"field": field, "message": message}]
    assert reply.body["message"] == "Invalid request body"


@pytest.mark.parametrize("query", ["", "?recordingIds=", "?recordingIds=,%20,"])
def test_no_ids_at_all_are_422(studio: Studio, query: str) -> None:
    reply = studio.call("DELETE", f"/recordings{query}")
    assert reply.status == 422
    assert reply.body["details"][0]["field"] == "recordingIds"


def test_1000_ids_are_taken_with_few_calls(studio: Studio, aws_calls: AwsCalls) -> None:
    one = studio.ready()
    aws_calls.forget()
    reply = delete(studio, one, *map(unknown, range(999)))
    assert reply.body["deleted"] == [one]
    assert len(reply.body["notDeleted"]) == 999
    assert len(aws_calls.names) <= 13


def test_claims_come_first_then_files_go_and_then_items(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    ids = [studio.ready() for _ in range(3)]
    aws_calls.forget()
    delete(studio, *ids)
    assert aws_calls.names == [
        "BatchGetItem",
        "TransactWriteItems",
        "DeleteObjects",
        "BatchWriteItem",
    ]


def answering(
    monkeypatch: pytest.MonkeyPatch, operation: str, answer: Callable[[dict[str, Any]], Any]
) -> list[dict[str, Any]]:
    """Let AWS do nothing for an operation but give this answer; return what it was asked."""
    asked: list[dict[str, Any]] = []
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, name: str, parameters: dict[str, Any]) -> Any:
        if name != operation:
            return make(client, name, parameters)
        asked.append(parameters)
        return answer(parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return asked


def test_a_file_that_s3_kept_keeps_its_item(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone = studio.ready(), studio.ready()
    error = {"Key": stored(kept).object_key, "Code": "InternalError", "Message": "secret text"}
    with monkeypatch.context() as failing:
        answering(failing, "DeleteObjects", lambda _: {"Errors": [error]})
        reply = delete(studio, kept, gone)
    assert reply.body == {
        "deleted": [gone],
        "notDeleted": [{"recordingId": kept, "error": NOT_NOW}],
    }
    assert item_of(kept) is not None
    assert item_of(gone) is None
    assert delete(studio, kept).status == 204


def test_an_item_that_dynamodb_left_is_tried_again_and_then_reported(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, gone = studio.ready(), studio.ready()

    def leave(parameters: dict[str, Any]) -> dict[str, Any]:
        (requests,) = parameters["RequestItems"].values()
        undone = [each for each in requests if left in str(each)]
        return {"UnprocessedItems": {"RecordingsTable": undone}}

    with monkeypatch.context() as failing:
        asked = answering(failing, "BatchWriteItem", leave)
        reply = delete(studio, left, gone)
    assert reply.body == {
        "deleted": [gone],
        "notDeleted": [{"recordingId": left, "error": NOT_NOW}],
    }
    assert len(asked) > 1
    assert all(len(each["RequestItems"]["RecordingsTable"]) == 1 for each in asked[1:])
    assert delete(studio, left, gone).status == 204


def test_an_error_of_s3_as_a_whole_is_500_and_keeps_all(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [studio.ready(), studio.ready()]
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def fail(client: Any, name: str, parameters: dict[str, Any]) -> Any:
        if name == "DeleteObjects":
            raise RuntimeError("told to fail")
        return make(client, name, parameters)

    with monkeypatch.context() as failing:
        failing.setattr(BaseClient, "_make_api_call", fail)
        assert delete(studio, *ids).status == 500
    assert [studio.status(each) for each in ids] == ["READY", "READY"]
    assert delete(studio, *ids).status == 204


@pytest.mark.parametrize("trash", ["0", "7"])
def test_a_failed_one_that_is_held_meanwhile_is_refused_alone(
    studio: Studio, trash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECORDING_TRASH_DAYS", trash)
    wiring.reset()
    first, held, ready = studio.failed(), studio.failed(), studio.ready()
    path, body = f"/recordings/{held}/hold", {"reason": "court"}
    with before_first("UpdateItem", lambda _: studio.call("PUT", path, body)):
        reply = delete(studio, first, held, ready)
    refused = [{"recordingId": held, "error": "The recording is held"}]
    assert reply.body == {"deleted": [first, ready], "notDeleted": refused}
    assert reply.status == 200


@pytest.mark.parametrize("operation", ["UpdateItem", "DeleteObjects", "PutItem"])
@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "InternalServerError"}}, "any"),
        EndpointConnectionError(endpoint_url="https://aws"),
    ],
)
def test_an_error_of_aws_for_a_failed_one_is_told_of_it_alone_and_logged(
    studio: Studio, operation: str, error: Exception, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, failing, after, ready = (*(studio.failed() for _ in range(3)), studio.ready())
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def fail(client: Any, name: str, parameters: dict[str, Any]) -> Any:
        if name == operation and failing in str(parameters):
            raise error
        return make(client, name, parameters)

    with monkeypatch.context() as broken:
        broken.setattr(BaseClient, "_make_api_call", fail)
        reply = delete(studio, before, failing, after, ready)
    refused = [{"recordingId": failing, "error": NOT_NOW}]
    assert reply.body == {"deleted": [before, after, ready], "notDeleted": refused}
    (line,) = [each for each in logs() if each["message"] == "recording not deleted"]
    assert line["recording"] == failing
    assert str(error) in str(line)
    assert delete(studio, failing).status == 204


def test_an_error_of_aws_as_a_whole_hides_no_deletion_of_a_failed_one(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed, ready = studio.failed(), studio.ready()

    def fail(_: Any) -> None:
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "TransactWriteItems")

    with monkeypatch.context() as broken:
        answering(broken, "TransactWriteItems", fail)
        assert delete(studio, failed, ready).status == 500
    assert (studio.status(failed), studio.status(ready)) == ("FAILED", "READY")
    assert delete(studio, failed, ready).status == 204
