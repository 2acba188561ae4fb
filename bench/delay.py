"""Events on the local stack: from the write of a room to the first attempt at an endpoint."""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median, quantiles
from typing import Any

import urllib3

from bench.table import table
from meet import clock
from meet.clock import HOUR
from tools import ROOT
from tools.stack.local_stack import LocalStack

ROOMS = 120
A_SECOND = 2
"""Rooms that are created."""

_WAIT = 120
"""Seconds at most, until the webhook counts, and until the last event has come."""


def measure() -> str:
    """Return the table of delays."""
    directory = ROOT / ".local" / "bench"
    shutil.rmtree(directory, ignore_errors=True)
    delays: dict[str, float] = {}
    with LocalStack(directory) as stack, _receiver(delays) as url:
        api = _Api(stack)
        api.post("/webhooks", {"url": url, "events": ["room.created"]})
        began = time.monotonic()
        while not delays:  # until the webhook counts, and the functions have started
            assert time.monotonic() < began + _WAIT, "no event came"
            api.create_room()
            time.sleep(3)
        before = len(delays)
        created = set()
        for _ in range(ROOMS):
            created.add(api.create_room())
            time.sleep(1 / A_SECOND)
        began = time.monotonic()
        while not created <= delays.keys():
            assert time.monotonic() < began + _WAIT, f"{len(delays) - before} of {ROOMS} came"
            time.sleep(0.1)
    found = [delays[name] for name in created]
    rows = [
        ["median", f"{median(found):.2f}"],
        ["99th percentile", f"{quantiles(found, n=100)[-1]:.2f}"],
    ]
    return table([f"of {ROOMS} events, {A_SECOND} a second", "seconds"], rows) + "\n"


class _Api:
    def __init__(self, stack: LocalStack) -> None:
        self._stack, self._http = stack, urllib3.PoolManager(timeout=30)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Return the answer of an operation that creates something."""
        key = {"X-API-KEY": self._stack.api_key}
        answer = self._http.request("POST", self._stack.api_url + path, json=body, headers=key)
        assert answer.status < 300, answer.data
        return answer.json()

    def create_room(self) -> str:
        """Return the name of a new room."""
        name: str = self.post("/rooms", {"expirationDate": clock.now() + HOUR})["roomName"]
        return name


@contextmanager
def _receiver(delays: dict[str, float]) -> Iterator[str]:
    """Run an endpoint that notes how late the first attempt of each room's event is."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            now = time.time()
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            happened = datetime.fromisoformat(event["timestamp"]).timestamp()
            delays.setdefault(event["roomName"], now - happened)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
