"""What the tests of share links share: their makers, and viewers at an address."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from botocore.client import BaseClient

from meet import wiring
from tests.functions.gateway import CONTEXT, ROUTES, Reply, event, invoke
from tests.functions.recordings import Studio
from tests.functions.test_get_recording_stream import Answer

HOUR = 60 * 60 * 1_000
DAY = 24 * HOUR


def share(studio: Studio, recording_id: str, **options: Any) -> dict[str, Any]:
    """Make a link that ends in a day, or as the options say."""
    body = {"expiresAt": studio.clock() + DAY, **options}
    reply = studio.call("POST", f"/recordings/{recording_id}/links", body)
    assert reply.status == 201, reply.text
    made: dict[str, Any] = reply.body
    return made


def listed(studio: Studio, recording_id: str) -> list[dict[str, Any]]:
    reply = studio.call("GET", f"/recordings/{recording_id}/links")
    assert reply.status == 200, reply.text
    links: list[dict[str, Any]] = reply.body["links"]
    return links


def views(studio: Studio, recording_id: str) -> int:
    """Return the views of a recording's only link."""
    (link,) = listed(studio, recording_id)
    count: int = link["views"]
    return count


def before_first(operation: str, act: Callable[[Callable[[], Any]], Any]) -> Any:
    """Do something before the first call of an operation; `act` is given what makes that call."""
    return before(operation, 1, act)


def before(operation: str, number: int, act: Callable[[Callable[[], Any]], Any]) -> Any:
    """Do something before the n-th call of an operation."""
    make = BaseClient._make_api_call  # type: ignore[attr-defined]
    left = [number]

    def make_after(client: Any, name: str, parameters: dict[str, Any]) -> Any:
        if name == operation:
            left[0] -= 1
            if left == [0]:
                act(lambda: make(client, name, parameters))
        return make(client, name, parameters)

    return patch.object(BaseClient, "_make_api_call", make_after)


def items(recording_id: str) -> list[dict[str, Any]]:
    """Return the items beside a recording."""
    links = wiring.link_repository()
    return links._query(recording_id, "")


@dataclass
class Viewer:
    """Somebody without an account who has a link, and what its page does for them."""

    url: str
    address: str = "198.51.100.7"
    shown: dict[str, Any] = field(default_factory=dict)
    """What the link showed when it was opened last."""

    @property
    def token(self) -> str:
        return urlsplit(self.url).fragment

    @property
    def path(self) -> str:
        recording_id = urlsplit(self.url).path.rpartition("/")[2]
        return f"/api/v1/recordings/{recording_id}/links/{self.token.partition('.')[0]}"

    def ask(self, token: str | None = None) -> Reply:
        """Open the link, without an expectation."""
        body = json.dumps({"token": self.token if token is None else token}).encode()
        headers = {"Content-Type": "application/json"}
        return invoke(
            self._from_here(event("POST", f"{self.path}/open", body=body, headers=headers))
        )

    def open(self) -> "Viewer":
        reply = self.ask()
        assert reply.status == 200, reply.text
        self.shown = reply.body
        return self

    def watch(
        self, wanted: str | None = "bytes=0-", *, download: bool = False, **headers: str
    ) -> Answer:
        """Ask for bytes of the stream as a player does; header names with _ for -."""
        url = urlsplit(self.shown["streamUrl"])
        path = f"{url.path.removeprefix('/meet')}?{url.query}{'&download=true' if download else ''}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {} if wanted is None else {"Range": wanted}
        return self._bytes(event("GET", path, headers=sent))

    def refusal(self) -> tuple[int, str]:
        """Return status and reason of watching on."""
        answer = self.watch()
        return answer.status, json.loads(answer.content).get("reason", "")

    def _bytes(self, request: dict[str, Any]) -> Answer:
        name = ROUTES["GET", request["resource"]]
        raw = import_module(f"functions.{name}.app").handler(self._from_here(request), CONTEXT)
        body: str = raw["body"]
        content = base64.b64decode(body) if raw["isBase64Encoded"] else body.encode()
        headers = {k.lower(): v[0] for k, v in raw["multiValueHeaders"].items()}
        return Answer(raw["statusCode"], headers, content)

    def _from_here(self, request: dict[str, Any]) -> dict[str, Any]:
        request["requestContext"]["identity"]["sourceIp"] = self.address
        return request
