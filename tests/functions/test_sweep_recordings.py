"""The sweep that settles recordings, every minute."""

from decimal import Decimal
from typing import Any

import pytest

from meet import wiring
from meet.livekit.twirp import OutcomeUnknown
from meet.recordings import reasons
from meet.recordings.lifecycle import Evidence
from meet.recordings.media import MediaStore
from meet.recordings.settlement import RecordingSettlement
from tests.functions.aws_calls import AwsCalls
from tests.functions.recordings import (
    MINUTE,
    SECOND,
    Studio,
    is_due,
    is_in_bucket,
    item_of,
    put,
    stored,
    sweep,
)

NOTHING = {"settled": 0, "waiting": 0}
ONE_SETTLED = {"settled": 1, "waiting": 0}
ONE_WAITS = {"settled": 0, "waiting": 1}
SIX_HOURS = 6 * 60 * MINUTE


def minute(studio: Studio, minutes: int = 1) -> dict[str, int]:
    """Let so many minutes pass, with their sweeps; return the last one's report."""
    for _ in range(minutes):
        studio.clock.advance(MINUTE)
        report = sweep()
    return report


def day(studio: Studio, hours: int = 30) -> int:
    """Let so many hours pass, with a sweep every ten minutes; return how many settled one."""
    looks = 0
    for _ in range(hours * 6):
        studio.clock.advance(10 * MINUTE)
        looks += sweep()["settled"]
    return looks


def is_failed(studio: Studio, recording_id: str, room: str, reason: str) -> bool:
    """True if it FAILED for this reason, its room is free, and no sweep comes back."""
    recording = studio.show(recording_id)
    assert (recording["status"], recording.get("error")) == ("FAILED", reason)
    assert studio.is_free(room)
    assert not is_due(recording_id)
    return True


def is_given_up(studio: Studio, recording_id: str, room: str, reason: str) -> bool:
    """Tell the same of one that the sweep gave up: a few more looks, and none after a day."""
    recording = studio.show(recording_id)
    assert (recording["status"], recording.get("error")) == ("FAILED", reason)
    assert studio.is_free(room)
    looks = day(studio)
    assert 5 < looks < 12
    return is_failed(studio, recording_id, room, reason)


def stops(studio: Studio) -> int:
    return sum(call[0] == "stop" for call in studio.recorder.calls)


def test_a_start_that_never_began_fails_within_two_minutes_of_its_deadline(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.recorder.answers = False
    room = studio.room()
    recording_id = studio.start(room)
    studio.recorder.egresses.clear()
    assert minute(studio) == ONE_WAITS
    assert studio.status(recording_id) == "STARTING"
    assert minute(studio) == ONE_SETTLED
    assert studio.is_free(room)
    assert is_given_up(studio, recording_id, room, reasons.NEVER_STARTED)


def test_a_room_whose_start_never_began_may_be_recorded_at_once(studio: Studio) -> None:
    studio.recorder.answers = False
    room = studio.room()
    studio.start(room)
    studio.recorder.egresses.clear()
    minute(studio, 2)
    studio.recorder.answers = True
    assert studio.post(room).status == 200


def test_a_start_without_an_answer_that_began_is_found(studio: Studio) -> None:
    studio.recorder.answers = False
    recording_id = studio.start()
    studio.change(recording_id, Evidence.EGRESS_ACTIVE, started_at=studio.clock())
    minute(studio)
    assert studio.status(recording_id) == "STARTED"
    assert minute(studio, 10) == ONE_WAITS


def test_what_livekit_lost_fails(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    studio.recorder.egresses.clear()
    minute(studio, 2)
    assert is_given_up(studio, recording_id, room, reasons.VANISHED)


def test_what_livekit_lost_is_ready_when_its_file_is_there(studio: Studio) -> None:
    recording_id = studio.active()
    studio.upload(recording_id)
    studio.recorder.egresses.clear()
    minute(studio)
    assert studio.status(recording_id) == "READY"


def test_a_recorder_that_died_is_given_up_two_minutes_after_the_stop(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(egress_id: str) -> None:
        raise OutcomeUnknown("request timed out")

    room = studio.room()
    recording_id = studio.active(room)
    monkeypatch.setattr(studio.recorder, "stop", silent)
    studio.stop(recording_id)
    assert minute(studio, 2) == ONE_WAITS
    assert minute(studio) == ONE_SETTLED
    assert is_given_up(studio, recording_id, room, reasons.NO_ANSWER)


def test_a_recorder_that_died_with_its_file_uploaded_is_ready(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    studio.upload(recording_id)
    studio.kill(recording_id)
    minute(studio)
    assert studio.status(recording_id) == "READY"
    assert studio.is_free(room)
    minute(studio)
    assert not is_due(recording_id), "nobody will tell how long it is"


def test_after_an_outage_a_stop_gets_its_time(studio: Studio) -> None:
    """LiveKit lived on, only we could not reach it: what it records is not given up."""
    room = studio.room()
    recording_id = studio.active(room)
    studio.recorder.down = True
    studio.stop(recording_id)
    minute(studio, 40)
    studio.recorder.down = False
    assert minute(studio) == ONE_WAITS
    assert studio.status(recording_id) == "STOPPING"
    studio.change(recording_id, Evidence.EGRESS_COMPLETE, ended_at=studio.clock())
    studio.upload(recording_id)
    assert minute(studio) == ONE_SETTLED
    assert studio.status(recording_id) == "READY"


def test_a_recorder_that_takes_stops_and_never_ends_is_given_up_too(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    studio.stop(recording_id)
    minute(studio, 33)
    assert studio.status(recording_id) == "STOPPING"
    minute(studio)
    assert is_given_up(studio, recording_id, room, reasons.NEVER_ENDED)


def test_a_recorder_that_died_in_silence_is_given_up_once_it_was_missed_for_a_minute(
    studio: Studio,
) -> None:
    """LiveKit lists it ACTIVE for ever, and nobody stops it."""
    room = studio.room()
    recording_id = studio.active(room)
    minute(studio, 3)
    studio.kill(recording_id)
    assert minute(studio) == ONE_WAITS
    assert studio.status(recording_id) == "STARTED"
    assert minute(studio) == ONE_SETTLED
    assert stops(studio) == 1, "it was tried"
    assert studio.is_free(room)
    assert is_given_up(studio, recording_id, room, reasons.GONE)


def test_a_recorder_that_died_while_starting_is_given_up_too(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.start(room)
    studio.kill(recording_id)
    minute(studio, 2)
    assert is_given_up(studio, recording_id, room, reasons.GONE)


def test_the_file_of_a_recorder_that_died_in_silence_makes_it_ready(studio: Studio) -> None:
    recording_id = studio.active()
    studio.kill(recording_id)
    minute(studio, 2)
    assert studio.status(recording_id) == "FAILED"
    studio.upload(recording_id)
    day(studio, 1)
    assert studio.status(recording_id) == "READY"


@pytest.mark.parametrize("evidence", [Evidence.EGRESS_STARTING, Evidence.EGRESS_ACTIVE])
def test_a_recorder_that_comes_back_within_a_minute_records_on(
    studio: Studio, evidence: Evidence
) -> None:
    room = studio.room()
    recording_id = studio.start(room)
    studio.change(recording_id, evidence)
    egress_id = studio.egress_of(recording_id).id
    for _ in range(3):
        studio.vanish(recording_id)
        minute(studio)
        studio.livekit.join(room, egress_id, is_recorder=True)
        assert minute(studio) == ONE_WAITS
    assert stops(studio) == 0
    assert "recorderMissingSince" not in (item_of(recording_id) or {})


def test_a_recorder_that_still_answers_is_not_given_up_because_it_is_not_seen(
    studio: Studio,
) -> None:
    recording_id = studio.active()
    studio.vanish(recording_id)
    assert minute(studio, 10) == ONE_WAITS
    assert studio.status(recording_id) == "STARTED"
    assert stops(studio) == 0


@pytest.mark.parametrize("is_dead", [False, True])
def test_a_recording_of_nobody_is_over_after_a_minute(studio: Studio, is_dead: bool) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    minute(studio, 2)
    del studio.livekit.inside[room]["Alice"]
    if is_dead:
        studio.kill(recording_id)
    minute(studio)
    assert (stops(studio), studio.status(recording_id)) == (0, "STARTED")
    minute(studio)
    assert stops(studio) == 1
    assert studio.status(recording_id) == ("FAILED" if is_dead else "STOPPING")


def test_who_comes_back_within_a_minute_is_recorded_on(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    for _ in range(3):
        del studio.livekit.inside[room]["Alice"]
        minute(studio)
        studio.livekit.join(room, "Alice")
        minute(studio)
    assert (stops(studio), studio.status(recording_id)) == (0, "STARTED")


def test_who_waits_for_somebody_to_publish_is_waited_with(studio: Studio) -> None:
    recording_id = studio.start()
    assert minute(studio, 30) == ONE_WAITS
    assert (stops(studio), studio.status(recording_id)) == (0, "STARTING")


@pytest.mark.parametrize("what", ["egress", "rooms"])
def test_nothing_is_concluded_from_what_was_seen_before_an_outage(
    studio: Studio, what: str
) -> None:
    """After it recorders and people need their time to come back."""
    recording_id = studio.active()
    studio.kill(recording_id)
    minute(studio)
    away = studio.recorder if what == "egress" else studio.livekit
    away.down = True
    minute(studio, 5)
    assert studio.status(recording_id) == "STARTED"
    away.down = False
    minute(studio)
    assert studio.status(recording_id) == "STARTED"
    minute(studio)
    assert studio.status(recording_id) == "FAILED"


def test_a_recorder_that_uploads_has_left_its_meeting(studio: Studio) -> None:
    recording_id = studio.active()
    studio.stop(recording_id)
    studio.hear(recording_id, Evidence.EGRESS_ENDING, updated_at=studio.clock())
    studio.vanish(recording_id)
    studio.livekit.calls.clear()
    minute(studio, 5)
    assert studio.status(recording_id) == "STOPPING"
    assert studio.livekit.calls == []


def test_a_meeting_is_looked_into_once_a_minute_and_only_while_it_is_recorded(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    rooms = [studio.room() for _ in range(3)]
    for room in rooms[:2]:
        studio.active(room)
    minute(studio)
    studio.livekit.calls.clear()
    aws_calls.forget()
    minute(studio)
    assert sorted(studio.livekit.calls) == sorted(("participants", room) for room in rooms[:2])
    assert "UpdateItem" not in [
        name for name, wanted, _ in aws_calls.made if "emptySince" in str(wanted)
    ]


def test_a_recorder_that_died_while_it_uploaded_is_given_up_after_half_an_hour(
    studio: Studio,
) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    studio.stop(recording_id)
    studio.hear(recording_id, Evidence.EGRESS_ENDING, updated_at=studio.clock())
    assert minute(studio, 30) == ONE_WAITS
    assert minute(studio) == ONE_SETTLED
    assert is_given_up(studio, recording_id, room, reasons.NO_ANSWER)


KEY = "recordings/{room}/{id}.mp4"


@pytest.mark.parametrize(
    ("is_in_backup", "location", "reason"),
    [
        (False, "", reasons.NO_FILE),
        (False, f"https://recordings.s3.amazonaws.com/{KEY}", reasons.NO_FILE),
        (False, f"http://minio:9000/recordings/{KEY}", reasons.NO_FILE),
        (False, f"https://recordings.s3.amazonaws.com/ours/{KEY}", reasons.MOVED),
        (False, f"http://minio:9000/recordings/a/b/{KEY}", reasons.MOVED),
        (True, f"/mnt/backup/{KEY}", reasons.IN_BACKUP),
    ],
)
def test_complete_without_a_file_fails_a_minute_later_and_says_where_to_look(
    studio: Studio, is_in_backup: bool, location: str, reason: str
) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    where = location.format(room=room, id=recording_id)
    end = {"ended_at": studio.clock(), "is_in_backup": is_in_backup, "location": where}
    studio.hear(recording_id, Evidence.EGRESS_COMPLETE, **end)
    assert studio.status(recording_id) == "STOPPED"
    assert studio.is_free(room)
    minute(studio, 2)
    recording = studio.show(recording_id)
    assert (recording["status"], recording["error"]) == ("FAILED", reason)
    studio.upload(recording_id)  # by somebody who read that
    day(studio, 1)
    assert studio.status(recording_id) == "READY"


def test_complete_without_a_file_is_looked_for_for_a_day(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    studio.hear(recording_id, Evidence.EGRESS_COMPLETE, ended_at=studio.clock())
    minute(studio, 2)
    assert is_given_up(studio, recording_id, room, reasons.NO_FILE)


@pytest.mark.parametrize("hours", [1, 10])
def test_a_file_that_comes_hours_after_giving_up_is_found_though_nobody_tells(
    studio: Studio, hours: int
) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    studio.recorder.egresses.clear()
    minute(studio, 2)
    recording = studio.show(recording_id)
    assert recording["error"] == reasons.VANISHED
    assert "endedAt" not in recording, "nobody knows when"
    day(studio, hours)
    studio.upload(recording_id, b"12345")
    day(studio)
    recording = studio.show(recording_id)
    assert (recording["status"], recording["size"]) == ("READY", 5)
    assert "error" not in recording
    assert not is_due(recording_id)


def test_a_file_that_comes_after_its_deletion_is_deleted_though_nobody_tells(
    studio: Studio,
) -> None:
    recording_id = studio.active()
    key = stored(recording_id).object_key
    studio.recorder.egresses.clear()
    minute(studio, 2)
    assert studio.call("DELETE", f"/recordings/{recording_id}").status == 204
    put(key, b"late")
    day(studio)
    assert not is_in_bucket(key)
    assert list(wiring.recording_repository().due(studio.clock())) == []
    assert studio.call("GET", f"/recordings/{recording_id}").status == 404


def test_a_sweep_that_meets_a_deletion_does_not_forget_that_a_file_may_come(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.active()
    key = stored(recording_id).object_key
    studio.recorder.egresses.clear()
    minute(studio, 2)
    attend = RecordingSettlement.attend_to

    def attend_meanwhile(settlement: RecordingSettlement, *due: Any) -> bool:
        assert studio.call("DELETE", f"/recordings/{recording_id}").status == 204
        return attend(settlement, *due)

    with monkeypatch.context() as racing:
        racing.setattr(RecordingSettlement, "attend_to", attend_meanwhile)
        minute(studio)
    assert studio.call("GET", f"/recordings/{recording_id}").status == 404
    put(key, b"late")
    day(studio)
    assert not is_in_bucket(key)
    assert list(wiring.recording_repository().due(studio.clock())) == []


@pytest.mark.parametrize("end", [Evidence.EGRESS_COMPLETE, Evidence.EGRESS_LIMIT_REACHED])
def test_an_end_that_nobody_told_is_found_with_all_its_details(
    studio: Studio, end: Evidence
) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    studio.clock.advance(30 * SECOND)
    ended = studio.clock()
    studio.change(recording_id, end, ended_at=ended, duration=Decimal("29.500"))
    studio.upload(recording_id, b"12345")
    assert minute(studio) == ONE_SETTLED
    recording = studio.show(recording_id)
    assert (recording["status"], recording["size"]) == ("READY", 5)
    assert (recording["endedAt"], recording["duration"]) == (ended, 29.5)
    assert studio.is_free(room)
    assert minute(studio) == NOTHING


@pytest.mark.parametrize(
    ("end", "expected"),
    [(Evidence.EGRESS_FAILED, reasons.FAILED), (Evidence.EGRESS_ABORTED, reasons.ABORTED)],
)
def test_a_failure_that_nobody_told_is_found(studio: Studio, end: Evidence, expected: str) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    studio.change(recording_id, end, ended_at=studio.clock(), error="secret text")
    assert minute(studio) == ONE_SETTLED
    assert is_failed(studio, recording_id, room, expected)


def test_a_failure_with_a_file_is_ready(studio: Studio) -> None:
    recording_id = studio.active()
    studio.upload(recording_id)
    studio.change(recording_id, Evidence.EGRESS_FAILED, ended_at=studio.clock())
    minute(studio)
    assert studio.status(recording_id) == "READY"


def test_a_file_of_no_bytes_is_a_failure_and_the_one_that_comes_late_a_recording(
    studio: Studio,
) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    studio.change(recording_id, Evidence.EGRESS_COMPLETE, ended_at=studio.clock())
    studio.upload(recording_id, b"")
    assert minute(studio) == ONE_SETTLED
    failed = studio.show(recording_id)
    assert (failed["status"], failed["error"]) == ("FAILED", reasons.EMPTY_FILE)
    assert studio.is_free(room)
    minute(studio, 3)
    assert studio.show(recording_id) == failed
    studio.upload(recording_id, b"late")
    studio.clock.advance(10 * MINUTE)
    minute(studio)
    assert studio.status(recording_id) == "READY"


def test_with_livekit_down_the_bucket_decides(studio: Studio) -> None:
    there, missing = studio.active(), studio.active()
    studio.upload(there)
    studio.recorder.down = True
    minute(studio)
    assert (studio.status(there), studio.status(missing)) == ("READY", "STARTED")


def test_with_livekit_down_what_nothing_decides_waits_until_an_hour_past_its_maximum(
    studio: Studio,
) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    studio.recorder.down = True
    studio.clock.advance(SIX_HOURS + 60 * MINUTE)
    assert sweep() == ONE_WAITS
    assert minute(studio) == ONE_SETTLED
    assert is_given_up(studio, recording_id, room, reasons.SILENT)


def test_past_the_maximum_duration_it_is_stopped(studio: Studio) -> None:
    recording_id = studio.active()
    studio.clock.advance(SIX_HOURS)
    sweep()
    assert stops(studio) == 0
    minute(studio)
    assert stops(studio) >= 1
    assert studio.status(recording_id) == "STOPPING"


@pytest.mark.parametrize("how", ["deleted", "expired", "removed"])
def test_in_a_room_that_is_over_it_is_stopped_and_kept(studio: Studio, how: str) -> None:
    room = studio.room(expirationDate=studio.clock() + 30 * MINUTE)
    recording_id = studio.active(room)
    minute(studio)
    assert stops(studio) == 0
    if how == "deleted":
        studio.call("DELETE", f"/rooms/{room}")
    elif how == "expired":
        studio.clock.advance(30 * MINUTE)
    else:
        client = wiring.room_repository().client
        client.delete_item(TableName="RoomsTable", Key={"roomName": {"S": room}})
    minute(studio)
    assert stops(studio) == 1
    assert studio.status(recording_id) == "STOPPING"
    studio.change(recording_id, Evidence.EGRESS_COMPLETE, ended_at=studio.clock())
    studio.upload(recording_id)
    minute(studio)
    assert studio.status(recording_id) == "READY"


def test_a_ready_one_without_details_gets_them_when_livekit_has_them(studio: Studio) -> None:
    recording_id = studio.active()
    studio.stop(recording_id)
    studio.hear(recording_id, Evidence.EGRESS_ENDING, updated_at=studio.clock())
    studio.upload(recording_id)
    assert minute(studio) == ONE_WAITS
    assert studio.status(recording_id) == "READY"
    assert "duration" not in studio.show(recording_id)
    ended = studio.clock()
    studio.change(recording_id, Evidence.EGRESS_COMPLETE, ended_at=ended, duration=Decimal("3.125"))
    assert minute(studio) == ONE_SETTLED
    recording = studio.show(recording_id)
    assert (recording["duration"], recording["endedAt"]) == (3.125, ended)
    assert not is_due(recording_id)


def test_one_that_fails_is_in_no_others_way(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [studio.active() for _ in range(20)]
    for each in ids:
        studio.upload(each)
        studio.change(each, Evidence.EGRESS_COMPLETE, ended_at=studio.clock())
    find = MediaStore.find

    def fail_for_one(self: MediaStore, key: str) -> Any:
        if ids[7] in key:
            raise RuntimeError("told to fail")
        return find(self, key)

    with monkeypatch.context() as failing:
        failing.setattr(MediaStore, "find", fail_for_one)
        assert minute(studio) == {"settled": 19, "waiting": 1}
    assert minute(studio) == ONE_SETTLED
    assert {studio.status(each) for each in ids} == {"READY"}


def test_settled_ones_are_not_read_again(studio: Studio, aws_calls: AwsCalls) -> None:
    ids = [studio.ready(), studio.failed()]
    assert minute(studio) == {"settled": 2, "waiting": 0}
    assert not any(is_due(each) for each in ids)
    aws_calls.forget()
    studio.recorder.calls.clear()
    assert minute(studio) == NOTHING
    assert aws_calls.names == ["Scan"]
    assert studio.recorder.calls == [], "LiveKit is not asked for nothing"


def test_livekit_is_asked_once_for_all_that_go_on(studio: Studio) -> None:
    for _ in range(5):
        studio.active()
    studio.recorder.calls.clear()
    assert minute(studio) == {"settled": 0, "waiting": 5}
    assert studio.recorder.calls == [("under_way",)]


def test_with_no_time_left_nothing_is_taken_up(studio: Studio) -> None:
    studio.ready()
    studio.clock.advance(MINUTE)
    assert sweep(5 * SECOND) == ONE_WAITS
    assert sweep() == ONE_SETTLED


def test_one_that_is_deleted_meanwhile_stays_deleted(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.failed()
    under_way = studio.recorder.under_way

    def delete_first() -> Any:
        assert studio.call("DELETE", f"/recordings/{recording_id}").status == 204
        return under_way()

    monkeypatch.setattr(studio.recorder, "under_way", delete_first)
    assert minute(studio) == ONE_SETTLED
    assert item_of(recording_id) is None


def test_those_that_wait_never_keep_the_rest_waiting(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way = {studio.start(studio.room()) for _ in range(15)}
    checked = set()
    check = RecordingSettlement.attend_to

    def slowly(self: RecordingSettlement, recording_id: str, *more: Any) -> bool:
        checked.add(recording_id)
        studio.clock.advance(5 * SECOND)
        return check(self, recording_id, *more)

    monkeypatch.setattr(RecordingSettlement, "attend_to", slowly)
    assert minute(studio) == {"settled": 0, "waiting": 15}
    assert checked < under_way, "the deadline ends a sweep before it has checked all"
    for _ in range(40):
        sweep()
    assert checked == under_way
