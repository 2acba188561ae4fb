"""AWS in memory: the tables and secrets of template.yaml, served by moto."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, cast
from unittest.mock import patch

import boto3
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.awslambda.models import EventSourceMapping
from moto.backends import get_backend
from moto.core.models import botocore_stubber
from moto.dynamodb.responses import DynamoHandler
from moto.s3.exceptions import MissingKey, PreconditionFailed
from moto.s3.responses import S3Response

from meet.connections import Connections, Reply, Sent
from tools.template import functions, resources

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

API_KEY = "the-first-api-key"
ADMIN_USERNAME, ADMIN_PASSWORD = "first", API_KEY
LIVEKIT_KEY = "livekit-key"
LIVEKIT_SECRET = "livekit-secret-of-at-least-32-bytes"  # noqa: S105 - opens nothing

ACCOUNT, REGION = "123456789012", "eu-west-1"
_QUEUES = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}"

MAPPINGS = {
    "DeliverWebhookQuick": "6c1f8a52-0d5e-4b8e-9f57-3f2c8f0a1d01",
    "DeliverWebhookSlow": "6c1f8a52-0d5e-4b8e-9f57-3f2c8f0a1d02",
}
"""The ids of the event source mappings that poll the queues of deliveries."""

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "POWERTOOLS_SERVICE_NAME": "meet",
    "AWS_REGION": REGION,
    "ROOMS_TABLE": "RoomsTable",
    "RECORDINGS_TABLE": "RecordingsTable",
    "MEETINGS_TABLE": "MeetingsTable",
    "EVENTS_TABLE": "EventsTable",
    "EVENT_RETENTION_DAYS": "30",
    "WEBHOOKS_TABLE": "WebhooksTable",
    "DELIVERIES_QUEUE": f"{_QUEUES}/Deliveries",
    "SLOW_DELIVERIES_QUEUE": f"{_QUEUES}/SlowDeliveries",
    "DELIVERIES_MAPPING": MAPPINGS["DeliverWebhookQuick"],
    "SLOW_DELIVERIES_MAPPING": MAPPINGS["DeliverWebhookSlow"],
    "RECORDINGS_BUCKET": "recordings",
    "MAX_RECORDING_SECONDS": "21600",
    "RECORDING_RETENTION_DAYS": "0",
    "RECORDING_TRASH_DAYS": "0",
    "SIGNING_KEYS_TABLE": "SigningKeysTable",
    "PUBLIC_URL": "",
    "IDEMPOTENCY_TABLE": "IdempotencyTable",
    "API_KEYS_SECRET": "ApiKeysSecret",
    "LIVEKIT_SECRET": "LiveKitSecret",
    "JOIN_TOKEN_MINUTES": "60",
    "LIVEKIT_URL": "wss://livekit.example.com",
    "STACK_NAME": "meet",
    "STACK_ID": "arn:aws:cloudformation:eu-west-1:123456789012:stack/meet/1",
}

SECRETS = {
    "ApiKeysSecret": {ADMIN_USERNAME: API_KEY},
    "LiveKitSecret": {"apiKey": LIVEKIT_KEY, "apiSecret": LIVEKIT_SECRET},
}

_NOT_IN_CREATE_TABLE = {"TimeToLiveSpecification", "PointInTimeRecoverySpecification"}


def create_tables(dynamodb: "DynamoDBClient") -> None:
    """Create those tables of the template that are not there."""
    there = dynamodb.list_tables()["TableNames"]
    for name, properties in resources("AWS::DynamoDB::Table").items():
        if name in there:
            continue
        table = {k: v for k, v in properties.items() if k not in _NOT_IN_CREATE_TABLE}
        table["SSESpecification"] = {"Enabled": True}
        if "StreamSpecification" in table:
            table["StreamSpecification"] = {"StreamEnabled": True, **table["StreamSpecification"]}
        dynamodb.create_table(TableName=name, **table)
        if expiry := properties.get("TimeToLiveSpecification"):
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)


@contextmanager
def _one_call_at_a_time() -> Iterator[None]:
    """Make each call of DynamoDB atomic, as it is at AWS.

    To undo a transaction, moto copies the tables and puts the copies back: what other threads write
    meanwhile is lost, or the copying fails.
    """
    one = threading.Lock()
    answer = DynamoHandler.call_action

    def answer_alone(handler: DynamoHandler) -> Any:
        with one:
            return answer(handler)

    with patch.object(DynamoHandler, "call_action", answer_alone):
        yield


@contextmanager
def _conditions_of_uploads() -> Iterator[None]:
    """Let parts be copied, and uploads end, only if the file has the ETag that is asked for.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    copy, post = S3Response.upload_part_copy, S3Response._key_response_post

    def check(response: Any, header: str, bucket: str, key: str) -> None:
        if wanted := response.headers.get(header):
            file = response.backend.get_object(bucket, key)
            if file is None:
                raise MissingKey(key)
            if file.etag.strip('"') != wanted.strip('"'):
                raise PreconditionFailed(header)

    def copy_if_same(response: Any) -> Any:
        check(
            response,
            "x-amz-copy-source-if-match",
            *response.headers["x-amz-copy-source"].lstrip("/").split("/", 1),
        )
        return copy(response)

    def post_if_same(response: Any, request: Any, body: bytes, bucket: str, *rest: Any) -> Any:
        query, key = rest
        if "uploadId" in query:
            check(response, "If-Match", bucket, key)
        return post(response, request, body, bucket, *rest)

    with (
        patch.object(S3Response, "upload_part_copy", copy_if_same),
        patch.object(S3Response, "_key_response_post", post_if_same),
    ):
        yield


def answered(reply: Any) -> Sent:
    """Return a request whose reply is there."""
    return cast(Sent, SimpleNamespace(reply=lambda: reply, drop=lambda: None))


@contextmanager
def _requests_reach_moto() -> Iterator[None]:
    """Give moto the requests to AWS that do not come from botocore, where moto waits for them."""
    send = Connections.send

    def send_or_give(
        connections: Connections, body: bytes, headers: dict[str, str], **more: Any
    ) -> Sent:
        if not headers.get("host", "").endswith(".amazonaws.com"):
            return send(connections, body, headers, **more)
        request = AWSPreparedRequest(
            "POST", f"https://{headers['host']}/", HTTPHeaders.from_dict(headers), body, False
        )
        status, told, answer = cast(Any, botocore_stubber.process_request(request))
        data = answer.encode() if isinstance(answer, str) else answer
        return answered(Reply(status, HTTPHeaders.from_dict(told), data))

    with patch.object(Connections, "send", send_or_give):
        yield


@contextmanager
def memory_aws(**environment: str) -> Iterator[None]:
    """Create the tables, secrets and queues of the template while the block runs."""
    with (
        patch.dict(os.environ, ENVIRONMENT),
        mock_aws(),
        _requests_reach_moto(),
        _one_call_at_a_time(),
        _conditions_of_uploads(),
        patch.dict(os.environ, environment),
    ):
        if "AWS_ENDPOINT_URL_DYNAMODB" in environment:
            create_tables(boto3.client("dynamodb"))
        else:
            _create_once("dynamodb", "tables", lambda: create_tables(boto3.client("dynamodb")))
        _create_once("secretsmanager", "secrets", _create_secrets)
        files = get_backend("s3")[ACCOUNT]["aws"]
        files.create_bucket(ENVIRONMENT["RECORDINGS_BUCKET"], REGION)
        files.put_bucket_versioning(ENVIRONMENT["RECORDINGS_BUCKET"], "Enabled")
        for name in resources("AWS::SQS::Queue"):
            get_backend("sqs")[ACCOUNT][REGION].create_queue(name)
        _create_mappings()
        yield


def _create_mappings() -> None:
    """Create what polls the queues of deliveries.

    moto's queues do not know of it, or they would run the function in a container.
    """
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:DeliverWebhook"
    for name, queue in _polled().items():
        spec = {
            "RegionName": REGION,
            "AccountId": ACCOUNT,
            "FunctionName": "DeliverWebhook",
            "FunctionArn": function,
            "EventSourceArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue['Queue']['GetAtt'][:-4]}",
            "Enabled": queue.get("Enabled", True),
        }
        mapping = cast(Any, EventSourceMapping)(spec)
        mapping.uuid = MAPPINGS[f"DeliverWebhook{name}"]
        get_backend("lambda")[ACCOUNT][REGION]._event_source_mappings[mapping.uuid] = mapping


@cache
def _polled() -> dict[str, dict[str, Any]]:
    """Return the properties of the events by which Lambda polls queues for deliver_webhook."""
    events = functions()["deliver_webhook"]["Events"]
    return {name: event["Properties"] for name, event in events.items()}


def _create_secrets() -> None:
    secrets = boto3.client("secretsmanager")
    for name, value in SECRETS.items():
        secrets.create_secret(Name=name, SecretString=json.dumps(value))


_created: dict[str, Any] = {}
"""Service -> what moto made of the template's resources."""


def _create_once(
    service: Literal["dynamodb", "secretsmanager"], attribute: str, create: Callable[[], None]
) -> None:
    """Create resources of the template, or give moto a copy of those that were made earlier.

    A copy takes a hundredth of the time.
    """
    backend = get_backend(service)[ACCOUNT][REGION]
    if service in _created:
        setattr(backend, attribute, deepcopy(_created[service]))
    else:
        create()
        _created[service] = deepcopy(getattr(backend, attribute))
