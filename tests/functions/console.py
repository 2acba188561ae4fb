"""The console's page: a browser in front of the functions, which keeps cookies."""

import base64
import json
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any

import boto3

from meet.signing import Purpose
from tests.functions.gateway import CONTEXT, ORIGIN, ROUTES, Reply, event
from tools.memory_aws import ADMIN_PASSWORD, ADMIN_USERNAME

SESSION = "OvMeetAccessToken"
RIGHT = {"username": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
WRONG = RIGHT | {"password": "guess"}
HOME = {"Origin": ORIGIN}


def attributes(cookie: str) -> set[str]:
    """Return the attributes of a cookie, without its value."""
    return set(cookie.split("; ")[1:])


@dataclass(frozen=True)
class Answer(Reply):
    """An answer, and the cookies that came with it."""

    cookies: dict[str, str] = field(default_factory=dict)
    """Name -> what was said about it, value first."""


@dataclass
class Browser:
    """Sends requests as a browser that shows a page of ours; headers given as None are left out."""

    address: str = "192.0.2.1"
    jar: dict[str, str] = field(default_factory=dict)

    def send(
        self, method: str, url: str, body: Any = None, headers: dict[str, str | None] | None = None
    ) -> Answer:
        sent: dict[str, str | None] = {**HOME} if method != "GET" else {}
        if self.jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        if body is not None and not isinstance(body, bytes):
            body, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        sent |= headers or {}
        request = event(
            method, url, body=body, headers={k: v for k, v in sent.items() if v is not None}
        )
        request["requestContext"]["identity"]["sourceIp"] = self.address
        function = ROUTES[method, request["resource"]]
        raw = import_module(f"functions.{function}.app").handler(request, CONTEXT)
        reply = Reply.of(raw)
        cookies: SimpleCookie = SimpleCookie()
        lines = raw["multiValueHeaders"].get("Set-Cookie", [])
        for line in lines:
            cookies.load(line)
        for name, morsel in cookies.items():
            self.jar[name] = morsel.value
            if morsel["max-age"] == "0":
                del self.jar[name]
        by_name = {line.partition("=")[0]: line.partition("=")[2] for line in lines}
        return Answer(reply.status, reply.headers, reply.text, by_name)

    def log_in(self, body: Any = RIGHT, headers: dict[str, str | None] | None = None) -> Answer:
        return self.send("POST", "/console/login", body, headers)

    def who_am_i(self) -> Answer:
        return self.send("GET", "/console/session")

    def renew(self) -> Answer:
        return self.send("POST", "/console/session")

    def log_out(self) -> Answer:
        return self.send("POST", "/console/logout")

    def copy(self) -> "Browser":
        """Return another browser with the same cookies."""
        return Browser(self.address, dict(self.jar))


def authorize(
    headers: dict[str, str] | list[tuple[str, str]],
    method: str = "GET",
    url: str = "/api/v1/rooms",
) -> dict[str, Any] | None:
    """Return the authorizer's answer, None for its refusal."""
    pairs = headers if isinstance(headers, list) else list(headers.items())
    request = event(method, url, headers=dict(pairs)) | {"type": "REQUEST", "methodArn": "arn:x"}
    for name, _ in pairs:
        request["multiValueHeaders"][name] = [v for k, v in pairs if k == name]
    try:
        answer: dict[str, Any] = import_module("functions.authorize.app").handler(request, CONTEXT)
    except Exception as error:
        assert type(error) is Exception
        assert str(error) == "Unauthorized"
        return None
    return answer


def set_keys(**keys: str) -> None:
    """Store these API keys and no others; functions see them when they have forgotten the old."""
    boto3.client("secretsmanager").put_secret_value(
        SecretId="ApiKeysSecret", SecretString=json.dumps(keys)
    )


def forget_key(purpose: Purpose) -> None:
    """Delete a signing key; functions notice when they have forgotten it."""
    boto3.client("dynamodb").delete_item(
        TableName="SigningKeysTable", Key={"purpose": {"S": purpose.value}}
    )


def claims_of(token: str) -> dict[str, Any]:
    """Return a token's claims, unverified."""
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims
