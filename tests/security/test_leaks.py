"""Everything that the running stack wrote and said while the other tests used it: no secret."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live import Client
from tests.security.callers import Target, moderator, playback_link, session
from tests.security.conftest import aws_client, secret_called

JWT = re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{20,}")
PLAYBACK = re.compile(r"(?<!\d)\d{10}\.[\w-]{43}(?![\w-])")

HANDED_OUT = {
    "secrets of rooms": re.compile(r"(GET|POST|PUT) /rooms"),
    "a token": re.compile(r"POST (/participants/token|\S+/console/(login|session))$"),
    "a playback link": re.compile(r"GET /recordings/[^/]+/url"),
}
"""What is no leak where it is what the caller asked for."""


def secrets_of_stack(api: Client) -> dict[str, str]:
    """Return what nobody is ever told."""
    return {
        "the API key": api.stack.api_key,
        "LiveKit's secret": api.stack.livekit_api_secret,
        "the signing secret": secret_called(api, "SigningSecret")[1],
        "the admin's password": json.loads(secret_called(api, "AdminSecret")[1])["password"],
    }


def secrets_of_rooms(api: Client) -> list[str]:
    tables = aws_client(api, "dynamodb")
    pages = tables.get_paginator("scan").paginate(TableName=api.stack.rooms_table)
    return [
        secret["S"]
        for page in pages
        for item in page["Items"]
        for secret in item["secrets"]["M"].values()
    ]


def found_in(text: str, api: Client) -> Iterator[str]:
    """Yield what a text tells that it should not."""
    yield from (name for name, secret in secrets_of_stack(api).items() if secret in text)
    if any(secret in text for secret in secrets_of_rooms(api)):
        yield "secrets of rooms"
    if JWT.search(text):
        yield "a token"
    if PLAYBACK.search(text):
        yield "a playback link"


@pytest.mark.last
def test_no_log_has_a_secret(api: Client, target: Target) -> None:
    """Logs of the functions, of the emulator that called them, of LiveKit, egress and sam."""
    logs = sorted(api.stack.logs.glob("*.log"))
    assert {"functions.log", "emulator.log", "livekit.log"} <= {log.name for log in logs}
    assert "GET /api/v1/rooms" in (api.stack.logs / "functions.log").read_text()
    for log in logs:
        assert list(found_in(log.read_text(errors="replace"), api)) == [], log


@pytest.mark.last
def test_no_answer_has_a_secret_that_was_not_asked_for(api: Client) -> None:
    assert len(api.heard) > 50
    for request, answer in api.heard:
        found = set(found_in(answer, api))
        if "HTTP 2" in answer:
            found -= {what for what, where in HANDED_OUT.items() if where.match(request)}
        assert not found, request


@pytest.mark.last
def test_nothing_that_aws_shows_of_the_stack_has_a_secret(api: Client) -> None:
    """Environments of functions, outputs, events of the deployment, tags."""
    stacks, functions = aws_client(api, "cloudformation"), aws_client(api, "lambda")
    shown: list[Any] = [
        stacks.describe_stack_events(StackName="meet")["StackEvents"],
        stacks.describe_stacks(StackName="meet")["Stacks"][0]["Outputs"],
        functions.list_functions()["Functions"],
    ]
    assert all(shown)
    assert list(found_in(json.dumps(shown, default=str), api)) == []


def test_a_secret_would_be_found(api: Client, target: Target) -> None:
    for leak in (
        *secrets_of_stack(api).values(),
        secrets_of_rooms(api)[0],
        moderator(target, target.room),
        session(target),
        playback_link(target, target.recording),
    ):
        assert list(found_in(f'{{"a": "b={leak}&c"}}', api)), leak
    assert list(found_in("2026-11-24 rec_00000000000000000000000000 1795441095333.123", api)) == []
