"""Calls the running stack, and prints each step with its time."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import urllib3

HTTP_OK = range(200, 300)
_SECONDS = 30


class Api:
    """The API of one stack, called with its key or with a participant's token."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self._url = stack["apiUrl"]
        self._key = {"X-API-KEY": stack["apiKey"]}
        self._http = urllib3.PoolManager()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        may_be: tuple[int, ...] = (),
        bearer: str | None = None,
        **headers: str,
    ) -> Any:
        """Return the answer to a call; raises SystemExit for an unexpected status."""
        url = path if path.startswith("http") else self._url + path
        credential = {"Authorization": f"Bearer {bearer}"} if bearer else self._key
        sent = credential | headers
        if body is not None:
            sent["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body)
        reply = self._http.request(method, url, body=data, headers=sent, timeout=30, retries=False)
        if reply.status not in (*HTTP_OK, *may_be):
            sys.exit(f"{method} {path}: {reply.status} {reply.data.decode()}")
        return reply

    def until(self, path: str, holds: Callable[[Any], bool]) -> Any:
        """Read a path until the condition holds of it; raises SystemExit after a while."""
        deadline = time.monotonic() + _SECONDS
        while not holds(shown := self.call("GET", path).json()):
            if time.monotonic() > deadline:
                sys.exit(f"{path} still shows {shown}")
            time.sleep(0.1)
        return shown

    def ask_to_join(
        self, room: dict[str, Any], name: str, role: str, *, may_be: tuple[int, ...] = ()
    ) -> Any:
        """Ask for a token as the meeting page does, with the link of a role."""
        secret = parse_qs(urlsplit(room[f"{role}URL"]).query)["secret"][0]
        request = {"roomName": room["roomName"], "participantName": name, "secret": secret}
        return self.call("POST", "/participants/token", request, may_be=may_be)


@contextmanager
def step(name: str) -> Iterator[Callable[[str], None]]:
    """Print the step, its time and its result."""
    told: list[str] = []
    began = time.monotonic()
    yield told.append
    print(f"  {name:<30}{time.monotonic() - began:7.2f} s  {' '.join(told)}", flush=True)
