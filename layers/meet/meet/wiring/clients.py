"""Clients of AWS and HTTP connections, and the stack's secrets."""

from typing import TYPE_CHECKING

from meet.aws import AWS_CONFIG, S3_CONFIG, repeat_after_conflicts
from meet.settings import settings
from meet.wiring.kept import kept

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
    from aws_lambda_powertools.utilities.parameters import SecretsProvider
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from urllib3 import PoolManager

SECRETS_MAX_AGE = 300
"""Seconds that a secret is kept in memory: a changed one is in use everywhere after that time."""


@kept
def dynamodb() -> "DynamoDBClient":
    import boto3

    client = boto3.client("dynamodb", config=AWS_CONFIG)
    repeat_after_conflicts(client)
    return client


@kept
def s3() -> "S3Client":
    import boto3

    return boto3.client("s3", config=S3_CONFIG)


@kept
def sqs() -> "SQSClient":
    import boto3

    return boto3.client("sqs", config=AWS_CONFIG)


@kept
def idempotency_store() -> "DynamoDBPersistenceLayer":
    from meet.idempotency import store_in

    return store_in(settings.idempotency_table, dynamodb())


@kept
def http_pool() -> "PoolManager":
    import urllib3

    return urllib3.PoolManager(maxsize=16)


@kept
def _secrets_provider() -> "SecretsProvider":
    from aws_lambda_powertools.utilities.parameters import SecretsProvider

    return SecretsProvider(boto_config=AWS_CONFIG)


def secret(name: str) -> str:
    """Return a secret of the stack, at most SECRETS_MAX_AGE seconds old."""
    return str(_secrets_provider().get(name, max_age=SECRETS_MAX_AGE))
