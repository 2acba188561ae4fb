"""AWS in memory: the tables and secrets of template.yaml, served by moto."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.dynamodb.responses import DynamoHandler

from tools.template import resources

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

API_KEY = "the-first-key"
ADMIN_USERNAME = "admin"
ADMIN_PASSWORD = "the-admins-password"  # noqa: S105 - opens nothing
LIVEKIT_KEY = "livekit-key"
LIVEKIT_SECRET = "livekit-secret-of-at-least-32-bytes"  # noqa: S105 - opens nothing

_QUEUES = "https://sqs.eu-west-1.amazonaws.com/123456789012"

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "POWERTOOLS_SERVICE_NAME": "meet",
    "AWS_REGION": "eu-west-1",
    "ROOMS_TABLE": "RoomsTable",
    "RECORDINGS_TABLE": "RecordingsTable",
    "MEETINGS_TABLE": "MeetingsTable",
    "EVENTS_TABLE": "EventsTable",
    "EVENT_RETENTION_DAYS": "30",
    "WEBHOOKS_TABLE": "WebhooksTable",
    "DELIVERIES_QUEUE": f"{_QUEUES}/Deliveries",
    "SLOW_DELIVERIES_QUEUE": f"{_QUEUES}/SlowDeliveries",
    "RECORDINGS_BUCKET": "recordings",
    "MAX_RECORDING_SECONDS": "21600",
    "RECORDING_RETENTION_DAYS": "0",
    "SIGNING_SECRET": "SigningSecret",
    "ADMIN_SECRET": "AdminSecret",
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
    "AdminSecret": {"username": ADMIN_USERNAME, "password": ADMIN_PASSWORD},
    "ApiKeysSecret": {"first": API_KEY},
    "LiveKitSecret": {"apiKey": LIVEKIT_KEY, "apiSecret": LIVEKIT_SECRET},
}

_NOT_IN_CREATE_TABLE = {"TimeToLiveSpecification", "PointInTimeRecoverySpecification"}


def create_tables(dynamodb: "DynamoDBClient") -> None:
    """Create the tables of the template."""
    for name, properties in resources("AWS::DynamoDB::Table").items():
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
def memory_aws(**environment: str) -> Iterator[None]:
    """Create the tables and secrets of the template while the block runs."""
    with (
        patch.dict(os.environ, ENVIRONMENT),
        mock_aws(),
        _one_call_at_a_time(),
        patch.dict(os.environ, environment),
    ):
        create_tables(boto3.client("dynamodb"))
        boto3.client("s3").create_bucket(
            Bucket=ENVIRONMENT["RECORDINGS_BUCKET"],
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        )
        for name in resources("AWS::SQS::Queue"):
            boto3.client("sqs").create_queue(QueueName=name)
        secrets = boto3.client("secretsmanager")
        secrets.create_secret(Name="SigningSecret", SecretString="signs-links-and-sessions")
        for name, value in SECRETS.items():
            secrets.create_secret(Name=name, SecretString=json.dumps(value))
        yield
