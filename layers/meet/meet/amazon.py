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
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from botocore.exceptions import ClientError, ConnectionClosedError

from meet import clock
from meet.clock import SECOND
from meet.connections import FAILURES, NOT_CONNECTED, Connections, Reply, Sent
from meet.errors import TemporarilyUnavailable
from meet.refusals import EXCEPTIONS, Why, refusal, why_again
from meet.sigv4 import AccessKey, Signer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    class ListClient(DynamoDBClient):
        """boto3's client, and what ours can do besides."""

        def query_at_once(self, requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
            """Return the first pages of several queries, which wait at the same time."""


CONNECT_TIMEOUT = 2
READ_TIMEOUT = 5
ATTEMPTS = 3
"""Timeouts in seconds: three attempts fit well within API Gateway's 29 s."""

_CONFLICT_ATTEMPTS = 10
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


class _Again(NamedTuple):
    """A request that has to be sent again, and what is raised if that was done often enough."""

    why: Why
    error: Exception


class JsonClient:
    """Calls a service that takes and gives JSON; threads may share it."""

    service: str
    target: str
    """The beginning of X-Amz-Target."""
    media_type: str
    exceptions = SimpleNamespace(**EXCEPTIONS, ClientError=ClientError)

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
        )

    def _make_api_call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return the answer of an operation; raises as botocore does."""
        (answer,) = self._make_api_calls(operation, [parameters])
        return answer

    def _make_api_calls(
        self, operation: str, several: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Return the answers of an operation to several requests, which wait at the same time.

        All are sent before the first answer is read, which takes no thread. Those that failed are
        sent again together, after one pause.
        """
        left = {
            place: _written(self._complete(operation, each)) for place, each in enumerate(several)
        }
        answers: dict[int, dict[str, Any]] = {}
        attempt = conflicts = 0
        while left:
            attempt += 1
            again: list[_Again] = []
            for place, outcome in self._outcomes(operation, left, attempt).items():
                if isinstance(outcome, _Again):
                    again.append(outcome)
                else:
                    answers[place] = outcome
                    del left[place]
            if not again:
                continue
            why, error = min(again, key=lambda each: each.why.value)
            if why is Why.CONFLICT:
                attempt, conflicts = attempt - 1, conflicts + 1
                if conflicts == _CONFLICT_ATTEMPTS:
                    raise TemporarilyUnavailable("other transactions are in the way") from error
                clock.pause(conflicts)
            elif attempt == ATTEMPTS:
                raise error
            elif why is Why.FAULT:
                clock.back_off(attempt)
        return [answers[place] for place in range(len(several))]

    def _outcomes(
        self, operation: str, bodies: dict[int, bytes], attempt: int
    ) -> "dict[int, dict[str, Any] | _Again]":
        """Send bodies, and return what came of each that was sent, by its place.

        If a connection cannot be made, the others are not tried: they have the same address.
        """
        now = clock.now() / SECOND + self._clock_is_behind
        sent: dict[int, Sent] = {}
        outcomes: dict[int, dict[str, Any] | _Again] = {}
        try:
            for place, body in bodies.items():
                try:
                    sent[place] = self._send(operation, body, now)
                except FAILURES as error:
                    outcomes[place] = _Again(Why.FAULT, error)
                    if isinstance(error, NOT_CONNECTED):
                        break
            for place, each in sent.items():
                outcomes[place] = self._outcome(operation, each, now, attempt)
        finally:
            for each in sent.values():
                each.drop()
        return outcomes

    def _outcome(
        self, operation: str, sent: Sent, signed_at: float, attempt: int
    ) -> "dict[str, Any] | _Again":
        """Return an answer, or why the request has to be sent again; raises as botocore does."""
        try:
            reply = sent.reply()
        except FAILURES as error:
            return _Again(Why.FAULT, error)
        if not _is_whole(reply):
            return _Again(Why.FAULT, ConnectionClosedError(endpoint_url=self.endpoint))
        answer: dict[str, Any] = _parsed(reply)
        if reply.status < 300:
            return answer
        refused = refusal(operation, reply, answer, attempt)
        why = why_again(refused)
        if why is None or (why is Why.CLOCK and not self._set_clock(reply, signed_at)):
            raise refused
        return _Again(why, refused)

    def _complete(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters with those that a caller need not give."""
        return parameters

    def _send(self, operation: str, body: bytes, signed_at: float) -> Sent:
        headers = {"content-type": self.media_type, "x-amz-target": f"{self.target}.{operation}"}
        signed = self._signer.sign(headers, body, self._access_key(), at=signed_at)
        signed["accept-encoding"] = "identity"
        signed["user-agent"] = "meet"
        return self._connections.send(body, signed)

    def _set_clock(self, reply: Reply, signed_at: float) -> bool:
        """Note how far this machine's clock is from that of AWS; False if it was not the reason.

        The request may have been signed before the answer to another one set the clock.
        """
        try:
            there = parsedate_to_datetime(reply.headers.get("date", "")).timestamp()
        except ValueError:
            return False
        was_wrong = abs(there - signed_at) > _SKEW
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
        """Return the first pages of several queries."""
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
