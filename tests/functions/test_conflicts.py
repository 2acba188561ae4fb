"""Another transaction is at the same item in the same moment: DynamoDB refuses, and we repeat."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest

from meet.amazon import DynamoDB
from meet.connections import Sent
from tests.contract.conftest import called  # noqa: F401 - a fixture
from tests.contract.samples import SAMPLES, Called, run
from tests.fakes import Clock, replied
from tests.functions.gateway import Call
from tests.functions.rooms import create_room

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
_TYPES = "com.amazonaws.dynamodb.v20120810#"


@dataclass
class Conflicts:
    """How many times in a row every write is refused, and how often any was."""

    times: int = 0
    reason: str = "TransactionConflict"
    refused: int = 0

    def answer(self, operation: str, parts: int) -> Sent:
        """Return DynamoDB's refusal."""
        self.refused += 1
        error: dict[str, Any] = {"__type": f"{_TYPES}TransactionConflictException"}
        if operation == "TransactWriteItems":
            reasons = [{"Code": self.reason}, *[{"Code": "None"}] * (parts - 1)]
            error["__type"] = f"{_TYPES}TransactionCanceledException"
            error["CancellationReasons"] = reasons
        return replied(400, json.dumps(error).encode())


@pytest.fixture
def conflicts() -> Iterator[Conflicts]:
    """Refuse each write of DynamoDB's a number of times before it is done."""
    told = Conflicts()
    tries = Counter[bytes]()
    send = DynamoDB._send

    def send_or_refuse(client: DynamoDB, operation: str, body: bytes, at: float) -> Any:
        tries[body] += 1
        if operation in WRITES and tries[body] <= told.times:
            return told.answer(operation, 2)
        del tries[body]  # the same may be asked again
        return send(client, operation, body, at)

    with patch.object(DynamoDB, "_send", send_or_refuse):
        yield told


@pytest.mark.parametrize("function", sorted(SAMPLES))
def test_whoever_writes_does_so_after_a_conflict(
    function: str,
    called: Called,  # noqa: F811 - a fixture
    still_clock: Clock,
    conflicts: Conflicts,
) -> None:
    conflicts.times = 3
    reply = run(function, still_clock)
    writes = [each for service, each, _ in called.aws if service == "dynamodb" and each in WRITES]
    assert conflicts.refused == 3 * len(writes)
    if "statusCode" in (reply or {}):
        assert reply["statusCode"] < 400


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
def test_a_recording_starts_although_its_room_changes_in_this_moment(
    studio: Any, conflicts: Conflicts, reason: str
) -> None:
    room = studio.room()
    conflicts.times, conflicts.reason = 5, reason
    assert studio.post(room).status == 200


def test_conflicts_without_an_end_are_told_as_a_reason_to_try_again(
    call: Call, still_clock: Clock, conflicts: Conflicts
) -> None:
    name = create_room(call, still_clock)["roomName"]
    conflicts.times = 99
    reply = call("PUT", f"/rooms/{name}", {"preferences": {"chatPreferences": {"enabled": False}}})
    assert (reply.status, reply.headers["retry-after"]) == (503, "1")
    assert (reply.body["code"], reply.body["message"]) == (503, "Temporarily unavailable")
    assert conflicts.refused == 10


def test_a_condition_that_does_not_hold_is_no_conflict(
    call: Call, still_clock: Clock, conflicts: Conflicts
) -> None:
    conflicts.times = 0
    assert call("DELETE", "/rooms/team-0123456789abcde").status == 404
    assert conflicts.refused == 0
