"""A sweep of very many recordings, which several invocations share."""

import json
from dataclasses import dataclass, field

import pytest
from moto.awslambda.models import LambdaBackend

from meet.clock import MINUTE, SECOND
from meet.recordings import parts
from meet.recordings.parts import MOST_PARTS, Part
from meet.wiring import clients
from tests.functions.logs import Logs
from tests.functions.recordings import SWEEP, Studio, looked_into, room_of, sweep, under_way

SHARE = 3
"""Recordings that one invocation takes, in these tests."""


@dataclass
class Lambda:
    """Takes invocations, and runs them when a test says so."""

    taken: list[tuple[str, dict[str, int]]] = field(default_factory=list)
    """The function, and the event."""
    refuses: set[int] = field(default_factory=set)
    """Parts of which it does not take the invocation."""

    @property
    def events(self) -> list[dict[str, int]]:
        return sorted((event for _, event in self.taken), key=lambda event: event["part"])

    def run(self) -> list[dict[str, int]]:
        taken, self.taken = self.taken, []
        return [sweep(event=event, function=function) for function, event in taken]


@pytest.fixture
def of_lambda(aws: None, monkeypatch: pytest.MonkeyPatch) -> Lambda:
    monkeypatch.setattr(parts, "SHARE", SHARE)
    fake = Lambda()

    def invoke(_: object, function: str, __: object, body: str, *___: object) -> bytes:
        event = json.loads(body)
        if event["part"] in fake.refuses:
            raise RuntimeError("told to refuse")
        fake.taken.append((function, event))
        return b""

    monkeypatch.setattr(LambdaBackend, "invoke", invoke)
    return fake


def whole(studio: Studio) -> dict[str, int]:
    """Return the event of an invocation that takes everything, now and in a minute."""
    return {"part": 0, "parts": 1, "until": studio.clock() + 2 * MINUTE}


@pytest.mark.parametrize("count", range(1, MOST_PARTS + 1))
def test_each_recording_is_in_one_part(count: int) -> None:
    due = [f"rec_{number:026d}" for number in range(5_000)]
    found = [Part(number, count).of(due) for number in range(count)]
    assert sorted(each for part in found for each in part) == due
    for part in found:
        assert abs(len(part) - 5_000 / count) < 250


def test_few_are_checked_without_lambda(
    studio: Studio, of_lambda: Lambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwanted() -> None:
        raise AssertionError("Lambda's client was loaded")

    monkeypatch.setattr(clients, "lambdas", unwanted)
    ids = under_way(studio, SHARE, event=whole(studio))
    assert sweep() == {"settled": 0, "waiting": SHARE}
    assert looked_into(studio) == sorted(map(room_of, ids))


@pytest.mark.parametrize("alias", ["", ":live"])
def test_many_are_shared_with_invocations_of_the_same_function_and_alias(
    studio: Studio, of_lambda: Lambda, alias: str
) -> None:
    ids = under_way(studio, 2 * SHARE + 1, event=whole(studio))
    first = sweep(function=SWEEP + alias)
    until = studio.clock() + 40 * SECOND
    assert of_lambda.events == [
        {"part": number, "parts": 3, "until": until} for number in range(1, 3)
    ]
    assert {function for function, _ in of_lambda.taken} == {SWEEP + alias}
    assert len(looked_into(studio)) == first["waiting"] < len(ids)
    others = of_lambda.run()
    assert sum(each["waiting"] for each in (first, *others)) == len(ids)
    assert looked_into(studio) == sorted(map(room_of, ids)), "all of them, once each"
    assert of_lambda.taken == [], "a part is not split again"


def test_a_part_that_lambda_does_not_take_is_checked_by_the_first(
    studio: Studio, of_lambda: Lambda, logs: Logs
) -> None:
    ids = under_way(studio, 3 * SHARE, event=whole(studio))
    of_lambda.refuses = {1, 2}
    assert sweep() == {"settled": 0, "waiting": len(ids)}
    assert looked_into(studio) == sorted(map(room_of, ids))
    failed = [each for each in logs() if each["message"] == "part of the sweep not invoked"]
    assert sorted(each["part"] for each in failed) == [1, 2]


def test_what_a_part_did_not_come_to_is_checked_in_the_next_minute(
    studio: Studio, of_lambda: Lambda
) -> None:
    """Lambda took the invocation, and throttled it for longer than the sweep lasts."""
    ids = under_way(studio, 2 * SHARE, event=whole(studio))
    sweep()
    done = looked_into(studio)
    studio.clock.advance(45 * SECOND)
    (late,) = of_lambda.run()
    assert (looked_into(studio), late["settled"]) == (done, 0)
    studio.clock.advance(15 * SECOND)
    studio.livekit.calls.clear()
    sweep()
    of_lambda.run()
    assert looked_into(studio) == sorted(map(room_of, ids))


def test_there_are_never_more_parts_than_a_new_account_can_run(
    studio: Studio, of_lambda: Lambda
) -> None:
    ids = under_way(studio, (MOST_PARTS + 1) * SHARE, event=whole(studio))
    sweep()
    assert [each["part"] for each in of_lambda.events] == list(range(1, MOST_PARTS))
    of_lambda.run()
    assert looked_into(studio) == sorted(map(room_of, ids))
