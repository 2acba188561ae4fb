"""Weighs every call that a function makes of AWS against its role."""

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import FrameType
from typing import Any
from unittest.mock import patch

import anyio.to_thread
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from meet.amazon import DynamoDB
from meet.signing import Purpose
from meet.wiring import clients
from tests.roles import Need, allows, arn, role
from tools import ROOT
from tools.memory_aws import ENVIRONMENT, MAPPINGS
from tools.template import translated


def needs_of(service: str, operation: str, parameters: dict[str, Any]) -> Iterator[Need]:
    """Yield the permissions that a call of AWS takes.

    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    match service, operation:
        case "secretsmanager", _:
            yield Need(f"{service}:{operation}", arn(parameters["SecretId"]))
        case "s3", "DeleteObjects":
            for each in parameters["Delete"]["Objects"]:
                action = "DeleteObjectVersion" if "VersionId" in each else "DeleteObject"
                yield Need(f"s3:{action}", _object(parameters["Bucket"], each["Key"]))
        case "s3", "ListObjectVersions":
            yield Need("s3:ListBucketVersions", f"arn:aws:s3:::{parameters['Bucket']}")
        case "s3", "GetObjectTagging" | "AbortMultipartUpload":
            yield Need(f"s3:{operation}", _object(parameters["Bucket"], parameters["Key"]))
        case "s3", "CreateMultipartUpload" | "UploadPart" | "UploadPartCopy":
            file = _object(parameters["Bucket"], parameters["Key"])
            yield Need("s3:PutObject", file)
            if "Tagging" in parameters:
                yield Need("s3:PutObjectTagging", file)
            if "CopySource" in parameters:
                source = parameters["CopySource"]
                yield Need("s3:GetObject", _object(source["Bucket"], source["Key"]))
        case "s3", "CompleteMultipartUpload":
            file = _object(parameters["Bucket"], parameters["Key"])
            yield Need("s3:PutObject", file)
            yield Need("s3:GetObject", file)  # for its condition
        case "s3", "HeadObject" | "GetObject":
            action = "GetObjectVersion" if "VersionId" in parameters else "GetObject"
            yield Need(f"s3:{action}", _object(parameters["Bucket"], parameters["Key"]))
        case "dynamodb", "TransactWriteItems":
            for item in parameters["TransactItems"]:
                ((kind, body),) = item.items()
                action = "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
                key = _leading_key(body["TableName"], body.get("Key") or body["Item"])
                yield Need(f"dynamodb:{action}", arn(body["TableName"]), key)
        case "dynamodb", "BatchGetItem" | "BatchWriteItem":
            for table, asked in parameters["RequestItems"].items():
                for each in _keys_or_items(asked):
                    yield Need(f"dynamodb:{operation}", arn(table), _leading_key(table, each))
        case "dynamodb", "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem":
            table = parameters["TableName"]
            attributes = _attributes(parameters) if operation == "GetItem" else None
            key = _leading_key(table, parameters.get("Key") or parameters["Item"])
            yield Need(f"dynamodb:{operation}", arn(table), key, attributes)
        case "dynamodb", "Query" | "Scan":
            index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
            asked = f"{arn(parameters['TableName'])}{index}"
            key = "" if index or operation == "Scan" else _queried_key(parameters)
            yield Need(f"dynamodb:{operation}", asked, key)
        case "sqs", "SendMessageBatch":
            yield Need("sqs:SendMessage", arn(parameters["QueueUrl"].rpartition("/")[2]))
        case "lambda", "GetEventSourceMapping" | "UpdateEventSourceMapping":
            function = arn(parameters.get("FunctionName", "DeliverWebhook"))
            (mapping,) = [name for name, uuid in MAPPINGS.items() if uuid == parameters["UUID"]]
            yield Need(f"{service}:{operation}", arn(mapping), function)
        case "lambda", "Invoke":
            yield Need("lambda:InvokeFunction", parameters["FunctionName"])
        case _:
            raise NotImplementedError(f"what {service}:{operation} needs")


def _keys_or_items(asked: Any) -> Iterator[dict[str, Any]]:
    """Yield the keys that a BatchGetItem asks a table for, or what a BatchWriteItem is about."""
    if "Keys" in asked:
        yield from asked["Keys"]
        return
    for request in asked:
        ((_, body),) = request.items()
        yield body.get("Key") or body["Item"]


def _leading_key(table: str, item: dict[str, Any]) -> str:
    schema = translated()["Resources"][table]["Properties"]["KeySchema"]
    (name,) = [each["AttributeName"] for each in schema if each["KeyType"] == "HASH"]
    key: str = item[name]["S"]
    return key


def _queried_key(parameters: dict[str, Any]) -> str:
    """Return the partition that a query of a table is about, which its condition names first."""
    _, _, value = parameters["KeyConditionExpression"].split(" ")[:3]
    key: str = parameters["ExpressionAttributeValues"][value]["S"]
    return key


def _attributes(parameters: dict[str, Any]) -> frozenset[str] | None:
    """Return the attributes that a GetItem names, its key among them; None if it wants all."""
    if "ProjectionExpression" not in parameters:
        return None
    aliases = parameters.get("ExpressionAttributeNames", {})
    paths = [path.strip() for path in parameters["ProjectionExpression"].split(",")]
    names = [re.split(r"[.[]", path)[0] for path in paths]
    return frozenset([*(aliases.get(name, name) for name in names), *parameters["Key"]])


def _object(bucket: str, key: str) -> str:
    return f"arn:aws:s3:::{bucket}/{key}"


@dataclass
class Ledger:
    """What functions needed so far, and what they were denied."""

    needed: defaultdict[str, set[Need]] = field(default_factory=lambda: defaultdict(set))
    denied: list[tuple[str, Need]] = field(default_factory=list)

    def check(self, function: str, service: str, operation: str, need: Need) -> None:
        """Note a need; raise as AWS does where the function's role does not cover it."""
        self.needed[function].add(need)
        if not allows(role(function), need):
            self.denied.append((function, need))
            code = "AccessDenied" if service == "s3" else "AccessDeniedException"
            raise ClientError({"Error": {"Code": code, "Message": str(need)}}, operation)


_caller: ContextVar[str | None] = ContextVar("caller", default=None)
_APP = re.compile(r".*/functions/(\w+)/app\.py")
_METHODS = ("_api_call", DynamoDB.query_at_once.__name__)
"""Names under which the methods of clients are on the stack."""
_TESTS = str(ROOT / "tests") + "/"


def _calling_function(frame: FrameType | None) -> str | None:
    """Return the function whose code led here: on this stack, or where a pool was given work.

    None for a test's own code, also where a function calls a fake.
    """
    while frame is not None:
        file = frame.f_code.co_filename
        if match := _APP.fullmatch(file):
            return match[1]
        if file.startswith(_TESTS) and file != __file__:
            return None
        frame = frame.f_back
    return _caller.get()


def user_of_client() -> FrameType:
    """Return the frame of a client's method, whose caller uses it; tests wrap what is behind it.

    Raises LookupError if a client is called in another way: nobody would be held to their role.
    """
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_name not in _METHODS:
        frame = frame.f_back
    if frame is None:
        raise LookupError(f"none of {_METHODS} leads here")
    return frame


def _as_caller(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return work for another thread, which stays the calling function's."""
    function = _calling_function(sys._getframe())

    def run(*arguments: Any, **named: Any) -> Any:
        _caller.set(function)
        return work(*arguments, **named)

    return run


@contextmanager
def enforced(ledger: Ledger) -> Iterator[None]:
    """Hold every function to its role, for as long as the block runs; tests may do anything."""
    make, submit = BaseClient._make_api_call, ThreadPoolExecutor.submit  # type: ignore[attr-defined]
    run_sync, secret = anyio.to_thread.run_sync, clients.secret
    signing_key = clients.signing_key

    def make_if_allowed(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        function = _calling_function(user_of_client())
        if function is None:
            return make(client, operation, parameters)
        service = client.meta.service_model.service_name
        for need in needs_of(service, operation, parameters):
            ledger.check(function, service, operation, need)
        try:
            return make(client, operation, parameters)
        except ClientError as error:
            if service == "s3" and error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
                # S3 tells that an object is missing only to those who may list the bucket.
                bucket = Need("s3:ListBucket", f"arn:aws:s3:::{parameters['Bucket']}")
                ledger.check(function, service, operation, bucket)
            raise

    def submit_as_caller(
        pool: ThreadPoolExecutor, work: Callable[..., Any], /, *arguments: Any, **named: Any
    ) -> "Future[Any]":
        return submit(pool, _as_caller(work), *arguments, **named)

    def run_sync_as_caller(work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return run_sync(_as_caller(work), *arguments, **named)

    def secret_if_allowed(name: str) -> str:
        function = _calling_function(sys._getframe())
        if function is not None:  # in its own process it finds nothing that another one fetched
            for need in needs_of("secretsmanager", "GetSecretValue", {"SecretId": name}):
                ledger.check(function, "secretsmanager", "GetSecretValue", need)
        return secret(name)

    def signing_key_if_allowed(purpose: Purpose) -> bytes:
        function = _calling_function(sys._getframe())
        if function is not None:  # in its own process it would read it, and make it if it is first
            key, table = {"purpose": {"S": purpose.value}}, ENVIRONMENT["SIGNING_KEYS_TABLE"]
            for operation, about in (("GetItem", {"Key": key}), ("PutItem", {"Item": key})):
                for need in needs_of("dynamodb", operation, {"TableName": table, **about}):
                    ledger.check(function, "dynamodb", operation, need)
        return signing_key(purpose)

    with (
        patch.object(clients, "secret", secret_if_allowed),
        patch.object(clients, "signing_key", signing_key_if_allowed),
        patch.object(BaseClient, "_make_api_call", make_if_allowed),
        patch.object(ThreadPoolExecutor, "submit", submit_as_caller),
        patch.object(anyio.to_thread, "run_sync", run_sync_as_caller),  # Starlette's way
    ):
        yield
