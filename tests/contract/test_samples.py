"""Every sample event through its handler, with what the template gives its function, no more."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from dev.openapi import document
from meet import wiring
from meet.access import API, Credential
from meet.recordings.lifecycle import Evidence, Status
from tests.conftest import Clock
from tests.contract.samples import (
    FILE,
    FUNCTIONS,
    READY,
    REQUESTS,
    ROOM,
    SAMPLES,
    STARTED,
    Called,
    run,
    store_recording,
)
from tests.functions.conftest import Reply

STATUS = {
    "delete_room": 204,
    "disconnect_participant": 204,
    "stop_recording": 204,
    "delete_recording": 204,
    "delete_multiple_recordings": 204,
    "get_recording_stream": 206,
}
"""What a sample is answered, unless it is 200."""


@pytest.mark.parametrize("function", sorted(REQUESTS))
def test_a_sample_request_is_answered_as_the_document_says(
    called: Called, still_clock: Clock, function: str
) -> None:
    raw = run(function, still_clock)
    reply = Reply.of(raw)
    assert reply.status == STATUS.get(function, 200), reply.text
    assert reply.headers["x-request-id"] == SAMPLES[function]["requestContext"]["requestId"]

    path = SAMPLES[function]["resource"].removeprefix(API)
    whole = document()
    if path not in whole["paths"]:
        return
    operation = whole["paths"][path][SAMPLES[function]["httpMethod"].lower()]
    answer = operation["responses"][str(reply.status)]
    if "content" not in answer:
        assert reply.text == ""
        return
    media_type = reply.headers["content-type"]
    if media_type == "video/mp4":
        assert media_type in answer["content"]
        assert reply.text.encode() == FILE[:1024]
        return
    assert media_type == "application/json"
    schema = answer["content"]["application/json"]["schema"]
    Draft202012Validator(schema | {"components": whole["components"]}).validate(reply.body)


def test_the_sample_of_the_authorizer_is_let_pass(called: Called, still_clock: Clock) -> None:
    policy = run("authorize", still_clock)
    [statement] = policy["policyDocument"]["Statement"]
    assert policy["principalId"] == Credential.API_KEY
    assert (statement["Effect"], statement["Resource"]) == (
        "Allow",
        SAMPLES["authorize"]["methodArn"],
    )


def test_the_sample_of_the_schedule_sweeps(called: Called, still_clock: Clock) -> None:
    room = wiring.room_repository()
    room.close(ROOM.name, now=ROOM.created_at)
    wiring.reset()
    assert run("sweep_rooms", still_clock) == {"ended": 1, "waiting": 0, "strays": 0}
    assert called.livekit == ["RoomService/DeleteRoom", "RoomService/ListRooms"]


def test_the_samples_that_need_livekit_reach_it(called: Called, still_clock: Clock) -> None:
    for function in (
        "generate_participant_token",
        "disconnect_participant",
        "create_recording",
        "stop_recording",
        "delete_room",
    ):
        run(function, still_clock)
    assert called.livekit == [
        "RoomService/ListParticipants",
        "RoomService/RemoveParticipant",
        "RoomService/ListParticipants",
        "Egress/StartRoomCompositeEgress",
        "Egress/StopEgress",
        "RoomService/DeleteRoom",
    ]


def test_the_sample_of_the_bucket_makes_a_recording_ready(
    called: Called, still_clock: Clock
) -> None:
    stored = wiring.recording_repository()
    stored.client.delete_item(TableName=stored.table, Key={"recordingId": {"S": READY.id}})
    store_recording(READY, Evidence.EGRESS_COMPLETE, {})
    wiring.reset()
    assert run("recording_uploaded", still_clock) == {"status": "READY"}
    recording = wiring.recording_repository().get(READY.id)
    assert (recording.status, recording.size) == (Status.READY, len(FILE))


def test_the_sample_of_the_other_schedule_settles_recordings(
    called: Called, still_clock: Clock
) -> None:
    assert run("sweep_recordings", still_clock) == {"settled": 2, "waiting": 0}
    assert wiring.recording_repository().get(STARTED.id).status is Status.FAILED
    assert called.livekit == ["Egress/ListEgress", "Egress/ListEgress"]


@pytest.mark.parametrize("function", sorted(SAMPLES))
def test_the_template_allows_what_a_sample_asks_of_aws(
    called: Called, still_clock: Clock, function: str
) -> None:
    run(function, still_clock)
    allowed = [
        (action, _pattern(resource))
        for policy in FUNCTIONS[function].get("Policies", [])
        for statement in policy["Statement"]
        if "Action" in statement  # others depend on a parameter
        for action in _list(statement["Action"])
        for resource in _list(statement["Resource"])
    ]
    for call in called.aws:
        for action, resource in _needed(*call):
            assert any(a == action and p.fullmatch(resource) for a, p in allowed), action


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _pattern(resource: dict[str, str]) -> re.Pattern[str]:
    """Return what matches the resources that a statement is about, by their logical ids."""
    [(tag, value)] = resource.items()
    text = re.sub(r"\$\{(\w+)\.Arn\}", r"\1", value) if tag == "Sub" else value.removesuffix(".Arn")
    return re.compile(re.escape(text).replace(r"\*", ".*"))


def _needed(service: str, operation: str, parameters: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the action and the resource of each permission that a call takes."""
    match service, operation:
        case "secretsmanager", _:
            yield f"{service}:{operation}", parameters["SecretId"]
        case "s3", "DeleteObjects":
            for each in parameters["Delete"]["Objects"]:
                yield "s3:DeleteObject", f"RecordingsBucket/{each['Key']}"
        case "s3", _:
            action = "GetObject" if operation == "HeadObject" else operation
            yield f"s3:{action}", f"RecordingsBucket/{parameters['Key']}"
        case _, "TransactWriteItems":
            for item in parameters["TransactItems"]:
                [(kind, body)] = item.items()
                yield f"{service}:{kind}Item", body["TableName"]
        case _, "BatchGetItem" | "BatchWriteItem":
            for table in parameters["RequestItems"]:
                yield f"{service}:{operation}", table
        case _:
            index = parameters.get("IndexName")
            suffix = f"/index/{index}" if index else ""
            yield f"{service}:{operation}", parameters["TableName"] + suffix


def test_a_sample_request_has_everything_that_a_rest_api_sends() -> None:
    keys = {
        "resource",
        "path",
        "httpMethod",
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
        "requestContext",
        "body",
        "isBase64Encoded",
    }
    for function, sample in REQUESTS.items():
        assert sample.keys() == keys, function
        assert {k: [v] for k, v in sample["headers"].items()} == sample["multiValueHeaders"]
        assert sample["isBase64Encoded"] is (sample["body"] is not None)  # BinaryMediaTypes */*
        if sample["body"] is not None:
            json.loads(base64.b64decode(sample["body"], validate=True))
    authorizer = SAMPLES["authorize"].keys()
    assert authorizer == keys - {"body", "isBase64Encoded"} | {"type", "methodArn"}
