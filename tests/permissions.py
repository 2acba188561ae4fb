"""The roles that the template gives, and every call of a function weighed against them.

Not moto's enforcement: it knows no permission for each item of a transaction, for each key of a
DeleteObjects, or for an index, and answers 404 for a missing object whoever asks.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from types import FrameType
from typing import Any, NamedTuple
from unittest.mock import patch

import anyio.to_thread
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from meet import wiring
from tools import ROOT
from tools.memory_aws import ENVIRONMENT
from tools.template import load_template, translated

REGION, ACCOUNT = ENVIRONMENT["AWS_REGION"], "123456789012"

BY_SERVICE = {
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": "Lambda writes the logs",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole": "Lambda reads streams",
    "sqs:SendMessage": "Lambda fills the dead-letter queue",
}
"""What a role holds for Lambda itself: no code of ours calls it, and so no test can need it."""


_ANY = ("*",)


class Need(NamedTuple):
    """One permission that a call takes."""

    action: str
    resource: str
    key: str = ""
    """Of an item of a table: dynamodb:LeadingKeys."""
    attributes: frozenset[str] | None = None
    """Of an item, those that are asked for: dynamodb:Attributes. None stands for all of them."""


@dataclass(frozen=True)
class Statement:
    """What one statement of a policy says, its references resolved."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    keys: tuple[str, ...] = _ANY
    attributes: tuple[str, ...] = _ANY

    def covers(self, need: Need) -> bool:
        """True if the statement is about this action, this resource, this key, these attributes."""
        return (
            self._names(need.attributes)
            and any(_matches(action.lower(), need.action.lower()) for action in self.actions)
            and any(_matches(resource, need.resource) for resource in self.resources)
            and any(_matches(key, need.key) for key in self.keys)
        )

    def _names(self, attributes: frozenset[str] | None) -> bool:
        """True if all attributes are among those of the statement."""
        if self.attributes == _ANY:
            return True
        return attributes is not None and attributes <= set(self.attributes)

    def lessened(self) -> "Iterator[tuple[str, Statement]]":
        """Yield each action, resource, key and attribute, and the statement without it."""
        for each in self.actions:
            yield each, replace(self, actions=_without(each, self.actions))
        for each in self.resources:
            yield each, replace(self, resources=_without(each, self.resources))
        for each in self.keys:
            yield each, replace(self, keys=_without(each, self.keys))
        for each in self.attributes:
            yield each, replace(self, attributes=_without(each, self.attributes))


def _without(one: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in values if each != one)


def allows(statements: list[Statement], need: Need) -> bool:
    """Evaluate as IAM does: what no statement allows is denied, and a Deny always wins."""
    effects = {each.effect for each in statements if each.covers(need)}
    return effects == {"Allow"}


def _matches(pattern: str, text: str) -> bool:
    """Match IAM's wildcards: * for any text, ? for one character."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


# ------------------------------------------------------------------------------ the template


@cache
def logical_ids() -> dict[str, str]:
    """Return the name in the template of each function, by its folder."""
    return {
        body["Properties"]["CodeUri"].removeprefix("functions/"): name
        for name, body in load_template()["Resources"].items()
        if body["Type"] == "AWS::Serverless::Function"
    }


@cache
def role(function: str) -> list[Statement]:
    """Return the permissions of a function, for all values of the parameters."""
    return [
        each for each in _statements(_role(function)) if not set(each.actions) & set(BY_SERVICE)
    ]


def managed_policies(function: str) -> set[str]:
    """Return the policies of AWS that a function's role has."""
    return set(_list(_role(function).get("ManagedPolicyArns", [])))


def _role(function: str) -> dict[str, Any]:
    found = translated()["Resources"]
    name, _ = found[logical_ids()[function]]["Properties"]["Role"]["Fn::GetAtt"]
    properties: dict[str, Any] = found[name]["Properties"]
    return properties


def _statements(role_properties: dict[str, Any]) -> Iterator[Statement]:
    for policy in role_properties.get("Policies", []):
        for each in policy["PolicyDocument"]["Statement"]:
            for statement in _branches(each):
                unknown = statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}
                if unknown:
                    raise NotImplementedError(f"{unknown} of a statement is not evaluated here")
                actions, resources = _list(statement["Action"]), _list(statement["Resource"])
                yield Statement(
                    statement["Effect"],
                    tuple(actions),
                    tuple(map(arn_of, resources)),
                    **_limits(statement.get("Condition", {})),
                )


_ONLY_THESE = {
    "Null": {"dynamodb:Attributes": "false"},
    "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
}
"""What goes with a list of attributes, so that a request without one is not about all of them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_dynamodb_attributes.html,
and reference_policies_condition-single-vs-multi-valued-context-keys.html for Null: ForAllValues is
true of a key that is not there.
"""


def _limits(condition: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the keys and attributes that a condition names."""
    match condition:
        case {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys, **others}, **more} if not (
            others or more
        ):
            return {"keys": tuple(_list(keys))}
        case {
            "ForAllValues:StringEquals": {"dynamodb:Attributes": attributes, **others},
            **more,
        } if not others and more == _ONLY_THESE:
            return {"attributes": tuple(_list(attributes))}
    if condition:
        raise NotImplementedError(f"{condition} is not evaluated here")
    return {}


def _branches(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all values that a value depending on a parameter can have."""
    chosen = value["Fn::If"][1:] if "Fn::If" in value else [value]
    return [each for each in chosen if each != {"Ref": "AWS::NoValue"}]


def arn_of(value: Any) -> str:
    """Resolve what a template says of a resource."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Sub":
        return re.sub(r"\$\{(\w+)\.Arn\}", lambda match: _arn(match[1]), argument)
    return _arn(argument if function == "Ref" else argument[0])


def _arn(name: str) -> str:
    kind = translated()["Resources"].get(name, {}).get("Type", "a parameter")
    match kind:
        case "AWS::DynamoDB::Table":
            return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"
        case "AWS::S3::Bucket":
            return f"arn:aws:s3:::{ENVIRONMENT['RECORDINGS_BUCKET']}"
        case "AWS::SecretsManager::Secret" | "a parameter":  # the parameter is EgressSecretArn
            return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf"
        case "AWS::SQS::Queue":
            return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        case "AWS::Lambda::Function":
            return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    raise NotImplementedError(f"the ARN of {kind}")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# ---------------------------------------------------------------------------------- the calls


def needs_of(service: str, operation: str, parameters: dict[str, Any]) -> Iterator[Need]:
    """Yield the permissions that a call of AWS takes.

    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    match service, operation:
        case "secretsmanager", _:
            yield Need(f"{service}:{operation}", _arn(parameters["SecretId"]))
        case "s3", "DeleteObjects":
            for each in parameters["Delete"]["Objects"]:
                yield Need("s3:DeleteObject", _object(parameters["Bucket"], each["Key"]))
        case "s3", "HeadObject" | "GetObject":
            yield Need("s3:GetObject", _object(parameters["Bucket"], parameters["Key"]))
        case "dynamodb", "TransactWriteItems":
            for item in parameters["TransactItems"]:
                ((kind, body),) = item.items()
                action = "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
                yield Need(f"dynamodb:{action}", _arn(body["TableName"]), _leading_key(body))
        case "dynamodb", "BatchGetItem" | "BatchWriteItem":
            for table in parameters["RequestItems"]:
                yield Need(f"dynamodb:{operation}", _arn(table))
        case "dynamodb", "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem":
            table = _arn(parameters["TableName"])
            attributes = _attributes(parameters) if operation == "GetItem" else None
            yield Need(f"dynamodb:{operation}", table, _leading_key(parameters), attributes)
        case "dynamodb", "Query":
            index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
            yield Need("dynamodb:Query", f"{_arn(parameters['TableName'])}{index}")
        case _:
            raise NotImplementedError(f"what {service}:{operation} needs")


def _leading_key(parameters: dict[str, Any]) -> str:
    item = parameters.get("Key") or parameters["Item"]
    schema = translated()["Resources"][parameters["TableName"]]["Properties"]["KeySchema"]
    (name,) = [each["AttributeName"] for each in schema if each["KeyType"] == "HASH"]
    key: str = item[name]["S"]
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


def _user_of_client() -> FrameType | None:
    """Return the frame that called a method of a client; tests wrap what is behind it."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_name != "_api_call":
        frame = frame.f_back
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
    run_sync, secret = anyio.to_thread.run_sync, wiring.secret

    def make_if_allowed(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        function = _calling_function(_user_of_client())
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

    with (
        patch.object(wiring, "secret", secret_if_allowed),
        patch.object(BaseClient, "_make_api_call", make_if_allowed),
        patch.object(ThreadPoolExecutor, "submit", submit_as_caller),
        patch.object(anyio.to_thread, "run_sync", run_sync_as_caller),  # Starlette's way
    ):
        yield
