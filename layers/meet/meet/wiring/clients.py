"""Clients of AWS and HTTP connections, and the stack's secrets, which are kept for a while."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from meet import clock
from meet.clock import SECOND
from meet.settings import settings
from meet.signing import Purpose, SigningKeys
from meet.wiring.kept import kept

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from meet.amazon import ListClient, SecretsManager
    from meet.connections import Connections
    from meet.sigv4 import AccessKey

MAX_AGE = 300
"""Seconds that secrets and signing keys are kept in memory: changes count everywhere after that."""

Value = TypeVar("Value", str, bytes)


@kept
def dynamodb() -> "ListClient":
    from meet.amazon import DynamoDB, endpoint_of

    region = settings.region
    endpoint = settings.dynamodb_endpoint_url or settings.endpoint_url
    client = DynamoDB(endpoint or endpoint_of("dynamodb", region), region, _access_key())
    return cast("ListClient", client)


@kept
def _secrets_manager() -> "SecretsManager":
    from meet.amazon import SecretsManager, endpoint_of

    region = settings.region
    endpoint = settings.secrets_endpoint_url or settings.endpoint_url
    return SecretsManager(endpoint or endpoint_of("secretsmanager", region), region, _access_key())


@kept
def _access_key() -> "Callable[[], AccessKey]":
    """Return the source of credentials: those of Lambda's environment last as long as it does."""
    from meet.sigv4 import AccessKey

    if settings.access_key_id:
        of_lambda = AccessKey(
            settings.access_key_id, settings.secret_access_key, settings.session_token
        )
        return lambda: of_lambda
    from botocore.exceptions import NoCredentialsError
    from botocore.session import get_session

    found = get_session().get_credentials()
    if found is None:
        raise NoCredentialsError

    def renewed() -> AccessKey:
        key = found.get_frozen_credentials()
        return AccessKey(key.access_key or "", key.secret_key or "", key.token or "")

    return renewed


@kept
def s3() -> "S3Client":
    import boto3

    from meet.aws import S3_CONFIG

    return boto3.client("s3", config=S3_CONFIG)


@kept
def copying_s3() -> "S3Client":
    """Return a client that waits for S3 to copy large files."""
    import boto3

    from meet.aws import COPYING_CONFIG

    return boto3.client("s3", config=COPYING_CONFIG)


@kept
def sqs() -> "SQSClient":
    import boto3

    from meet.aws import AWS_CONFIG

    return boto3.client("sqs", config=AWS_CONFIG)


@kept
def lambdas() -> "LambdaClient":
    import boto3

    from meet.aws import LAMBDA_CONFIG

    return boto3.client("lambda", config=LAMBDA_CONFIG)


@kept
def idempotency_store() -> "DynamoDBPersistenceLayer":
    from meet.idempotency import store_in

    return store_in(settings.idempotency_table, dynamodb())


@kept
def livekit() -> "Connections":
    from meet.livekit.twirp import connections_to

    return connections_to(settings.livekit_url)


@kept
def _memory() -> dict[str, tuple[int, Any]]:
    """Return the secrets and signing keys that were read: name -> when, and the value."""
    return {}


def _remembered(name: str, read: Callable[[], Value]) -> Value:
    """Return the value of a name, at most MAX_AGE seconds old: from memory, or read again."""
    read_at, value = _memory().get(name, (0, None))
    if value is None or not 0 <= clock.now() - read_at < MAX_AGE * SECOND:
        read_at = clock.now()
        value = read()
        _memory()[name] = read_at, value
    return cast("Value", value)


def secret(name: str) -> str:
    """Return a secret of the stack, at most MAX_AGE seconds old."""

    def read() -> str:
        return str(_secrets_manager().get_secret_value(SecretId=name)["SecretString"])

    return _remembered(f"secret: {name}", read)


def signing_key(purpose: Purpose) -> bytes:
    """Return the stack's key for one purpose, at most MAX_AGE seconds old."""
    keys = SigningKeys(dynamodb(), settings.signing_keys_table)
    return _remembered(f"signing key: {purpose}", lambda: keys.get(purpose))
