"""On the running stack, the sweep of recordings invokes itself if very many are due."""

import json
from typing import Any

import pytest

from meet import clock, dynamodb
from meet.clock import MINUTE, SECOND
from meet.recordings.model import new_id
from meet.recordings.parts import SHARE
from tests.live import Client, eventually
from tools.stack.deployment import aws_session

DUE = SHARE + 50
SWEPT_IN = 240
"""Seconds: the sweep comes every minute, and the emulator answers one call at a time."""


def mark(recording_id: str, *, due: int) -> dict[str, Any]:
    """Return the mark of a deleted recording, whose late file a sweep has to look for."""
    now = clock.now()
    return {
        "recordingId": recording_id,
        "roomName": "swept-k3v9x0q2m7t1c8z",
        "indexShard": dynamodb.shard_of(recording_id),
        "deletedAt": now - MINUTE,
        "sweepAt": due,
        "deleteAfter": now // SECOND + 24 * 60 * 60,
    }


@pytest.mark.timeout(600)
def test_the_sweep_runs_its_other_parts_itself(api: Client) -> None:
    session, endpoint = aws_session(), api.stack.aws_endpoint_url
    tables = session.client("dynamodb", endpoint_url=endpoint)
    table, log = api.stack.recordings_table or "", api.stack.processes.log("functions")
    log.touch(mode=0o600)
    before = log.stat().st_size

    def settled() -> dict[int, int]:
        """Return how many recordings each part of a sweep has settled."""
        with log.open() as file:
            file.seek(before)
            lines = [json.loads(line) for line in file if '"recordings swept"' in line]
        return {each["part"]: each["settled"] for each in lines if "part" in each}

    ids = [new_id(clock.now()) for _ in range(DUE)]
    due = clock.now() + 20 * SECOND  # all at once: no sweep comes before the last one is stored
    try:
        for start in range(0, DUE, dynamodb.BATCH_WRITE):
            chunk = ids[start : start + dynamodb.BATCH_WRITE]
            puts = [
                {"PutRequest": {"Item": dynamodb.to_item(mark(each, due=due))}} for each in chunk
            ]
            assert dynamodb.write_batch(tables, table=table, requests=puts) == []
        eventually(lambda: settled().get(1, 0) > DUE // 3, SWEPT_IN, "a part of the sweep")

        def are_done() -> bool:
            keys = [dynamodb.to_item({"recordingId": each}) for each in ids]
            stored = list(dynamodb.get_many(tables, table=table, keys=keys))
            return len(stored) == DUE and not any("sweepAt" in each for each in stored)

        eventually(are_done, SWEPT_IN, "an index without them")
    finally:
        keys = [dynamodb.to_item({"recordingId": each}) for each in ids]
        dynamodb.delete_many(tables, table=table, keys=keys)
