"""Dead letters, replayed on the running stack."""

import json
from typing import Any

import pytest

from meet import clock, dynamodb
from meet.recordings import items
from meet.recordings.lifecycle import Status
from meet.recordings.model import Recording
from tests.live import Client
from tools.deploy.replay import Replay
from tools.stack.deployment import STACK, aws_session
from tools.stack.local_stack import LocalStack

ROOM = "abcdefghijklmno"


@pytest.fixture
def client(stack: LocalStack) -> Any:
    return lambda service: aws_session().client(service, endpoint_url=stack.aws_endpoint_url)


@pytest.fixture
def replay(stack: LocalStack) -> Replay:
    return Replay(aws_session(), STACK, stack.aws_endpoint_url)


def waiting(replay: Replay) -> int:
    answer = replay.sqs.get_queue_attributes(QueueUrl=replay.queue, AttributeNames=["All"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def dead_letter(client: Any, replay: Replay, detail: dict[str, Any]) -> None:
    """Put an event into the queue as Lambda does when a function failed three times.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    resource = client("cloudformation").describe_stack_resource(
        StackName=STACK, LogicalResourceId="RecordingUploaded"
    )["StackResourceDetail"]
    function = client("lambda").get_function(FunctionName=resource["PhysicalResourceId"])
    letter = {
        "version": "1.0",
        "timestamp": "2026-11-24T12:00:00.000Z",
        "requestContext": {
            "requestId": "e4b46cbf-b738-4880-8a18-26ab1a8a2b3c",
            "functionArn": function["Configuration"]["FunctionArn"] + ":$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": {"source": "aws.s3", "detail-type": "Object Created", "detail": detail},
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "1",
            "functionError": "Unhandled",
        },
        "responsePayload": {"errorType": "EndpointConnectionError"},
    }
    replay.sqs.send_message(QueueUrl=replay.queue, MessageBody=json.dumps(letter))


def test_an_event_that_is_handled_now_leaves_the_queue_and_does_its_work(
    stack: LocalStack, api: Client, client: Any, replay: Replay
) -> None:
    recording = Recording.new(ROOM, now=clock.now())
    client("s3").put_object(Bucket=stack.recordings_bucket, Key=recording.object_key, Body=b"video")
    # The event of this file finds no recording, and no sweep will look for its end.
    values = items.to_values(recording) | {"status": Status.STOPPED}
    client("dynamodb").put_item(TableName=stack.recordings_table, Item=dynamodb.to_item(values))

    detail = {"bucket": {"name": stack.recordings_bucket}, "object": {"key": recording.object_key}}
    dead_letter(client, replay, detail)
    assert waiting(replay) == 1
    assert replay.run() == (1, [])

    assert api.call("GET", f"/recordings/{recording.id}").body["status"] == "READY"
    assert waiting(replay) == 0


def test_an_event_that_fails_again_stays(client: Any, replay: Replay) -> None:
    dead_letter(client, replay, {"object": {}})
    replay.sqs.send_message(QueueUrl=replay.queue, MessageBody="no letter")
    try:
        handled, kept = replay.run()
        assert handled == 0
        (foreign,) = [each for each in kept if each.endswith(": not written by Lambda")]
        (failed,) = [each for each in kept if each != foreign]
        assert ":$LATEST: " in failed
        assert failed.endswith(": 'key'")  # what the function did not find
        assert waiting(replay) == 2
    finally:
        replay.sqs.purge_queue(QueueUrl=replay.queue)


def test_a_delivery_to_a_webhook_goes_back_into_its_queue(replay: Replay) -> None:
    delivery = {"webhookId": "wh-gone00000000000", "eventId": "evt_1", "position": 1, "attempt": 0}
    replay.sqs.send_message(QueueUrl=replay.queue, MessageBody=json.dumps(delivery))
    assert replay.run() == (1, [])
    assert waiting(replay) == 0
