"""PUT /recordings/{recordingId}."""

import pytest

from meet.livekit.twirp import OutcomeUnknown
from meet.recordings.lifecycle import Evidence
from tests.functions.recordings import MINUTE, NOT_FOUND, UNKNOWN_ID, Studio, sweep

FINISHED = (
    409,
    {"code": 409, "message": "The recording is already finished", "reason": "recording_finished"},
)


def stops(studio: Studio) -> list[tuple[str, ...]]:
    return [call for call in studio.recorder.calls if call[0] == "stop"]


def test_a_recording_that_runs_is_stopped(studio: Studio) -> None:
    recording_id = studio.active()
    reply = studio.stop(recording_id)
    assert (reply.status, reply.text) == (204, "")
    assert stops(studio) == [("stop", "EG_1")]
    assert studio.status(recording_id) == "STOPPING"


def test_while_it_starts_it_can_be_stopped_too(studio: Studio) -> None:
    recording_id = studio.start()
    assert studio.stop(recording_id).status == 204
    assert studio.status(recording_id) == "STOPPING"
    assert stops(studio) == [("stop", "EG_1")]


def test_what_livekit_has_not_answered_for_is_stopped_with_the_first_word_of_it(
    studio: Studio,
) -> None:
    studio.recorder.answers = False
    recording_id = studio.start()
    assert studio.stop(recording_id).status == 204
    assert stops(studio) == []
    studio.hear(recording_id, Evidence.EGRESS_STARTING)
    assert stops(studio) == [("stop", "EG_1")]
    assert studio.status(recording_id) == "STOPPING"


def test_what_livekit_has_not_answered_for_is_stopped_by_the_sweep(studio: Studio) -> None:
    studio.recorder.answers = False
    recording_id = studio.start()
    studio.stop(recording_id)
    studio.change(recording_id, Evidence.EGRESS_ACTIVE)
    studio.clock.advance(MINUTE)
    sweep()
    assert stops(studio) == [("stop", "EG_1")]
    assert studio.status(recording_id) == "STOPPING"


def test_again_while_it_stops_is_fine(studio: Studio) -> None:
    recording_id = studio.active()
    assert [studio.stop(recording_id).status for _ in range(3)] == [204] * 3
    studio.hear(recording_id, Evidence.EGRESS_ENDING)
    assert studio.stop(recording_id).status == 204


@pytest.mark.parametrize("failure", ["down", "no answer"])
def test_when_livekit_fails_it_is_stopped_by_the_sweep(
    studio: Studio, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.active()
    with monkeypatch.context() as failing:
        if failure == "down":
            failing.setattr(studio.recorder, "down", True)
        else:

            def silent(egress_id: str) -> None:
                raise OutcomeUnknown("told not to answer")

            failing.setattr(studio.recorder, "stop", silent)
        assert studio.stop(recording_id).status == 204
        assert studio.status(recording_id) == "STOPPING"
    studio.recorder.calls.clear()
    studio.clock.advance(MINUTE)
    sweep()
    assert stops(studio) == [("stop", "EG_1")]


def test_finished_ones_are_409(studio: Studio) -> None:
    stopped = studio.active()
    studio.hear(stopped, Evidence.EGRESS_COMPLETE)
    for recording_id in (stopped, studio.ready(), studio.failed()):
        before = studio.show(recording_id)
        reply = studio.stop(recording_id)
        assert (reply.status, reply.body) == FINISHED
        assert studio.show(recording_id) == before
    assert stops(studio) == []


def test_unknown_and_deleted_ones_are_not_found(studio: Studio) -> None:
    deleted = studio.ready()
    studio.call("DELETE", f"/recordings/{deleted}")
    for recording_id in (deleted, UNKNOWN_ID, "x", "rec_", "..", "%2e%2e", UNKNOWN_ID + "0"):
        reply = studio.stop(recording_id)
        assert (reply.status, reply.body) == NOT_FOUND


def test_the_room_is_taken_until_the_recorder_is_done(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    studio.stop(recording_id)
    assert studio.post(room).status == 409
    studio.hear(recording_id, Evidence.EGRESS_COMPLETE)
    assert studio.post(room).status == 200


def test_a_late_word_that_it_runs_does_not_undo_the_stop(studio: Studio) -> None:
    recording_id = studio.start()
    studio.stop(recording_id)
    studio.hear(recording_id, Evidence.EGRESS_ACTIVE, started_at=studio.clock())
    assert studio.status(recording_id) == "STOPPING"
    assert studio.show(recording_id)["startedAt"] == studio.clock()
