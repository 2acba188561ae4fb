"""Everything that the running stack wrote and said while the other tests used it: no secret."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meet import clock
from meet.clock import HOUR
from meet.signing import Purpose
from tests.live import Client
from tests.security.callers import Target, moderator, playback_link, session
from tests.security.running import aws_client, signing_key

JWT = re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{20,}")
PLAYBACK = re.compile(r"(?<!\d)\d{10}\.[\w-]{43}(?![\w-])")
WEBHOOK = re.compile(r"whsec_(?!MfKQ9r8GKYqr)[\w+/]{24,}")  # but the example in the document
INVITATION = re.compile(r"(?<![\w.])[a-z2-7]{16}[a-z0-9]{10}\.[\w-]{32}(?![\w-])")
SHARE = re.compile(r"(?<![\w.])[a-z0-9]{16}\.[\w-]{32}(?![\w-])")
TICKET = re.compile(r"\.\d{15}\.[\w-]{32}(?![\w-])")

HANDED_OUT = {
    "a webhook's secret": re.compile(r"POST /webhooks(/[^/]+/secret)?$"),
    # Of a meeting, to its moderators.
    "secrets of rooms": re.compile(r"(GET|POST|PUT) /rooms|GET /meetings/[^/?]+(\?|$)"),
    "a token": re.compile(r"POST (/participants/token|\S+/console/(login|session))$"),
    "a playback link": re.compile(
        r"GET /recordings/[^/]+/url|POST /recordings/[^/]+/links/[^/]+/open$"
    ),
    "a share link": re.compile(r"POST /recordings/[^/]+/links$"),
    "an invitation": re.compile(r"POST /rooms/[^/]+/invitations$"),
    "a ticket": re.compile(r"POST /participants/token$"),
}
"""Requests whose answers are meant to contain such a secret."""


@dataclass(frozen=True)
class Known:
    """The secrets of the running stack."""

    never_told: dict[str, str]
    of_rooms: set[str]

    def found_in(self, text: str) -> set[str]:
        """Return the secrets that a text reveals."""
        found = {name for name, secret in self.never_told.items() if secret in text}
        words = (match[0] for match in re.finditer(r"[\w-]{32,}", text))
        if any(word[i : i + 32] in self.of_rooms for word in words for i in range(len(word) - 31)):
            found.add("secrets of rooms")
        if JWT.search(text):
            found.add("a token")
        if WEBHOOK.search(text):
            found.add("a webhook's secret")
        if PLAYBACK.search(text):
            found.add("a playback link")
        if INVITATION.search(text):
            found.add("an invitation")
        if SHARE.search(text):
            found.add("a share link")
        if TICKET.search(text):
            found.add("a ticket")
        return found


def written(api: Client) -> Iterator[tuple[str, str]]:
    """Yield each signing key in each way that it could be written."""
    for purpose in Purpose:
        key = signing_key(api, purpose)
        yield f"the key of {purpose} in hexadecimal", key.hex()
        yield f"the key of {purpose} in base64", base64.b64encode(key).decode().rstrip("=")
        yield f"the key of {purpose} in a URL", base64.urlsafe_b64encode(key).decode().rstrip("=")
        yield f"the key of {purpose} as Python shows it", repr(key)[2:-1]


@pytest.fixture
def known(api: Client) -> Known:
    pages = (
        aws_client(api, "dynamodb").get_paginator("scan").paginate(TableName=api.stack.rooms_table)
    )
    rooms = [item["secrets"]["M"] for page in pages for item in page["Items"]]
    return Known(
        {
            "the API key": api.stack.api_key,
            "LiveKit's secret": api.stack.livekit_api_secret,
        }
        | dict(written(api)),
        {secret["S"] for secrets in rooms for secret in secrets.values()},
    )


@pytest.mark.last
def test_no_log_has_a_secret(api: Client, target: Target, known: Known) -> None:
    """Logs of the functions, of the emulator that called them, of LiveKit, egress and sam."""
    logs = sorted(api.stack.logs.glob("*.log"))
    assert {"functions.log", "emulator.log", "livekit.log"} <= {log.name for log in logs}
    assert "GET /api/v1/rooms" in (api.stack.logs / "functions.log").read_text()
    for log in logs:
        assert not known.found_in(log.read_text(errors="replace")), log


@pytest.mark.last
def test_no_answer_has_a_secret_that_was_not_asked_for(api: Client, known: Known) -> None:
    assert api.heard
    for request, answer in api.heard:
        found = known.found_in(answer)
        if "HTTP 2" in answer:
            found -= {what for what, where in HANDED_OUT.items() if where.match(request)}
        assert not found, request


@pytest.mark.last
def test_nothing_that_aws_shows_of_the_stack_has_a_secret(api: Client, known: Known) -> None:
    """Environments of functions, outputs, events of the deployment, tags."""
    stacks, functions = aws_client(api, "cloudformation"), aws_client(api, "lambda")
    shown: list[Any] = [
        stacks.describe_stack_events(StackName="meet")["StackEvents"],
        stacks.describe_stacks(StackName="meet")["Stacks"][0]["Outputs"],
        functions.list_functions()["Functions"],
    ]
    assert all(shown)
    assert not known.found_in(json.dumps(shown, default=str))


def test_a_secret_would_be_found(api: Client, target: Target, known: Known) -> None:
    room = api.create_room(lobby={"enabled": True, "roles": ["viewer"]})
    guest = {"invitations": [{"participantName": "Grace", "role": "viewer"}]}
    invited = api.call("POST", f"/rooms/{room['roomName']}/invitations", guest).body
    secret = parse_qs(urlsplit(room["viewerURL"]).query)["secret"][0]
    wish = {"roomName": room["roomName"], "participantName": "Vera", "secret": secret}
    waiting = api.call("POST", "/participants/token", wish, key=None)
    until = {"expiresAt": clock.now() + HOUR}
    shared = api.call("POST", f"/recordings/{target.recording}/links", until).body
    token = urlsplit(shared["url"]).fragment
    opening = f"/recordings/{target.recording}/links/{shared['linkId']}/open"
    opened = api.call("POST", opening, {"token": token}, key=None).body
    assert waiting.status == 202, waiting
    for leak in (
        invited["invitations"][0]["url"],
        waiting.body["ticket"],
        shared["url"],
        token,
        opened["streamUrl"],
        *known.never_told.values(),
        *known.of_rooms,
        moderator(target, target.room),
        session(target),
        playback_link(target, target.recording),
    ):
        assert known.found_in(f'{{"a": "b={leak}&c"}}'), leak
    assert not known.found_in("2026-11-24 rec_00000000000000000000000000 1795441095333.123")
