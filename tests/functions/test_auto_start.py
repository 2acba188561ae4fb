"""recordingPreferences.autoStart: a recording begins without anybody asking for it."""

from collections.abc import Callable
from functools import partial
from itertools import permutations
from typing import Any

import pytest

from meet.recordings.lifecycle import Evidence
from tests.fakes import Clock, FakeLiveKit, FakeRecorder
from tests.functions import stages
from tests.functions.gateway import Call
from tests.functions.logs import collected
from tests.functions.stages import ALL, FIRST, MODERATOR, PUBLISHES, SECOND_ONE, Open


@pytest.fixture
def open_stage(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, recorder: FakeRecorder
) -> Open:
    return partial(stages.open_stage, call, still_clock, livekit, recorder)


def test_it_starts_when_the_first_one_publishes_and_says_so(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES, layout="speaker")
    stage.enter("Ada")
    assert stage.recordings() == [], "nothing is to be seen yet"
    stage.publish("Ada")
    (recording,) = stage.recordings()
    assert (recording["status"], recording["layout"]) == ("STARTING", "speaker")
    stage.hear(Evidence.EGRESS_ACTIVE, started_at=stage.clock())
    (started,) = stage.events("recording.started")
    assert started["actor"] == {"type": "system", "name": "autoStart"}
    entries = stage.call("GET", f"/recordings/{recording['id']}/timeline").body["entries"]
    assert entries[0] | {"at": 0} == {
        "at": 0,
        "source": "room",
        "type": "startedAutomatically",
        "what": "It was started automatically",
        "actor": {"type": "system", "name": "autoStart"},
    }


def test_the_first_participant_has_to_publish(open_stage: Open) -> None:
    stage = open_stage(FIRST)
    stage.enter("Ada", "viewer")
    assert stage.starts() == 0
    stage.enter("Bob")
    stage.publish("Bob")
    assert stage.starts() == 1


def test_the_second_participant_may_come_before_or_after_somebody_publishes(
    open_stage: Open,
) -> None:
    stage = open_stage(SECOND_ONE)
    stage.enter("Ada")
    stage.publish("Ada")
    assert stage.starts() == 0
    stage.enter("Bob", "viewer")
    assert stage.starts() == 1
    other = open_stage(SECOND_ONE)
    other.sid = "RM_other"
    other.livekit.sids[other.room] = other.sid
    other.tell("room_started")
    other.enter("Ada")
    other.enter("Bob")
    assert other.starts() == 1
    other.publish("Bob")
    assert other.starts() == 2


def test_two_must_be_there_at_once(open_stage: Open) -> None:
    stage = open_stage(SECOND_ONE)
    stage.enter("Ada")
    stage.leave("Ada")
    stage.enter("Bob")
    stage.publish("Bob")
    stage.minute()
    assert stage.starts() == 0


def test_a_moderator_must_be_there(open_stage: Open) -> None:
    stage = open_stage(MODERATOR)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.enter("Bob")
    assert stage.starts() == 0
    stage.enter("Mo", "moderator")
    assert stage.starts() == 1


def test_one_who_becomes_a_moderator_is_one(open_stage: Open) -> None:
    stage = open_stage(MODERATOR)
    stage.enter("Ada")
    stage.publish("Ada")
    path = f"/meetings/{stage.room}/participants/Ada_k2j9x0/role"
    assert stage.call("PUT", path, {"action": "upgrade"}).status == 200
    stage.minute()
    assert stage.starts() == 1


def test_a_moderator_of_another_token_than_ours_is_none(open_stage: Open) -> None:
    stage = open_stage(MODERATOR)
    stage.enter("Mallory", "moderator", issued_at=None)
    stage.publish("Mallory", "moderator", issued_at=None)
    stage.minute()
    assert stage.starts() == 0


@pytest.mark.parametrize("kind", ["is_agent", "is_recorder"])
@pytest.mark.parametrize("condition", ALL)
def test_agents_and_recorders_neither_count_nor_publish(
    open_stage: Open, condition: str, kind: str
) -> None:
    stage = open_stage(condition)
    stage.enter("Mo", "moderator")
    machine: dict[str, Any] = {kind: True}
    stage.publish("Machine", **machine)
    stage.minute()
    assert stage.starts() == 0


def test_an_agent_is_not_the_second_participant(open_stage: Open) -> None:
    stage = open_stage(SECOND_ONE)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.publish("Machine", is_agent=True)
    assert stage.starts() == 0


def test_a_track_that_livekit_reports_before_it_shows_it_counts(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    assert stage.report_track("Ada") == 200
    assert stage.starts() == 1


def test_a_removed_participant_does_not_count(open_stage: Open) -> None:
    stage = open_stage(SECOND_ONE)
    stage.enter("Ada")
    stage.enter("Mallory")
    path = f"/participants/Mallory_k2j9x0?roomName={stage.room}"
    assert stage.call("DELETE", path).status == 204
    stage.come("Mallory")
    stage.publish("Ada")
    assert stage.starts() == 0


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_any_order_and_twice_it_is_one_recording(
    open_stage: Open, order: tuple[int, ...]
) -> None:
    stage = open_stage(SECOND_ONE)
    stage.come("Ada")
    stage.come("Bob", is_publishing=True)
    reports: list[Callable[[], int]] = [
        lambda: stage.tell("participant_joined", "Ada"),
        lambda: stage.tell("participant_joined", "Bob"),
        lambda: stage.report_track("Bob"),
    ]
    for number in (*order, *order):
        assert reports[number]() == 200
    assert stage.starts() == 1
    assert len(stage.recordings()) == 1


@pytest.mark.parametrize("condition", ALL)
def test_the_sweep_makes_up_for_every_lost_webhook(open_stage: Open, condition: str) -> None:
    stage = open_stage(condition)
    stage.next_meeting()  # of which nothing is heard
    stage.come("Mo", "moderator")
    stage.come("Ada", is_publishing=True)
    stage.minute()
    assert stage.starts() == 1
    stage.minute()
    assert stage.starts() == 1


def test_a_track_of_a_meeting_that_is_not_known_yet_is_left_to_the_sweep(
    open_stage: Open,
) -> None:
    stage = open_stage(PUBLISHES)
    stage.next_meeting()
    stage.publish("Ada")
    assert stage.starts() == 0
    stage.minute()
    assert stage.starts() == 1


def test_the_log_says_why_a_recording_began_late(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    stage.enter("Ada")
    stage.come("Mo", is_publishing=True)  # of whose tracks LiveKit reports nothing
    with collected() as logs:
        stage.minute()
    (line,) = [each for each in logs() if "track_published" in each["message"]]
    assert (stage.starts(), line["room"]) == (1, stage.room)


def test_a_recording_that_a_webhook_began_has_no_such_line(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    with collected() as logs:
        stage.enter("Ada")
        stage.publish("Ada")
        stage.minute()
    assert stage.starts() == 1
    assert not [each for each in logs() if "track_published" in each["message"]]


def test_a_track_in_a_room_that_is_not_ours_asks_livekit_nothing(open_stage: Open) -> None:
    stage = open_stage(PUBLISHES)
    before = len(stage.livekit.calls)
    stage.room = "somebody-elses-room-k3v9x0q2m7t1c8z"
    assert stage.report_track("Ada") == 200
    assert len(stage.livekit.calls) == before


def test_a_room_without_the_preference_asks_livekit_nothing(open_stage: Open) -> None:
    stage = open_stage(None)
    stage.come("Ada", is_publishing=True)
    before = len(stage.livekit.calls)
    assert stage.report_track("Ada") == 200
    assert len(stage.livekit.calls) == before
    stage.minute()
    assert stage.starts() == 0


def test_it_can_be_set_changed_and_taken_back_while_people_meet(open_stage: Open) -> None:
    stage = open_stage(None)
    stage.enter("Ada")
    stage.publish("Ada")
    stage.prefer(autoStart=SECOND_ONE)
    shown = stage.call("GET", f"/rooms/{stage.room}").body["preferences"]
    assert shown["recordingPreferences"] == {"enabled": True, "autoStart": SECOND_ONE}
    stage.prefer(autoStart=None)
    stage.enter("Bob")
    stage.minute()
    assert stage.starts() == 0
    stage.prefer(autoStart=SECOND_ONE)
    stage.minute()
    assert stage.starts() == 1
    stage.prefer(autoStart=None)
    stage.minute()
    assert stage.recordings()[0]["status"] == "STARTING", "what runs goes on"


def test_the_event_names_what_was_changed(open_stage: Open) -> None:
    stage = open_stage(None)
    stage.prefer(autoStart=MODERATOR)
    (updated,) = stage.events("room.updated")
    assert updated["data"]["changed"] == ["preferences.recordingPreferences.autoStart"]


@pytest.mark.parametrize("value", ["always", "", "WHEN_MODERATOR_JOINS"])
def test_another_word_is_422(open_stage: Open, value: str) -> None:
    stage = open_stage(None)
    details = [
        {
            "field": "recordingPreferences.autoStart",
            "message": f"Must be one of {', '.join(ALL)}",
        }
    ]
    body = {"recordingPreferences": {"autoStart": value}}
    reply = stage.call("PUT", f"/rooms/{stage.room}", body)
    assert (reply.status, reply.body["details"]) == (422, details)


def test_a_start_by_a_caller_has_no_such_option(open_stage: Open) -> None:
    stage = open_stage(None)
    stage.come("Ada", is_publishing=True)
    body = {"roomName": stage.room, "autoStart": "always"}
    assert stage.call("POST", "/recordings", body).status == 200
