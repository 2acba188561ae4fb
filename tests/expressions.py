"""What the code asks of DynamoDB, and which of it Amazon's own DynamoDB Local was asked too."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple
from unittest.mock import patch

import boto3
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tests.permissions import user_of_client
from tools import ROOT

MOTO, DYNAMODB_LOCAL = "moto", "DynamoDB Local"

_READS = {"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan", "DescribeTable"}

_FOLDERS = ("tests/functions/", "tests/contract/")
"""Whose tests are noted: in tests/chaos it is a matter of chance what is asked."""
_OURS = (str(ROOT / "tests"), str(ROOT / "tools"), str(Path(boto3.__file__).parent))
"""Callers that are tests; none of our code uses boto3's resources."""
_CLAUSES = re.compile(r"\s(?=SET |REMOVE |ADD |DELETE )")
_BETWEEN_CLAUSES = re.compile(r",\s*(?![^()]*\))")


class Question(NamedTuple):
    """A part of a request: one clause of an expression, or a call without expressions."""

    operation: str
    place: str
    """A table, or one of its indexes."""
    clause: str
    outcome: str
    """Empty for success, else the code of the error."""


@dataclass
class Asked:
    """What was asked so far."""

    by_engine: dict[str, dict[Question, str]] = field(
        default_factory=lambda: {MOTO: {}, DYNAMODB_LOCAL: {}}
    )
    """Engine -> question -> the first test that asked it."""
    test: str = ""
    """The test that runs."""

    @property
    def of_moto_alone(self) -> dict[Question, str]:
        """What DynamoDB Local was not asked."""
        local = self.by_engine[DYNAMODB_LOCAL]
        return {each: test for each, test in self.by_engine[MOTO].items() if each not in local}


@contextmanager
def noted(asked: Asked) -> Iterator[None]:
    """Note what the code asks of DynamoDB while the block runs, but not what tests ask."""
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make_and_note(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        outcome = ""
        try:
            return make(client, operation, parameters)
        except ClientError as error:
            reasons = [each["Code"] for each in error.response.get("CancellationReasons", [])]
            outcome = " ".join([error.response["Error"]["Code"], *reasons])
            raise
        finally:
            is_asked = client.meta.service_model.service_name == "dynamodb"
            is_asked &= outcome != "ResourceNotFoundException"  # a test took the table away
            if is_asked and asked.test.startswith(_FOLDERS) and _is_codes(user_of_client()):
                engine = DYNAMODB_LOCAL if "127.0.0.1" in client.meta.endpoint_url else MOTO
                for question in questions(operation, parameters, outcome):
                    asked.by_engine[engine].setdefault(question, asked.test)

    with patch.object(BaseClient, "_make_api_call", make_and_note):
        yield


@contextmanager
def written_tables() -> Iterator[set[str]]:
    """Note the tables that are written to while the block runs, by the code or by tests."""
    make, written = BaseClient._make_api_call, set[str]()  # type: ignore[attr-defined]

    def make_and_note(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name == "dynamodb" and operation not in _READS:
            written.update(_tables(parameters))
        return make(client, operation, parameters)

    with patch.object(BaseClient, "_make_api_call", make_and_note):
        yield written


def _tables(parameters: dict[str, Any]) -> Iterator[str]:
    """Yield the tables that a request names."""
    if "TableName" in parameters:
        yield parameters["TableName"]
    yield from parameters.get("RequestItems", ())
    for each in parameters.get("TransactItems", ()):
        yield from (body["TableName"] for body in each.values())


def questions(operation: str, parameters: dict[str, Any], outcome: str) -> Iterator[Question]:
    """Yield the parts of a request."""
    if operation == "TransactWriteItems":
        for each in parameters["TransactItems"]:
            ((kind, body),) = each.items()
            yield from questions(f"{operation} {kind}", body, outcome)
        return
    tables = [parameters["TableName"]] if "TableName" in parameters else parameters["RequestItems"]
    clauses = [
        clause
        for name in parameters
        if name.endswith("Expression")
        for clause in _parts(name, parameters[name])
    ]
    if "ExclusiveStartKey" in parameters:
        clauses.append("ExclusiveStartKey")
    for table in tables:
        for clause in clauses or [""]:
            place = "/".join([table, *filter(None, [parameters.get("IndexName")])])
            yield Question(operation, place, clause, outcome)


def _parts(name: str, expression: str) -> Iterator[str]:
    """Yield the clauses of an expression, without the numbers of placeholders."""
    text = re.sub(r":v\d+(, :v\d+)*", ":v", expression)
    if name != "UpdateExpression":
        yield f"{name} {text}"
        return
    for part in _CLAUSES.split(text):
        action, _, clauses = part.partition(" ")
        for clause in _BETWEEN_CLAUSES.split(clauses):
            yield f"{action} {clause}"


def _is_codes(frame: FrameType | None) -> bool:
    """True if it was not a test or tool that called a method of a client."""
    caller = frame and frame.f_back
    return caller is not None and not caller.f_code.co_filename.startswith(_OURS)
