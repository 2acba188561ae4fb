"""What DynamoDB and Secrets Manager refuse: botocore's exceptions, and what may pass later."""

from enum import Enum, auto
from typing import Any

from botocore.exceptions import ClientError

from meet.connections import Reply

_CONFLICT = "TransactionConflictException"
_CANCELLED = "TransactionCanceledException"
_PASSING_REASONS = {
    *("None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded")
}
"""Reasons of a cancelled transaction that may succeed if it is repeated a moment later."""

_FAULTS = {500, 502, 503, 504}
_PASSING_ERRORS = {
    *("InternalServerError", "InternalServiceError", "ServiceUnavailable"),
    *("RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete"),
    *("ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottledException"),
    *("Throttling", "ThrottlingException", "TooManyRequestsException"),
    "TransactionInProgressException",
}
_TOLD_BY_A_CLOCK = {
    *("InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed"),
    "SignatureDoesNotMatch",
}


class ConditionalCheckFailedException(ClientError):
    """The item does not meet the condition of a write."""


class TransactionCanceledException(ClientError):
    """A transaction wrote nothing; its response has the reasons."""


class ResourceNotFoundException(ClientError):
    """The table or the secret does not exist."""


EXCEPTIONS: dict[str, type[ClientError]] = {
    each.__name__: each
    for each in (
        ConditionalCheckFailedException,
        TransactionCanceledException,
        ResourceNotFoundException,
    )
}


class Why(Enum):
    """Why a request is sent again; of several that are sent together, the first here counts."""

    FAULT = auto()
    CONFLICT = auto()
    CLOCK = auto()


def refusal(operation: str, reply: Reply, answer: dict[str, Any], attempt: int) -> ClientError:
    """Return the exception for an answer that is an error."""
    code = str(answer.pop("__type", reply.status)).rpartition("#")[2]
    message = answer.pop("message", None) or answer.pop("Message", None) or ""
    response: Any = {
        **answer,
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {
            "HTTPStatusCode": reply.status,
            "RequestId": reply.headers.get("x-amzn-requestid", ""),
            "RetryAttempts": attempt - 1,
        },
    }
    return EXCEPTIONS.get(code, ClientError)(response, operation)


def why_again(error: ClientError) -> Why | None:
    """Return why what was refused may pass later; None if it will not."""
    response: Any = error.response
    code = response["Error"]["Code"]
    if _is_conflict(code, response.get("CancellationReasons", [])):
        return Why.CONFLICT
    if response["ResponseMetadata"]["HTTPStatusCode"] in _FAULTS or code in _PASSING_ERRORS:
        return Why.FAULT
    return Why.CLOCK if code in _TOLD_BY_A_CLOCK else None


def _is_conflict(code: str, reasons: list[dict[str, Any]]) -> bool:
    """True if another transaction was in the way; botocore does not repeat these.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
    """
    told = {each.get("Code", "None") for each in reasons}
    return code == _CONFLICT or (code == _CANCELLED and told <= _PASSING_REASONS)
