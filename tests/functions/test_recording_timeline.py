"""GET /recordings/{recordingId}/timeline."""

from typing import Any

import pytest

from meet import wiring
from meet.recordings.lifecycle import Evidence
from tests.functions.recordings import MINUTE, NOT_FOUND, SECOND, UNKNOWN_ID, Studio, sweep

KEY = {"type": "apiKey"}
SWEEP = {"type": "system", "name": "sweep"}


def timeline(studio: Studio, recording_id: str) -> list[dict[str, Any]]:
    reply = studio.call("GET", f"/recordings/{recording_id}/timeline")
    assert reply.status == 200, reply.text
    entries: list[dict[str, Any]] = reply.body["entries"]
    assert [each["at"] for each in entries] == sorted(each["at"] for each in entries)
    return entries


def told(studio: Studio, recording_id: str) -> list[tuple[str, str]]:
    return [(each["source"], each["what"]) for each in timeline(studio, recording_id)]


def test_who_asked_who_stopped_and_when_the_file_came(studio: Studio) -> None:
    asked = studio.clock()
    recording_id = studio.start()
    studio.clock.advance(SECOND)
    studio.hear(recording_id, Evidence.EGRESS_ACTIVE, started_at=studio.clock())
    studio.clock.advance(MINUTE)
    studio.stop(recording_id)
    studio.clock.advance(SECOND)
    studio.hear(recording_id, Evidence.EGRESS_COMPLETE, ended_at=studio.clock(), duration=61)
    studio.clock.advance(SECOND)
    studio.upload(recording_id, b"x" * 1000)
    sweep()
    first, began, stopped, ended, file = timeline(studio, recording_id)
    assert first == {
        "at": asked,
        "source": "caller",
        "type": "requested",
        "what": "It was asked to record",
        "actor": KEY,
    }
    types = [each["type"] for each in (began, stopped, ended, file)]
    assert types == ["started", "stopRequested", "ended", "fileArrived"]
    assert (began["source"], began["what"]) == ("recorder", "The recorder began to record")
    assert (stopped["what"], stopped["actor"]) == ("It was asked to stop", KEY)
    assert ended["what"] == "The recorder ended after 61.0 s"
    assert (file["at"], file["source"]) == (studio.clock(), "bucket")
    assert file["what"] == "The file is in the bucket: 1000 bytes"


def test_why_it_failed_and_that_its_file_came_after_all(studio: Studio) -> None:
    recording_id = studio.active()
    studio.kill(recording_id)
    for _ in range(8):
        studio.clock.advance(5 * MINUTE)
        sweep()
    error = studio.show(recording_id)["error"]
    last = timeline(studio, recording_id)[-1]
    assert (last["source"], last["what"]) == ("sweep", f"It failed: {error}")
    studio.upload(recording_id)
    studio.clock.advance(30 * MINUTE)
    sweep()
    assert told(studio, recording_id)[-2:] == [
        ("sweep", "It was given up, but its file came after all"),
        ("bucket", "The file is in the bucket: 5 bytes"),
    ]


def test_a_failure_that_the_recorder_reports_is_the_recorders(studio: Studio) -> None:
    recording_id = studio.failed()
    error = studio.show(recording_id)["error"]
    assert ("recorder", f"It failed: {error}") in told(studio, recording_id)
    assert "secret text" not in str(told(studio, recording_id))


def test_a_recording_that_the_sweep_ended_says_so(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    assert studio.call("DELETE", f"/rooms/{room}").status == 204
    studio.clock.advance(2 * MINUTE)
    sweep()
    [stop] = [each for each in timeline(studio, recording_id) if "had to end" in each["what"]]
    assert (stop["source"], stop["actor"]) == ("sweep", SWEEP)


def test_holds_and_the_trash_are_in_it(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECORDING_TRASH_DAYS", "7")
    wiring.reset()
    recording_id = studio.ready()
    studio.clock.advance(SECOND)
    studio.call("PUT", f"/recordings/{recording_id}/hold", {"reason": "court"})
    assert told(studio, recording_id)[-1] == ("caller", "It is held: court")
    studio.call("DELETE", f"/recordings/{recording_id}/hold")
    studio.clock.advance(SECOND)
    studio.call("DELETE", f"/recordings/{recording_id}")
    assert told(studio, recording_id)[-1] == ("caller", "It was moved to the trash")
    studio.clock.advance(SECOND)
    studio.call("POST", f"/recordings/{recording_id}/restore")
    assert told(studio, recording_id)[-1] == ("caller", "It was taken out of the trash")


def test_what_is_not_there_is_404(studio: Studio) -> None:
    for recording_id in (UNKNOWN_ID, "x"):
        reply = studio.call("GET", f"/recordings/{recording_id}/timeline")
        assert (reply.status, reply.body) == NOT_FOUND
