"""When no recording begins automatically: after a stop, twice at once, for ever again."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from meet import wiring
from meet.clock import HOUR
from meet.errors import RoomNotFound
from meet.livekit.recorder import Layout
from meet.recordings.errors import AlreadyRecording
from meet.recordings.lifecycle import Evidence
from tests.fakes import Clock, FakeLiveKit, FakeRecorder
from tests.functions import stages
from tests.functions.gateway import Call
from tests.functions.logs import Logs
from tests.functions.recordings import put, stored
from tests.functions.stages import PUBLISHES, SECOND_ONE, Open, Stage


@pytest.fixture
def open_stage(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, recorder: FakeRecorder
) -> Open:
    return partial(stages.open_stage, call, still_clock, livekit, recorder)


def test_a_stop_disarms_until_the_meeting_ends(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.hear(Evidence.EGRESS_ACTIVE, started_at=stage.clock())
    stage.stop()
    stage.hear(Evidence.EGRESS_FAILED, ended_at=stage.clock())
    stage.publish("Bob")
    stage.minute()
    assert stage.starts() == 1
    stage.next_meeting()
    stage.tell("room_started")
    stage.publish("Ada")
    assert stage.starts() == 2


def test_a_stop_of_a_recording_that_was_started_by_hand_disarms_too(open_stage: Open) -> None:
    stage = open_stage(SECOND_ONE)
    stage.enter("Ada")
    stage.publish("Ada")
    assert stage.call("POST", "/recordings", {"roomName": stage.room}).status == 200
    stage.hear(Evidence.EGRESS_ACTIVE, started_at=stage.clock())
    stage.stop()
    stage.hear(Evidence.EGRESS_COMPLETE, ended_at=stage.clock())
    stage.enter("Bob")
    stage.minute()
    assert stage.starts() == 1


def test_a_stop_while_it_is_starting_disarms(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.stop()
    stage.hear(Evidence.EGRESS_ABORTED, ended_at=stage.clock())
    stage.minute()
    assert stage.starts() == 1


def test_a_stop_of_one_that_the_sweep_stops_already_disarms(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.hear(Evidence.EGRESS_ACTIVE, started_at=stage.clock())
    stage.clock.advance(7 * HOUR)
    stage.minute()
    assert stage.recordings()[0]["status"] == "STOPPING", "it is longer than MaxRecordingSeconds"
    stage.stop()
    stage.hear(Evidence.EGRESS_FAILED, ended_at=stage.clock())
    for _ in range(3):
        stage.minute()
    assert stage.starts() == 1


def test_a_repeated_stop_is_about_the_meeting_of_the_first_one(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.hear(Evidence.EGRESS_ACTIVE, started_at=stage.clock())
    stage.stop()
    stage.next_meeting()
    assert stage.tell("room_started") == 200
    stage.come("Ada", is_publishing=True)
    assert stage.recordings()[0]["status"] == "STOPPING", "its file is not there yet"
    stage.stop()
    stage.hear(Evidence.EGRESS_COMPLETE, ended_at=stage.clock())
    stage.minute()
    assert stage.starts() == 2


def test_a_stop_of_one_that_the_sweep_stopped_in_the_meeting_before_disarms_nothing(
    open_stage: Open,
) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.hear(Evidence.EGRESS_ACTIVE, started_at=stage.clock())
    stage.clock.advance(7 * HOUR)
    stage.minute()
    stage.next_meeting()
    assert stage.tell("room_started") == 200
    stage.come("Ada", is_publishing=True)
    stage.stop()
    stage.hear(Evidence.EGRESS_COMPLETE, ended_at=stage.clock())
    stage.minute()
    assert stage.starts() == 2


def test_a_late_repeat_does_not_undo_a_stop_of_the_next_recording(
    open_stage: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.stop()
    rooms = type(wiring.room_repository())
    note = rooms.recording_is_stopped

    def late(*values: Any, **named: Any) -> None:
        monkeypatch.setattr(rooms, "recording_is_stopped", note)
        stage.hear(Evidence.EGRESS_COMPLETE, ended_at=stage.clock())
        stage.next_meeting()
        assert stage.tell("room_started") == 200
        stage.publish("Ada")
        stage.stop()
        stage.hear(Evidence.EGRESS_FAILED, ended_at=stage.clock())
        note(*values, **named)

    monkeypatch.setattr(rooms, "recording_is_stopped", late)
    stage.stop()
    stage.minute()
    assert stage.starts() == 2


@pytest.mark.parametrize("evidence", [Evidence.EGRESS_FAILED, Evidence.EGRESS_COMPLETE])
def test_a_stop_that_comes_too_late_disarms_too(open_stage: Open, evidence: Evidence) -> None:
    """The one that fails, or never brings its file, would be followed by another."""
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.hear(Evidence.EGRESS_ACTIVE, started_at=stage.clock())
    stage.hear(evidence, ended_at=stage.clock())
    recording = stage.recordings()[0]["id"]
    assert stage.call("PUT", f"/recordings/{recording}").status == 409
    for _ in range(40):
        stage.minute()
    assert stage.recordings()[0]["status"] == "FAILED"
    assert stage.starts() == 1


def test_a_stop_of_one_that_ended_in_an_earlier_meeting_disarms_nothing(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.hear(Evidence.EGRESS_FAILED)  # of which LiveKit does not say when it ended
    recording = stage.recordings()[0]["id"]
    stage.next_meeting()
    assert stage.tell("room_started") == 200
    assert stage.call("PUT", f"/recordings/{recording}").status == 409
    stage.publish("Ada")
    assert stage.starts() == 2


def test_a_recording_that_runs_is_not_doubled(open_stage: Open) -> None:
    stage = open_stage(SECOND_ONE)
    stage.enter("Ada")
    stage.publish("Ada")
    assert stage.call("POST", "/recordings", {"roomName": stage.room}).status == 200
    stage.enter("Bob")
    stage.minute()
    assert stage.starts() == 1


def test_one_that_ended_well_is_not_followed_by_another(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.hear(Evidence.EGRESS_ACTIVE, started_at=stage.clock())
    put(stage.recorder.egresses["EG_1"].object_key, b"video")
    stage.hear(Evidence.EGRESS_LIMIT_REACHED, ended_at=stage.clock())
    assert stage.recordings()[0]["status"] == "READY"
    stage.publish("Bob")
    stage.minute()
    recording = stage.recordings()[0]["id"]
    assert stage.call("DELETE", f"/recordings/{recording}").status == 204
    stage.minute()
    assert stage.starts() == 1


def test_one_that_fails_is_tried_once_more(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.publish("Ada")
    for starts in (1, 2):
        assert stage.starts() == starts
        stage.hear(Evidence.EGRESS_FAILED, ended_at=stage.clock())
        stage.publish("Ada")
        assert stage.starts() == starts, "the sweep tries it again, no webhook"
        for _ in range(3):
            stage.minute()
    assert stage.starts() == 2
    assert [each["status"] for each in stage.recordings()] == ["FAILED", "FAILED"]


@pytest.mark.parametrize("end", [Evidence.EGRESS_FAILED, Evidence.EGRESS_COMPLETE])
def test_deleting_a_failed_one_does_not_keep_the_meeting_from_being_recorded(
    open_stage: Open, end: Evidence
) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.publish("Ada")
    (recording,) = stage.recordings()
    if end is Evidence.EGRESS_COMPLETE:
        put(stored(recording["id"]).object_key, b"whole")
    stage.hear(end, ended_at=stage.clock())
    assert stage.call("DELETE", f"/recordings/{recording['id']}").status == 204
    stage.minute()
    assert stage.starts() == (2 if end is Evidence.EGRESS_FAILED else 1)


@pytest.mark.parametrize("refusal", ["no egress is free", "the layout is unknown"])
def test_a_recorder_that_refuses_is_asked_twice_and_the_log_says_so(
    open_stage: Open, logs: Logs, refusal: str
) -> None:
    stage = open_stage(PUBLISHES, layout="speaker")
    if refusal == "no egress is free":
        stage.recorder.refuses = True
    else:
        stage.recorder.unknown_layouts = {Layout.SPEAKER}
    stage.enter("Ada")
    stage.publish("Ada")
    for _ in range(5):
        stage.minute()
        stage.publish("Ada")
    assert stage.starts() == 2
    assert stage.recordings() == []
    told = [each for each in logs() if each["message"] == "automatic recording not started"]
    assert [each["attempt"] for each in told] == [1, 2]
    assert stage.call("POST", "/recordings", {"roomName": stage.room}).status in {503, 422}
    assert wiring.room_repository().get(stage.room).active_recording_id is None


def test_an_unanswered_start_is_not_repeated_while_it_may_run(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.recorder.answers = False
    stage.enter("Ada")
    stage.publish("Ada")
    stage.publish("Ada")
    stage.minute()
    stage.minute()
    assert stage.starts() == 1
    assert len(stage.recordings()) == 1


def test_livekit_that_cannot_be_asked_is_asked_again(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.livekit.failing = {stage.room}
    stage.come("Ada", is_publishing=True)
    assert stage.report_track("Ada") == 200
    stage.minute()
    assert stage.starts() == 0
    stage.livekit.failing = set()
    stage.minute()
    assert stage.starts() == 1


def test_a_room_that_cannot_be_recorded_is_not(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES, enabled=False)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.minute()
    assert stage.starts() == 0
    stage.prefer(enabled=True)
    stage.minute()
    assert stage.starts() == 1


def test_a_deleted_room_is_not_recorded(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.come("Ada", is_publishing=True)
    assert stage.call("DELETE", f"/rooms/{stage.room}").status == 204
    assert stage.report_track("Ada") == 200
    assert stage.starts() == 0


def test_a_track_that_is_reported_after_the_meeting_starts_nothing(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    sid = stage.sid
    stage.next_meeting()
    stage.tell("room_started")
    stage.come("Ada", is_publishing=True)
    stage.sid, now = sid, stage.sid
    assert stage.report_track("Ada") == 200
    assert stage.starts() == 0
    stage.sid = now
    assert stage.report_track("Ada") == 200
    assert stage.starts() == 1


def test_after_one_by_hand_that_failed_one_begins(open_stage: Open) -> None:
    stage = open_stage(SECOND_ONE)
    stage.enter("Ada")
    stage.publish("Ada")
    assert stage.call("POST", "/recordings", {"roomName": stage.room}).status == 200
    stage.enter("Bob")
    stage.hear(Evidence.EGRESS_FAILED, ended_at=stage.clock())
    stage.minute()
    assert stage.starts() == 2


def _by_hand(stage: Stage) -> None:
    assert stage.call("POST", "/recordings", {"roomName": stage.room}).status == 200


def _by_hand_and_stopped(stage: Stage) -> None:
    _by_hand(stage)
    stage.stop()
    stage.hear(Evidence.EGRESS_ABORTED, ended_at=stage.clock())


def _automatically_and_failed(stage: Stage) -> None:
    stage.report_track("Ada")
    stage.hear(Evidence.EGRESS_FAILED, ended_at=stage.clock())


def _deleted(stage: Stage) -> None:
    assert stage.call("DELETE", f"/rooms/{stage.room}").status == 204


def test_whoever_records_by_hand_after_the_room_was_read_is_the_only_one(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.come("Ada", is_publishing=True)
    read = wiring.room_repository().get(stage.room)
    _by_hand(stage)
    before = stage.starts()
    with pytest.raises(AlreadyRecording):
        wiring.recording_control().start_automatically(read)
    assert stage.starts() == before


@pytest.mark.parametrize(
    "change",
    [
        _by_hand_and_stopped,
        _automatically_and_failed,
        _deleted,
        lambda stage: stage.prefer(enabled=False),
        lambda stage: stage.prefer(autoStart=None),
        lambda stage: stage.prefer(autoStart=SECOND_ONE),
        lambda stage: stage.tell("room_finished"),
    ],
)
def test_what_happens_after_the_room_was_read_counts(
    open_stage: Open, change: Callable[[Stage], object]
) -> None:
    stage = open_stage(PUBLISHES)
    stage.come("Ada", is_publishing=True)
    read = wiring.room_repository().get(stage.room)
    change(stage)
    before = stage.starts()
    with pytest.raises((AlreadyRecording, RoomNotFound)):
        wiring.recording_control().start_automatically(read)
    assert stage.starts() == before
