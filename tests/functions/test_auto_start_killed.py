"""An automatic start that is killed between any two calls comes to one recording all the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from botocore.client import BaseClient

from meet import wiring
from meet.recordings.lifecycle import Evidence
from tests.fakes import Clock, FakeLiveKit, FakeRecorder
from tests.functions import stages
from tests.functions.gateway import Call
from tests.functions.stages import PUBLISHES, Open
from tests.killing import Killed

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}


@pytest.fixture
def open_stage(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, recorder: FakeRecorder
) -> Open:
    return partial(stages.open_stage, call, still_clock, livekit, recorder)


@contextmanager
def killed_at(number: int, *, after: bool, recorder: FakeRecorder) -> Iterator[list[str]]:
    """Kill the function at its n-th write or start, before or after it; yield what was done."""
    done: list[str] = []
    make, start = BaseClient._make_api_call, recorder.start  # type: ignore[attr-defined]

    def step(name: str, act: Callable[[], Any]) -> Any:
        done.append(name)
        if len(done) == number and not after:
            raise Killed
        answer = act()
        if len(done) == number and after:
            raise Killed
        return answer

    def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if operation not in WRITES:
            return make(client, operation, parameters)
        return step(operation, lambda: make(client, operation, parameters))

    def begin(*asked: Any) -> Any:
        return step("start", lambda: start(*asked))

    with (
        patch.object(BaseClient, "_make_api_call", call),
        patch.object(recorder, "start", begin),
        suppress(Killed),
    ):
        yield done


@pytest.mark.parametrize("refuses", [False, True])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(1, 6))
def test_killed_between_any_two_calls_it_is_one_recording_all_the_same(
    open_stage: Open, number: int, *, after: bool, refuses: bool
) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.come("Ada", is_publishing=True)
    stage.recorder.refuses = refuses
    with killed_at(number, after=after, recorder=stage.recorder):
        stage.report_track("Ada")
    stage.recorder.refuses = False
    stage.report_track("Ada")  # LiveKit repeats what was not answered
    for _ in range(5):
        running = [each for each in stage.recorder.egresses.values() if not each.is_over]
        assert len(running) <= 1
        for each in running:  # the recorder joins
            stage.livekit.join(stage.room, each.id, is_recorder=True)
        stage.minute()
    assert len(stage.recorder.under_way()) == 1
    assert [each["status"] for each in stage.recordings()][-1] == "STARTING"
    (active,) = [each["id"] for each in stage.recordings() if each["status"] == "STARTING"]
    assert wiring.room_repository().get(stage.room).active_recording_id == active


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(1, 4))
def test_a_stop_that_is_killed_and_repeated_disarms(
    open_stage: Open, number: int, *, after: bool
) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.hear(Evidence.EGRESS_ACTIVE, started_at=stage.clock())
    with killed_at(number, after=after, recorder=stage.recorder):
        stage.stop()
    stage.stop()
    stage.hear(Evidence.EGRESS_FAILED, ended_at=stage.clock())
    for _ in range(3):
        stage.minute()
    assert stage.starts() == 1
