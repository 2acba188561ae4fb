"""The log of events: how many a second, by one writer and by three, in batches of several sizes."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from bench.table import table
from meet import clock
from meet.clock import DAY
from meet.events.log import EventLog, HeadContended
from meet.events.model import EventType, Fact
from tools import dynamodb_local
from tools.memory_aws import create_tables

WRITERS = (1, 3)
"""Three tables have a stream, and each stream a writer."""
SIZES = (1, 5, 25)
_TRANSACTIONS = 60


def measure() -> str:
    """Return the table, measured on DynamoDB Local."""
    with dynamodb_local.running() as address:
        create_tables(dynamodb_local.client_of(address))
        log = EventLog(dynamodb_local.our_client_of(address), "EventsTable", DAY)
        _rate(log, "warm", 1, 1)
        rows = []
        for size in SIZES:
            rates = [_rate(log, f"{writers}.{size}", writers, size) for writers in WRITERS]
            rows.append([size, *(f"{rate:.0f}" for rate in rates)])
    return table(["events in a transaction", "one writer", "three writers"], rows) + "\n"


def _rate(log: EventLog, name: str, writers: int, size: int) -> float:
    """Return the events a second."""
    data = {"meetingId": "RM_8fLk2Qx7Zb3N", "participantName": "Ada", "role": "publisher"}

    def write(writer: int) -> None:
        for number in range(_TRANSACTIONS):
            facts = [
                Fact(
                    f"evt_{name}.{writer}.{number}.{each}",
                    EventType.PARTICIPANT_JOINED,
                    clock.now(),
                    "OpenVidu-k3v9x0q2m7t1c8z",
                    data,
                )
                for each in range(size)
            ]
            while True:  # as Lambda does, which hands the batch over again
                with suppress(HeadContended):
                    log.append([facts])
                    break

    began = time.monotonic()
    with ThreadPoolExecutor(writers) as pool:
        for each in [pool.submit(write, writer) for writer in range(writers)]:
            each.result()
    return writers * _TRANSACTIONS * size / (time.monotonic() - began)
