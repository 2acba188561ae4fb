"""Idempotency-Key: the same request again gets the first answer again.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ for the meaning,
Powertools' idempotency on DynamoDB is the implementation.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from meet.errors import InvalidRequest, StillRunning

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HEADER = "Idempotency-Key"
LIFETIME_SECONDS = 24 * 60 * 60
MAX_KEY_LENGTH = 255

KEY_ATTRIBUTE = "id"
EXPIRY_ATTRIBUTE = "expiration"


def store_in(table: str, client: "DynamoDBClient") -> DynamoDBPersistenceLayer:
    """Return the store of the answers."""
    return DynamoDBPersistenceLayer(
        table_name=table,
        key_attr=KEY_ATTRIBUTE,
        expiry_attr=EXPIRY_ATTRIBUTE,
        boto3_client=client,
    )


def once(
    operation: str,
    key: str,
    request: dict[str, Any],
    run: Callable[[], dict[str, Any]],
    *,
    caller: str,
    store: DynamoDBPersistenceLayer,
    context: LambdaContext,
) -> dict[str, Any]:
    """Return run()'s answer, or the one it gave to the same key within LIFETIME_SECONDS.

    Each caller has its own keys: the same key of another caller is another key.
    Raises InvalidRequest if the key was used with another request, StillRunning while the first
    one has no answer. A run that raises is not stored, so it may be repeated.
    """
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        raise _refused(f"Must have 1 to {MAX_KEY_LENGTH} characters")
    config = IdempotencyConfig(
        event_key_jmespath="[caller, key]",
        payload_validation_jmespath="request",
        expires_after_seconds=LIFETIME_SECONDS,
        hash_function="sha256",
        lambda_context=context,
    )

    def answer(*, data: dict[str, Any]) -> dict[str, Any]:
        return run()

    guarded: Callable[..., dict[str, Any]] = idempotent_function(
        answer,
        data_keyword_argument="data",
        persistence_store=store,
        config=config,
        key_prefix=operation,
    )
    try:
        return guarded(data={"caller": caller, "key": key, "request": request})
    except IdempotencyValidationError as error:
        raise _refused("Was used with another request body") from error
    except IdempotencyAlreadyInProgressError as error:
        raise StillRunning from error


def _refused(sentence: str) -> InvalidRequest:
    return InvalidRequest((HEADER, sentence), message="Invalid request")
