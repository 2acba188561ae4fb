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
"""Timeouts in seconds: three tries end well within a function's 29 s behind API Gateway."""

S3_CONFIG = AWS_CONFIG.merge(
    # Links go to the bucket's own region: a redirect would break their signature.
    Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    )
)

_ATTEMPTS = 10

_CONFLICT = "TransactionConflictException"
_CANCELLED = "TransactionCanceledException"
_PASSING = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
"""Why a transaction is cancelled although the same one may succeed a moment later."""


def repeat_after_conflicts(client: "DynamoDBClient") -> None:
    """Have a client repeat every operation that another transaction was in the way of.

    botocore repeats none of them. Where that does not end, the operation raises
    TemporarilyUnavailable.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
    """
    events: Any = client.meta.events  # whose types know of no handler that returns something
    events.register("needs-retry.dynamodb", _repeat_after_conflict)


def _repeat_after_conflict(
    response: tuple[Any, dict[str, Any]] | None, attempts: int, **_: Any
) -> int | None:
    """Return 0 to repeat a call that was made so many times, None where no conflict ended it."""
    answer = {} if response is None else response[1]
    code = answer.get("Error", {}).get("Code")
    reasons = {each.get("Code", "None") for each in answer.get("CancellationReasons", [])}
    if code != _CONFLICT and not (code == _CANCELLED and reasons <= _PASSING):
        return None
    if attempts >= _ATTEMPTS:
        raise TemporarilyUnavailable("other transactions are in the way")
    clock.pause(attempts)
    return 0
