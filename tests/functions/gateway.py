"""Calls a function the way API Gateway does."""

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qsl, urlsplit

from aws_lambda_powertools.utilities.typing import LambdaContext

from tools.template import functions

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


def call(method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
    """Send a request to a path below /meet/api/v1; a body that is not bytes is sent as JSON."""
    sent = dict(headers or {})
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        sent.setdefault("Content-Type", "application/json")
    return invoke(event(method, f"/api/v1{path}", body=body, headers=sent))


def invoke(request: dict[str, Any]) -> Reply:
    """Send an event to the function that serves it."""
    name = ROUTES[request["httpMethod"], request["resource"]]
    return Reply.of(import_module(f"functions.{name}.app").handler(request, CONTEXT))
