"""What the sweep asks about recordings that go on, and what it does with what it read together."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from meet.clock import MINUTE, SECOND
from meet.recordings.lifecycle import Evidence
from meet.recordings.repository import RecordingRepository
from meet.recordings.sweep import RecordingSweep
from meet.rooms.repository import RoomRepository
from tests.functions.aws_calls import AwsCalls
from tests.functions.logs import Logs
from tests.functions.recordings import (
    Studio,
    is_due,
    item_of,
    looked_into,
    room_of,
    sweep,
    under_way,
)


def test_of_recordings_that_go_on_only_livekit_is_asked_one_by_one(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    ids = under_way(studio, 5)
    aws_calls.forget()
    assert sweep() == {"settled": 0, "waiting": 5}
    assert Counter(aws_calls.names) == {"Scan": 1, "BatchGetItem": 2}
    assert looked_into(studio) == sorted(map(room_of, ids))
    assert studio.recorder.calls == [("under_way",)]


@pytest.mark.parametrize("is_gone", [False, True])
def test_the_bucket_is_asked_only_for_the_one_whose_recorder_has_left(
    studio: Studio, aws_calls: AwsCalls, is_gone: bool
) -> None:
    ids = under_way(studio, 3)
    studio.upload(ids[0])
    if is_gone:
        studio.vanish(ids[0])
    aws_calls.forget()
    sweep()
    asked = [wanted["Key"] for name, wanted, _ in aws_calls.made if name == "HeadObject"]
    assert [ids[0] in key for key in asked] == [True] * is_gone
    assert (studio.status(ids[0]) == "READY") is is_gone
    assert len(looked_into(studio)) == 3, "once each"


def test_while_livekit_does_not_show_the_meetings_the_bucket_is_asked(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    ids = under_way(studio, 3)
    studio.upload(ids[1])
    studio.livekit.down = True
    aws_calls.forget()
    assert sweep()["waiting"] == 3
    assert [studio.status(each) for each in ids] == ["STARTED", "READY", "STARTED"]
    assert len(looked_into(studio)) == 3, "it is not asked again about the same meeting"
    assert "UpdateItem" not in [name for name, wanted, _ in aws_calls.made if ids[0] in str(wanted)]


@pytest.mark.parametrize("repository", [RecordingRepository, RoomRepository])
def test_what_cannot_be_read_together_is_read_alone(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, logs: Logs, repository: type
) -> None:
    ids = under_way(studio, 3)
    studio.upload(ids[0])
    studio.vanish(ids[0])

    def fail(*_: object, **__: object) -> None:
        raise TimeoutError("told to fail")

    name = "stored_among" if repository is RecordingRepository else "open_among"
    with monkeypatch.context() as failing:
        failing.setattr(repository, name, fail)
        assert sweep() == {"settled": 0, "waiting": 3}
    assert [studio.status(each) for each in ids] == ["READY", "STARTED", "STARTED"]
    assert "recordings not read together" in [each["message"] for each in logs()]


def test_what_was_read_a_while_ago_is_read_again_before_anything_is_decided(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While LiveKit is slow a recording may end between the two, and its room may be closed."""
    (recording_id,) = under_way(studio, 1)
    read = RecordingSweep._batch

    def read_and_wait(self: RecordingSweep, *asked: Any) -> Any:
        batch = read(self, *asked)
        studio.upload(recording_id)
        ended = studio.clock()
        studio.hear(recording_id, Evidence.EGRESS_COMPLETE, ended_at=ended)
        studio.vanish(recording_id)
        studio.call("DELETE", f"/rooms/{room_of(recording_id)}")
        studio.clock.advance(4 * SECOND)
        return batch

    with monkeypatch.context() as waiting:
        waiting.setattr(RecordingSweep, "_batch", read_and_wait)
        assert sweep() == {"settled": 1, "waiting": 0}
    item = item_of(recording_id) or {}
    assert item["status"] == {"S": "READY"}
    assert not item.keys() & {"stopRequestedAt", "stopBy", "recorderMissingSince"}


def test_two_sweeps_at_once_do_what_one_does(studio: Studio) -> None:
    goes_on, complete, dead, over, lost = under_way(studio, 5)
    studio.upload(complete)
    studio.change(complete, Evidence.EGRESS_COMPLETE, ended_at=studio.clock())
    studio.kill(dead)
    del studio.livekit.inside[room_of(over)]["Alice"]
    del studio.recorder.egresses[studio.egress_of(lost).id]
    both = Barrier(2)

    def run() -> None:
        both.wait(10)
        sweep()

    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(run) for _ in range(2)]
        for done in runs:
            done.result()
        studio.clock.advance(MINUTE)
    ids = goes_on, complete, dead, over, lost
    assert [studio.status(each) for each in ids] == [
        *("STARTED", "READY", "FAILED", "STOPPING", "FAILED"),
    ]
    for each in (complete, dead, lost):
        assert studio.is_free(room_of(each))
    assert not is_due(complete)
