"""Every sample event through its handler, with what the template gives its function, no more."""

import base64
import json

import boto3
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from livekit.protocol.egress import RoomCompositeEgressRequest
from livekit.protocol.room import RoomParticipantIdentity

from meet import wiring
from meet.access import API, Credential
from meet.actors import SWEEP
from meet.recordings.lifecycle import Evidence, Status
from tests.contract.samples import (
    FILE,
    READY,
    REFERENCES,
    REQUESTS,
    ROOM,
    SAMPLES,
    STARTED,
    Called,
    run,
    store_recording,
)
from tests.fakes import Clock
from tests.functions.gateway import Reply
from tools.openapi import document

STATUS = {
    "create_invitations": 201,
    "create_recording_link": 201,
    "create_webhook": 201,
    "delete_ban": 204,
    "delete_invitation": 204,
    "delete_webhook": 204,
    "replay_webhook": 202,
    "send_message": 202,
    "delete_room": 204,
    "disconnect_participant": 204,
    "release_recording": 204,
    "stop_recording": 204,
    "delete_recording": 204,
    "delete_recording_link": 204,
    "delete_multiple_recordings": 204,
    "get_recording_stream": 206,
    "get_recording_download": 206,
    "get_recording_link_stream": 206,
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
    room.close(ROOM.name, now=ROOM.created_at, by=SWEEP)
    wiring.reset()
    assert run("sweep_rooms", still_clock) == {
        "ended": 1,
        "waiting": 0,
        "strays": 0,
        "removed": 0,
        "unreported": 0,
        "recorded": 0,
    }
    assert called.livekit == ["RoomService/ListRooms"], "nobody is inside"


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


def test_a_removal_revokes_the_tokens_of_before_and_none_of_the_minute_to_come(
    called: Called, still_clock: Clock
) -> None:
    run("disconnect_participant", still_clock)
    [sent] = called.bodies
    asked = RoomParticipantIdentity.FromString(sent)
    assert (asked.room, asked.identity) == (ROOM.name, "Zoë_k2j9x0")
    assert asked.revoke_token_ts == still_clock() // 1000


def test_egress_uploads_with_the_key_in_its_secret_where_there_is_one(
    called: Called, still_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = {"accessKey": "uploads", "secretKey": "uploads-secretly"}
    secrets = boto3.client("secretsmanager")
    secrets.create_secret(Name="EgressSecretArn", SecretString=json.dumps(key))
    monkeypatch.setitem(REFERENCES, "EgressSecretArn", "EgressSecretArn")
    run("create_recording", still_clock)
    request = RoomCompositeEgressRequest.FromString(called.bodies[-1])
    upload = request.file_outputs[0].s3
    assert {"accessKey": upload.access_key, "secretKey": upload.secret} == key


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
