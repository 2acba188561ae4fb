"""Idempotency-Key: repeating a request returns the first answer.

The header is defined in
https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ and implemented with
Powertools' idempotency on DynamoDB.
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
from meet.parameters import IDEMPOTENCY_HEADER, MAX_KEY_LENGTH

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LIFETIME_SECONDS = 24 * 60 * 60

KEY_ATTRIBUTE = "id"
EXPIRY_ATTRIBUTE = "expiration"


def store_in(table: str, client: "DynamoDBClient") -> DynamoDBPersistenceLayer:
    """Return the store of answers."""
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

    Keys are separate for each caller: no one can get or block another caller's answer. Raises
    InvalidRequest if the key was used with a different request, StillRunning if the first request
    has no answer yet. If run() raises, nothing is stored, and the request can be repeated.
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
    return InvalidRequest((IDEMPOTENCY_HEADER, sentence), message="Invalid request")
