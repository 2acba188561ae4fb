"""maxDurationMinutes: the sweep ends meetings, and tells their participants five minutes before."""

import json
from decimal import Decimal
from typing import Any

import pytest

from meet import wiring
from meet.clock import MINUTE, SECOND, Milliseconds
from meet.events.model import EventType
from meet.livekit.rooms import is_owned
from meet.recordings.lifecycle import Evidence
from meet.webhooks import openvidu
from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import Call
from tests.functions.recordings import (
    Studio,
    info_of,
    is_in_bucket,
    object_created,
    sweep,
    webhook,
)
from tests.functions.rooms import create_room
from tests.functions.test_meetings import Hall

DURATION = 20 * MINUTE


@pytest.fixture
def hall(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> Hall:
    room = create_room(call, still_clock, maxDurationMinutes=20)["roomName"]
    hall = Hall(call, still_clock, livekit, room)
    livekit.join(room, "Ada_k2j9x0", "Ada")
    livekit.sids[room] = hall.sid
    livekit.began[room] = Milliseconds(hall.began)
    return hall


def at(hall: Hall, passed: int) -> None:
    """Let it be so long after the meeting began."""
    hall.clock.wait_until(Milliseconds(hall.began + passed))


def told(hall: Hall) -> list[dict[str, Any]]:
    assert {(each.topic, each.to) for each in hall.livekit.messages} <= {("meet.ending", ())}
    return [json.loads(each.data) for each in hall.livekit.messages]


def shown(hall: Hall) -> int | None:
    """Return the end that the room's metadata tells, also to those who join later."""
    end: int | None = json.loads(hall.livekit.metadata.get(hall.room, "{}")).get("endsAt")
    return end


@pytest.mark.parametrize("first", range(0, 60_000, 7_000))
def test_the_meeting_ends_within_60_seconds_of_its_longest_and_never_before(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    ended: list[int] = []
    delete = hall.livekit.delete_room

    def delete_and_note(room: str) -> None:
        ended.append(hall.clock())
        delete(room)

    monkeypatch.setattr(hall.livekit, "delete_room", delete_and_note)
    for minute in range(17, 23):
        at(hall, first + minute * MINUTE)
        hall.sweep()
    (moment,) = ended
    assert DURATION <= moment - hall.began <= DURATION + MINUTE


def test_its_end_names_the_reason_and_the_room_stays_open(hall: Hall) -> None:
    hall.tell("room_started")
    at(hall, DURATION)
    hall.sweep()
    assert hall.livekit.inside == {}
    hall.tell("room_finished", roomEndReason="ROOM_END_API_DELETE")
    ended = hall.events("meeting.ended")
    assert [each["data"]["reason"] for each in ended] == ["maxDuration"]
    assert hall.status() == "open"
    hall.livekit.join(hall.room, "Ada_k2j9x0", "Ada")
    hall.sweep()
    assert list(hall.livekit.inside) == [hall.room]


def test_openvidu_meets_receivers_learn_the_reason_too(hall: Hall) -> None:
    hall.tell("room_started")
    at(hall, DURATION)
    hall.sweep()
    hall.tell("room_finished", roomEndReason="ROOM_END_API_DELETE")
    (ended,) = hall.events("meeting.ended")
    assert ended["type"] == EventType.MEETING_ENDED
    body = json.loads(openvidu.body_of(json.dumps(ended), wiring.room_repository().outline))
    assert (body["data"]["reason"], body["data"]["status"]) == ("max_duration_reached", "open")


def test_it_ends_with_all_webhooks_lost(hall: Hall) -> None:
    for minute in range(14, 24):
        at(hall, minute * MINUTE)
        hall.sweep()
    assert hall.livekit.inside == {}
    (ended,) = hall.events("meeting.ended")
    assert ended["data"]["reason"] == "maxDuration"
    assert len(told(hall)) == 1


def test_people_are_told_once_five_minutes_before_when_it_ends(hall: Hall) -> None:
    hall.tell("room_started")
    ends_at = hall.began + DURATION
    at(hall, DURATION - 5 * MINUTE - 1)
    hall.sweep()
    assert told(hall) == []
    for passed in range(DURATION - 5 * MINUTE, DURATION - 5 * SECOND, 30 * SECOND):
        at(hall, passed)
        hall.sweep()
    assert told(hall) == [{"endsAt": ends_at}]


@pytest.mark.parametrize(
    ("fails", "messages"), [("send_data", [0, 1]), ("update_room_metadata", [1, 2])]
)
def test_what_could_not_be_told_is_told_by_the_next_sweep(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, fails: str, messages: list[int]
) -> None:
    hall.tell("room_started")
    at(hall, DURATION - 4 * MINUTE)
    with monkeypatch.context() as failing:
        failing.setattr(hall.livekit, fails, None)
        hall.sweep()
    assert (len(told(hall)), shown(hall)) == (messages[0], None)
    for minutes in (3, 2, 1):
        at(hall, DURATION - minutes * MINUTE)
        hall.sweep()
        assert (len(told(hall)), shown(hall)) == (messages[1], hall.began + DURATION)


def test_whoever_joins_after_the_message_reads_the_end_in_the_room(hall: Hall) -> None:
    hall.tell("room_started")
    at(hall, DURATION - 6 * MINUTE)
    hall.sweep()
    assert shown(hall) is None
    at(hall, DURATION - 5 * MINUTE)
    hall.sweep()
    assert shown(hall) == hall.began + DURATION
    assert is_owned(hall.livekit.metadata[hall.room], wiring.owner())
    at(hall, DURATION)
    hall.sweep()
    hall.livekit.join(hall.room, "Ada_k2j9x0", "Ada")  # the next meeting has an end of its own
    assert shown(hall) is None


@pytest.mark.parametrize("limit", [None, 60])
def test_people_are_told_that_an_end_was_lifted_or_moved_away(
    hall: Hall, limit: int | None
) -> None:
    hall.tell("room_started")
    at(hall, DURATION - 2 * MINUTE)
    hall.sweep()
    assert hall.call("PUT", f"/rooms/{hall.room}", {"maxDurationMinutes": limit}).status == 200
    for _ in range(3):
        hall.sweep()
    assert told(hall) == [{"endsAt": hall.began + DURATION}, {"endsAt": None}]
    assert shown(hall) is None


def test_a_changed_limit_is_told_again_and_a_lifted_one_ends_nothing(hall: Hall) -> None:
    hall.tell("room_started")
    at(hall, DURATION - 2 * MINUTE)
    hall.sweep()
    changed = hall.call("PUT", f"/rooms/{hall.room}", {"maxDurationMinutes": 21})
    assert changed.status == 200
    hall.sweep()
    assert told(hall) == [{"endsAt": hall.began + DURATION}, {"endsAt": hall.began + 21 * MINUTE}]
    assert hall.call("PUT", f"/rooms/{hall.room}", {"maxDurationMinutes": None}).status == 200
    at(hall, 2 * DURATION)
    hall.sweep()
    assert list(hall.livekit.inside) == [hall.room]


@pytest.mark.parametrize("webhooks", ["heard", "lost"])
@pytest.mark.parametrize("by", ["maxDuration", "ended"])
def test_a_recording_that_runs_at_the_end_is_stopped_and_kept(
    studio: Studio, by: str, webhooks: str
) -> None:
    room = studio.room(maxDurationMinutes=20)
    hall = Hall(studio.call, studio.clock, studio.livekit, room)
    studio.livekit.sids[room] = hall.sid
    studio.livekit.began[room] = Milliseconds(hall.began)
    hall.tell("room_started")
    recording = studio.active(room)
    at(hall, DURATION)
    if by == "ended":
        assert hall.call("DELETE", f"/meetings/{room}").status == 200
    hall.sweep()
    assert studio.livekit.inside == {}, "the recorder has left, so LiveKit ends its egress"
    assert not studio.is_free(room)
    ended = studio.change(
        recording, Evidence.EGRESS_COMPLETE, ended_at=hall.clock(), duration=Decimal(60)
    )
    key = studio.upload(recording)
    if webhooks == "heard":
        hall.tell("room_finished", roomEndReason="ROOM_END_API_DELETE")
        assert webhook(info_of(ended), "egress_ended").status == 200
        object_created(key)
    for _ in range(3):
        hall.clock.advance(MINUTE)
        hall.sweep()
        sweep()
    kept = studio.show(recording)
    assert (kept["status"], kept["duration"]) == ("READY", 60)
    assert is_in_bucket(key)
    assert [each["data"]["reason"] for each in hall.events("meeting.ended")] == [by]
    assert (studio.is_free(room), hall.status()) == (True, "open")


def test_with_livekit_down_it_ends_as_soon_as_livekit_is_back(hall: Hall) -> None:
    hall.tell("room_started")
    at(hall, DURATION)
    hall.livekit.failing = {hall.room}
    hall.sweep()
    assert list(hall.livekit.inside) == [hall.room]
    hall.livekit.failing = set()
    at(hall, DURATION + MINUTE)
    hall.sweep()
    assert hall.livekit.inside == {}


def test_a_meeting_in_a_room_without_a_limit_goes_on(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)["roomName"]
    livekit.join(room, "Ada_k2j9x0", "Ada")
    livekit.began[room] = Milliseconds(still_clock() - 24 * 60 * MINUTE)
    Hall(call, still_clock, livekit, room).sweep()
    assert list(livekit.inside) == [room]
    assert livekit.messages == []
