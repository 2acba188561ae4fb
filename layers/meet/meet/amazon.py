"""DynamoDB and Secrets Manager without the SDK's layers: signed JSON over kept connections.

boto3 takes several times the processor time for a call, and loading it with the models of the
services takes most of a cold start. Methods, arguments, answers and exceptions are those of boto3's
clients, for the operations that functions use; so are the retries, which botocore calls standard.
"""

import json
import zlib
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from botocore.exceptions import ClientError, ConnectionClosedError

from meet import clock
from meet.clock import SECOND
from meet.connections import FAILURES, Connections, Reply, Sent
from meet.errors import TemporarilyUnavailable
from meet.sigv4 import AccessKey, Signer

CONNECT_TIMEOUT = 2
READ_TIMEOUT = 5
ATTEMPTS = 3
"""Timeouts in seconds: three attempts fit well within API Gateway's 29 s."""
CONNECTIONS = 64
"""To one service, as many as there are threads in a sweep."""

_CONFLICT_ATTEMPTS = 10
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
_SKEW = 240
"""Seconds by which clocks may differ: AWS tolerates five minutes."""

_DOMAINS = {
    "cn": "amazonaws.com.cn",
    "eusc": "amazonaws.eu",
    "us-iso": "c2s.ic.gov",
    "us-isob": "sc2s.sgov.gov",
    "eu-isoe": "cloud.adc-e.uk",
    "us-isof": "csp.hci.ic.gov",
}
"""How the names of regions begin -> the domain of their partition; all others: amazonaws.com."""


class ConditionalCheckFailedException(ClientError):
    """The item does not meet the condition of a write."""


class TransactionCanceledException(ClientError):
    """A transaction wrote nothing; its response has the reasons."""


class ResourceNotFoundException(ClientError):
    """The table or the secret does not exist."""


_EXCEPTIONS: dict[str, type[ClientError]] = {
    each.__name__: each
    for each in (
        ConditionalCheckFailedException,
        TransactionCanceledException,
        ResourceNotFoundException,
    )
}


def endpoint_of(service: str, region: str) -> str:
    """Return the address of a service in a region."""
    words = region.split("-")
    domain = _DOMAINS.get("-".join(words[:2])) or _DOMAINS.get(words[0]) or "amazonaws.com"
    return f"https://{service}.{region}.{domain}"


def _operation(name: str) -> Callable[..., Any]:
    """Return the method of a client that calls an operation."""

    def _api_call(client: "JsonClient", **parameters: Any) -> Any:
        return client._make_api_call(name, parameters)

    return _api_call


class JsonClient:
    """Calls a service that takes and gives JSON; threads may share it."""

    service: str
    target: str
    """The beginning of X-Amz-Target."""
    media_type: str
    exceptions = SimpleNamespace(**_EXCEPTIONS, ClientError=ClientError)

    def __init__(self, endpoint: str, region: str, access_key: Callable[[], AccessKey]) -> None:
        self.endpoint = endpoint
        self.region = region
        self._access_key = access_key
        self._signer = Signer(self.service, region, urlsplit(endpoint).netloc)
        self._clock_is_behind = 0.0
        """Seconds."""
        self._connections = Connections(
            endpoint,
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            most=CONNECTIONS,
        )

    def _make_api_call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return the answer of an operation; raises as botocore does."""
        (answer,) = self._make_api_calls(operation, [parameters])
        return answer

    def _make_api_calls(
        self, operation: str, several: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Return the answers of an operation to several requests, which wait at the same time.

        All are sent before the first answer is read, which takes no thread.
        """
        bodies = [_written(self._complete(operation, each)) for each in several]
        sent: list[Sent] = []
        at = self._now()
        try:
            for body in bodies:
                sent.append(self._send(operation, body, at))
            return [self._answer(operation, *each, at) for each in zip(bodies, sent, strict=True)]
        finally:
            for each in sent:
                each.drop()

    def _answer(self, operation: str, body: bytes, sent: Sent, at: float) -> dict[str, Any]:
        """Return the answer to a body that was sent; where that may help, it is sent again.

        `at` is the time in seconds by which it was signed.
        """
        attempt = conflicts = 0
        while True:
            attempt += 1
            try:
                reply = sent.reply()
                if not _is_whole(reply):
                    raise ConnectionClosedError(endpoint_url=self.endpoint)
            except FAILURES:
                if attempt == ATTEMPTS:
                    raise
                clock.back_off(attempt)
            else:
                answer: dict[str, Any] = _parsed(reply)
                if reply.status < 300:
                    return answer
                refused = _error(operation, reply, answer, attempt)
                code = refused.response["Error"]["Code"]
                if _is_conflict(answer, code):
                    attempt, conflicts = attempt - 1, conflicts + 1
                    if conflicts == _CONFLICT_ATTEMPTS:
                        reason = "other transactions are in the way"
                        raise TemporarilyUnavailable(reason) from refused
                    clock.pause(conflicts)
                elif attempt == ATTEMPTS:
                    raise refused
                elif reply.status in _FAULTS or code in _PASSING_ERRORS:
                    clock.back_off(attempt)
                elif code not in _TOLD_BY_A_CLOCK or not self._set_clock(reply, at):
                    raise refused
            at = self._now()
            sent = self._send(operation, body, at)

    def _complete(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters with those that a caller need not give."""
        return parameters

    def _now(self) -> float:
        """Return the time of AWS, in seconds since the Unix epoch."""
        return clock.now() / SECOND + self._clock_is_behind

    def _send(self, operation: str, body: bytes, at: float) -> Sent:
        headers = {"content-type": self.media_type, "x-amz-target": f"{self.target}.{operation}"}
        signed = self._signer.sign(headers, body, self._access_key(), at=at)
        signed["accept-encoding"] = "identity"
        signed["user-agent"] = "meet"
        return self._connections.send(body, signed)

    def _set_clock(self, reply: Reply, at: float) -> bool:
        """Note how far this machine's clock is from that of AWS; False if it was not the reason.

        A request was signed `at` this time, perhaps before an answer to another set the clock.
        """
        try:
            there = parsedate_to_datetime(reply.headers.get("date", "")).timestamp()
        except ValueError:
            return False
        was_wrong = abs(there - at) > _SKEW
        if was_wrong:
            self._clock_is_behind = there - clock.now() / SECOND
        return was_wrong


class DynamoDB(JsonClient):
    """The operations on items."""

    service = "dynamodb"
    target = "DynamoDB_20120810"
    media_type = "application/x-amz-json-1.0"

    get_item = _operation("GetItem")
    put_item = _operation("PutItem")
    update_item = _operation("UpdateItem")
    delete_item = _operation("DeleteItem")
    query = _operation("Query")
    scan = _operation("Scan")
    batch_get_item = _operation("BatchGetItem")
    batch_write_item = _operation("BatchWriteItem")
    transact_write_items = _operation("TransactWriteItems")

    def query_at_once(self, requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the first pages of several queries, which wait at the same time."""
        return self._make_api_calls("Query", requests)

    def _complete(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Give a transaction the token by which DynamoDB knows it if it is sent again."""
        if operation != "TransactWriteItems":
            return parameters
        return {"ClientRequestToken": str(uuid4()), **parameters}


class SecretsManager(JsonClient):
    """Reads secrets."""

    service = "secretsmanager"
    target = "secretsmanager"
    media_type = "application/x-amz-json-1.1"

    get_secret_value = _operation("GetSecretValue")


def _written(parameters: dict[str, Any]) -> bytes:
    return json.dumps(parameters, separators=(",", ":")).encode()


def _is_whole(reply: Reply) -> bool:
    """True if an answer has the checksum that DynamoDB announces."""
    announced = reply.headers.get("x-amz-crc32")
    return announced is None or int(announced) == zlib.crc32(reply.data)


def _parsed(reply: Reply) -> Any:
    """Return an answer's JSON; empty if it has none, as that of a proxy."""
    try:
        return json.loads(reply.data) if reply.data else {}
    except ValueError:
        if reply.status < 300:
            raise
        return {}


def _error(operation: str, reply: Reply, answer: dict[str, Any], attempt: int) -> ClientError:
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
    return _EXCEPTIONS.get(code, ClientError)(response, operation)


def _is_conflict(answer: dict[str, Any], code: str) -> bool:
    """True if another transaction was in the way; botocore does not repeat these.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
    """
    reasons = {each.get("Code", "None") for each in answer.get("CancellationReasons", [])}
    return code == _CONFLICT or (code == _CANCELLED and reasons <= _PASSING_REASONS)
