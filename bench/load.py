"""Very many callers of the local stack at once: no answer may be an error of ours."""

import os
import shutil
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

import urllib3

from bench.table import table
from meet import clock
from meet.clock import HOUR
from tools import ROOT
from tools.stack.local_stack import LocalStack

CALLERS = 50
SECONDS = 300
"""Environment variable MEET_LOAD_SECONDS: another number."""

_TIMEOUT = 60


@dataclass
class Seen:
    """Statuses of answers, 0 for none, and seconds of each; threads only append to them."""

    statuses: list[int] = field(default_factory=list)
    elapsed: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class _Caller:
    """Creates a room, reads it, lists a page, gets a token, and deletes the room."""

    def __init__(self, stack: LocalStack, http: urllib3.PoolManager, seen: dict[str, Seen]) -> None:
        self._stack, self._http, self._seen = stack, http, seen

    def call(self, what: str, method: str, path: str, body: Any = None) -> Any:
        """Return the answer's JSON; None for another one than a success."""
        seen = self._seen[what]
        began = time.monotonic()
        try:
            answer = self._http.request(
                method,
                self._stack.api_url + path,
                json=body,
                headers={"X-API-KEY": self._stack.api_key},
                timeout=_TIMEOUT,
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            seen.statuses.append(0)
            seen.failures.append(repr(error))
            return None
        seen.elapsed.append(time.monotonic() - began)
        seen.statuses.append(answer.status)
        if answer.status >= 300:
            seen.failures.append(f"{answer.status} {answer.data[:200]!r}")
            return None
        return answer.json() if answer.data else None

    def turn(self) -> None:
        """Make one room and use it."""
        ends = clock.now() + HOUR
        room = self.call("creating a room", "POST", "/rooms", {"expirationDate": ends})
        if room is None:
            return
        name, secret = room["roomName"], room["publisherURL"].partition("secret=")[2]
        self.call("reading a room", "GET", f"/rooms/{name}")
        self.call("a page of rooms", "GET", "/rooms")
        wanted = {"roomName": name, "participantName": "Ada", "secret": secret}
        self.call("a token", "POST", "/participants/token", wanted)
        self.call("deleting a room", "DELETE", f"/rooms/{name}")


def measure() -> str:
    """Return the table of answers."""
    directory = ROOT / ".local" / "bench"
    shutil.rmtree(directory, ignore_errors=True)
    seconds = float(os.environ.get("MEET_LOAD_SECONDS", SECONDS))
    http = urllib3.PoolManager(maxsize=CALLERS)
    with LocalStack(directory) as stack:
        first: dict[str, Seen] = defaultdict(Seen)
        _Caller(stack, http, first).turn()  # the functions have started
        seen = {what: Seen() for what in first}
        ends = time.monotonic() + seconds

        def go_on() -> None:
            caller = _Caller(stack, http, seen)
            while time.monotonic() < ends:
                caller.turn()

        threads = [threading.Thread(target=go_on) for _ in range(CALLERS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    rows = []
    for what, found in seen.items():
        for failure in found.failures[:3]:
            print(what, failure, flush=True)
        by_class = Counter(status // 100 for status in found.statuses)
        rows.append(
            [
                what,
                f"{len(found.statuses):,}",
                by_class[5] + by_class[0],
                by_class[4],
                f"{median(found.elapsed):.2f}",
                f"{quantiles(found.elapsed, n=100)[-1]:.2f}",
            ]
        )
    heads = ["", "calls", "5xx or no answer", "4xx", "seconds, p50", "p99"]
    return table(heads, rows) + "\n"
