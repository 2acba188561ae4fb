"""How AWS is called: timeouts and retries."""

from typing import TYPE_CHECKING, Any

from botocore.config import Config

from meet import clock
from meet.errors import TemporarilyUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AWS_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
)
"""Timeouts in seconds: three attempts fit well within API Gateway's 29 s."""

S3_CONFIG = AWS_CONFIG.merge(
    # Presigned URLs must name the bucket's own region: a redirect would break their signature.
    Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    )
)

_ATTEMPTS = 10

_CONFLICT = "TransactionConflictException"
_CANCELLED = "TransactionCanceledException"
_PASSING = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
"""Reasons of a cancelled transaction that may succeed if it is repeated a moment later."""


def repeat_after_conflicts(client: "DynamoDBClient") -> None:
    """Make a client retry operations that conflict with another transaction.

    botocore does not retry these. An operation that keeps conflicting raises
    TemporarilyUnavailable.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
    """
    events: Any = client.meta.events  # its types do not allow a handler that returns a value
    events.register("needs-retry.dynamodb", _repeat_after_conflict)


def _repeat_after_conflict(
    response: tuple[Any, dict[str, Any]] | None, attempts: int, **_: Any
) -> int | None:
    """Return 0 to retry at once after a conflict, None for any other outcome."""
    answer = {} if response is None else response[1]
    code = answer.get("Error", {}).get("Code")
    reasons = {each.get("Code", "None") for each in answer.get("CancellationReasons", [])}
    if code != _CONFLICT and not (code == _CANCELLED and reasons <= _PASSING):
        return None
    if attempts >= _ATTEMPTS:
        raise TemporarilyUnavailable("other transactions are in the way")
    clock.pause(attempts)
    return 0
