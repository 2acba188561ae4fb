"""The sweep of rooms when very many expire in the same minute, with the processor of 512 MB.

Lambda gives a function a share of a processor that grows with its memory, a whole one at 1,769 MB.
Here the process is stopped whenever it used more than its share.
"""

import hashlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import urllib3

from bench.lambdas import Place
from bench.table import table
from bench.whole import STORED, Surroundings, child, surroundings
from meet import dynamodb
from meet.clock import HOUR, SECOND, Milliseconds, now
from meet.livekit.rooms import room_metadata
from meet.rooms.items import to_values
from meet.rooms.model import Preferences, Role, Room
from meet.sweep_index import SWEEP_INDEX
from tests.contract.samples import SAMPLES
from tools import dynamodb_local
from tools.memory_aws import ENVIRONMENT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOMS = 20_000
MEETINGS = 300
SHARE = 512 / 1769
DELAYS = (0.02, 2.0)
"""Seconds that LiveKit takes for a call."""
_TICK = 0.01
_BATCH = 25
_TABLE = "RoomsTable"
_MINUTES = 4


def measure(place: Place) -> str:
    """Return the table; where DynamoDB Local is not available, why."""
    heads = [
        *("LiveKit takes", "calls of LiveKit", "the last meeting is over after"),
        *("rooms that the first run leaves", "runs", "CPU, all runs"),
    ]
    return by_delay(place, heads, _row)


def by_delay(
    place: Place, heads: list[str], *rows_of: Callable[[Place, Surroundings, float], list[str]]
) -> str:
    """Return a table with rows for each delay of LiveKit, each measured in its own surroundings.

    Where DynamoDB Local is not available, return why.
    """
    rows = []
    try:
        for delay in DELAYS:
            for row in rows_of:
                with surroundings(place.directory) as around:
                    rows.append(row(place, around, delay))
    except dynamodb_local.NotAvailable as reason:
        return f"**Not measured.** {reason}\n"
    return table(heads, rows) + "\n"


def _row(place: Place, around: Surroundings, delay: float) -> list[str]:
    client = dynamodb_local.our_client_of(around.dynamodb)
    patient = dynamodb_local.client_of(around.dynamodb)
    code = place.ours("sweep_rooms")
    http = urllib3.PoolManager()
    with child(around, place.python, code, "sweep_rooms", SAMPLES["sweep_rooms"]) as sweep:
        sweep.ask("handles")  # its first call is behind it
        names = [f"OpenVidu-{number:015d}x" for number in range(ROOMS)]
        expired = Milliseconds(now() - SECOND)
        store(client, _TABLE, [to_values(_room(name, expired)) for name in names])
        stack = "meet-" + hashlib.sha256(ENVIRONMENT["STACK_ID"].encode()).hexdigest()[:16]
        told = {
            "names": names[:: ROOMS // MEETINGS][:MEETINGS],
            "metadata": room_metadata(stack),
            "delay": delay,
        }
        http.request("POST", f"{around.others}/meetings", body=json.dumps(told).encode())
        before = http.request("GET", around.others).json()["asked"]
        left: list[int] = []
        began, cpu = time.time(), 0.0
        with held_to(SHARE, sweep.process.pid):
            while len(left) < _MINUTES and (not left or left[-1]):
                ((used, _, _),) = sweep.ask(1)
                cpu += used
                left.append(_due(patient) - STORED)
                if len(left) == 1:
                    seen = http.request("GET", around.others).json()
    over = f"{seen['ended_at'] - began:.0f} s"
    if seen["left"]:
        over = f"{seen['left']} go on after the first run"
    return [
        f"{delay} s",
        str(seen["asked"] - before),
        over,
        f"{left[0]:,}",
        str(len(left)) if not left[-1] else f"more than {_MINUTES}",
        f"{cpu:.1f} s",
    ]


def _due(client: "DynamoDBClient") -> int:
    """Return how many rooms wait for a sweep; DynamoDB Local may be busy with the last one."""
    pages = client.get_paginator("scan").paginate(
        TableName=_TABLE, IndexName=SWEEP_INDEX, Select="COUNT"
    )
    return sum(page["Count"] for page in pages)


def store(client: "DynamoDBClient", name: str, items: list[dict[str, Any]]) -> None:
    """Write items past the repositories, which write one at a time."""
    for start in range(0, len(items), _BATCH):
        requests: Any = [
            {"PutRequest": {"Item": dynamodb.to_item(item)}}
            for item in items[start : start + _BATCH]
        ]
        while requests:
            answer = client.batch_write_item(RequestItems={name: requests})
            requests = answer["UnprocessedItems"].get(name)


def _room(name: str, expires_at: Milliseconds) -> Room:
    return Room(
        name=name,
        prefix="OpenVidu",
        created_at=Milliseconds(expires_at - HOUR),
        expires_at=expires_at,
        max_participants=10,
        preferences=Preferences(),
        secrets=dict.fromkeys(Role, "nkLM9FLc70PU_tmibxQVVtb1gTqLx0aF"),
    )


@contextmanager
def held_to(share: float, pid: int) -> Iterator[None]:
    """Stop a process whenever it used more than its share of a processor."""
    done = threading.Event()

    def hold() -> None:
        began, used = time.monotonic(), _cpu(pid)
        while not done.wait(_TICK):
            is_over = _cpu(pid) - used > share * (time.monotonic() - began)
            os.kill(pid, signal.SIGSTOP if is_over else signal.SIGCONT)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        yield
    finally:
        done.set()
        holder.join()
        os.kill(pid, signal.SIGCONT)


def _cpu(pid: int) -> float:
    """Return the CPU seconds that a process used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
