"""Calls a function the way API Gateway does."""

import asyncio
import base64
import gzip
import io
import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from types import SimpleNamespace
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.client import BaseClient

from tests.conftest import DYNAMODB_LOCAL, MOTO, Clock, FakeLiveKit, FakeRecorder
from tools.template import functions

ON_DYNAMODB_LOCAL_TOO = {
    "test_create_recording",
    "test_delete_multiple_recordings",
    "test_delete_room",
    "test_get_recordings",
    "test_get_rooms",
    "test_retention",
    "test_update_room",
    "test_web_login_attempts",
}
"""Tests that together ask of DynamoDB what the repositories can ask."""

OF_MOTO_ITSELF = {"test_a_page_costs_the_same_however_many_rooms_there_are"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run them twice: what moto takes DynamoDB may refuse. Not those of many values: they are of
    what is refused before anything is asked.
    """
    module = metafunc.module.__name__.rpartition(".")[2]
    many = any(metafunc.definition.iter_markers("parametrize"))
    once = many or metafunc.definition.name in OF_MOTO_ITSELF
    if module in ON_DYNAMODB_LOCAL_TOO and "aws" in metafunc.fixturenames and not once:
        metafunc.parametrize("aws", [MOTO, DYNAMODB_LOCAL], indirect=True)


HOST = "abc123.execute-api.eu-west-1.amazonaws.com"
ORIGIN = f"https://{HOST}"
REQUEST_ID = "5b0b3ea1-7d41-4e1c-9a3d-1b8a2a9f6a10"

CONTEXT = cast(
    LambdaContext,
    SimpleNamespace(
        function_name="test",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:test",
        aws_request_id="test",
        get_remaining_time_in_millis=lambda: 28_000,
    ),
)


@dataclass(frozen=True)
class Reply:
    """What the caller of the API sees."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @classmethod
    def of(cls, raw: dict[str, Any]) -> "Reply":
        headers = {name: values[0] for name, values in raw["multiValueHeaders"].items()}
        headers |= raw.get("headers", {})
        body = raw["body"]
        assert isinstance(body, str), "an answer without content has the body '', never null"
        content = base64.b64decode(body) if raw["isBase64Encoded"] else body.encode()
        headers = {name.lower(): value for name, value in headers.items()}
        if headers.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return cls(raw["statusCode"], headers, content.decode())


def routes() -> dict[tuple[str, str], str]:
    """Return (method, resource) -> function folder, as the template has them."""
    return {
        (event["Properties"]["Method"], event["Properties"]["Path"]): name
        for name, function in functions().items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api"
    }


ROUTES = routes()


def _match(method: str, path: str) -> tuple[str, dict[str, str]]:
    """Return the resource that API Gateway chooses for a path, and its parameters."""
    parts = path.strip("/").split("/")
    for verb, resource in sorted(ROUTES, key=lambda route: route[1].count("{")):
        names = resource.strip("/").split("/")
        pairs = list(zip(names, parts, strict=False))
        if verb == method and len(names) == len(parts) and "proxy+" not in resource:
            parameters = {n[1:-1]: p for n, p in pairs if n.startswith("{")}
            if all(n.startswith("{") or n == p for n, p in pairs) and not path.endswith("/"):
                return resource, parameters
    return ("/", {}) if path == "/" else ("/{proxy+}", {"proxy": path.removeprefix("/")})


def event(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return the event that a REST API sends for a request to /meet + url."""
    parts = urlsplit(url)
    resource, parameters = _match(method, parts.path)
    query = parse_qsl(parts.query, keep_blank_values=True)
    sent = {"Host": HOST, "X-Forwarded-Proto": "https", "Accept": "*/*", **(headers or {})}
    return {
        "resource": resource,
        "path": parts.path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": {k: [v for n, v in query if n == k] for k, _ in query}
        or None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/meet{parts.path}",
            "stage": "meet",
            "requestId": REQUEST_ID,
            "domainName": HOST,
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": None if body is None else base64.b64encode(body).decode(),
        "isBase64Encoded": body is not None,
    }


Call: TypeAlias = Callable[..., Reply]


@pytest.fixture(autouse=True)
def loop_of_the_main_thread() -> Iterator[None]:
    """Have an event loop, as a Lambda has and Mangum expects; asyncio.run leaves none behind."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def call(aws: None, livekit: FakeLiveKit, still_clock: Clock) -> Call:
    """Return call(method, path below /meet/api/v1, body, headers); body may be bytes."""

    def _call(
        method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Reply:
        sent = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        request = event(method, f"/api/v1{path}", body=body, headers=sent)
        return invoke(request)

    return _call


def invoke(request: dict[str, Any]) -> Reply:
    """Send an event to the function that serves it."""
    name = ROUTES[request["httpMethod"], request["resource"]]
    return Reply.of(import_module(f"functions.{name}.app").handler(request, CONTEXT))


HOUR = 3_600_000


def create_room(call: Call, still_clock: Clock, **options: Any) -> dict[str, Any]:
    """Create a room that is open for an hour, unless the options say otherwise."""
    reply = call("POST", "/rooms", {"expirationDate": still_clock() + HOUR} | options)
    assert reply.status == 200, reply.text
    room: dict[str, Any] = reply.body
    return room


@pytest.fixture
def studio(call: Call, still_clock: Clock, livekit: FakeLiveKit, recorder: FakeRecorder) -> Any:
    """Return the factory of recordings, see tests.functions.recordings."""
    make = import_module("tests.functions.recordings").Studio
    return make(call, still_clock, livekit, recorder)


@pytest.fixture
def browser(aws: None, still_clock: Clock) -> Any:
    """Return a browser that shows the console, see tests.functions.console."""
    return import_module("tests.functions.console").Browser()


@pytest.fixture
def console(browser: Any) -> Any:
    """Return a browser that is logged in to the console."""
    assert browser.log_in().status == 200
    return browser


def secret_of(room: dict[str, Any], role: str) -> str:
    """Return the secret in a room's link for moderator, publisher or viewer."""
    secret: str = room[f"{role}URL"].partition("?secret=")[2]
    return secret


@dataclass
class AwsCalls:
    """What was asked of AWS, and what it answered."""

    made: list[tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.made]

    def forget(self) -> None:
        self.made.clear()


@pytest.fixture(autouse=True)
def aws_calls(monkeypatch: pytest.MonkeyPatch) -> AwsCalls:
    """Count every call of any client; nothing here may ever scan a table.

    One call at a time, since DynamoDB's operations on an item are atomic and moto's are not.
    """
    calls = AwsCalls()
    one_at_a_time = threading.RLock()
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make_and_count(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        assert operation != "Scan", "a table was scanned"
        with one_at_a_time:
            answer = make(client, operation, parameters)
        calls.made.append((operation, parameters, answer))
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", make_and_count)
    return calls


Logs: TypeAlias = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def logs(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Logs]:
    """Return the log so far as CloudWatch gets it, one dictionary per line.

    Lines of plain loggers go through Lambda's own JSON handler, which writes their extras.
    """
    http = import_module("meet.http")
    structured = http.logger
    written = io.StringIO()
    monkeypatch.setattr(structured.registered_handler, "stream", written)
    plain: list[dict[str, Any]] = []

    class Plain(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if not record.name.startswith(structured.service):
                trace = logging.Formatter().formatException(record.exc_info or (None, None, None))
                plain.append({**vars(record), "message": record.getMessage(), "trace": trace})

    handler = Plain()
    monkeypatch.setattr(logging.root, "level", logging.INFO)
    logging.root.addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()] + plain
    logging.root.removeHandler(handler)
