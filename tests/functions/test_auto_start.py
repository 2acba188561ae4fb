"""recordingPreferences.autoStart: a recording begins without anybody asking for it, and once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import permutations
from typing import Any
from unittest.mock import patch

import pytest
from botocore.client import BaseClient

from meet import wiring
from meet.clock import HOUR, MINUTE, SECOND, Milliseconds
from meet.livekit.recorder import Layout
from meet.recordings.lifecycle import Evidence
from tests.fakes import Clock, FakeLiveKit, FakeRecorder
from tests.functions.gateway import Call
from tests.functions.logs import Logs
from tests.functions.recordings import info_of, post, put, sweep, webhook
from tests.functions.rooms import create_room
from tests.functions.test_meetings import Hall

FIRST, SECOND_ONE, MODERATOR, PUBLISHES = (
    "when_first_participant_joins",
    "when_second_participant_joins",
    "when_moderator_joins",
    "when_first_publishes",
)
ALL = (FIRST, SECOND_ONE, MODERATOR, PUBLISHES)


@dataclass
class Stage(Hall):
    """A meeting, what LiveKit reports of it, and the recorder."""

    recorder: FakeRecorder = None  # type: ignore[assignment]

    def enter(self, person: str, role: str = "publisher", **more: Any) -> None:
        """Let somebody join, and LiveKit report it."""
        self.come(person, role, **more)
        assert self.tell("participant_joined", person, info=_info(role)) == 200

    def come(self, person: str, role: str = "publisher", **more: Any) -> None:
        """Let somebody join, and nobody hear of it."""
        metadata = f'{{"role": "{role}"}}'
        facts: dict[str, Any] = {"issued_at": Milliseconds(1), "metadata": metadata} | more
        self.livekit.join(self.room, f"{person}_k2j9x0", person, **facts)

    def publish(self, person: str, role: str = "publisher", **more: Any) -> None:
        """Let somebody publish, and LiveKit report it."""
        self.come(person, role, is_publishing=True, **more)
        assert self.report_track(person) == 200

    def report_track(self, person: str) -> int:
        """Report a track as LiveKit does: it says nothing else of the room and the participant."""
        return post(
            {
                "event": "track_published",
                "room": {"sid": self.sid, "name": self.room},
                "participant": {"sid": f"PA_{person}", "identity": f"{person}_k2j9x0"},
                "track": {"sid": "TR_1", "type": "VIDEO", "source": "CAMERA"},
                "createdAt": str(self.now // SECOND),
            }
        ).status

    def leave(self, person: str) -> None:
        del self.livekit.inside[self.room][f"{person}_k2j9x0"]

    def next_meeting(self) -> None:
        """Let this meeting end, and the next one begin."""
        self.tell("room_finished")
        self.livekit.vanish(self.room)
        self.clock.advance(MINUTE)
        self.began, self.sid = self.now, f"{self.sid}_next"
        self.livekit.sids[self.room] = self.sid
        self.livekit.began[self.room] = Milliseconds(self.began + 5)

    def minute(self) -> None:
        """Let a minute pass and both sweeps come."""
        self.clock.advance(MINUTE)
        self.sweep()
        sweep()

    def prefer(self, **preferences: Any) -> None:
        body = {"recordingPreferences": preferences}
        reply = self.call("PUT", f"/rooms/{self.room}", body)
        assert reply.status == 200, reply.text

    def recordings(self) -> list[dict[str, Any]]:
        """Return the recordings of the room, oldest first."""
        found = self.call("GET", f"/recordings?roomName={self.room}").body
        return sorted(found, key=lambda each: str(each["id"]))

    def starts(self) -> int:
        """Return how often the recorder was asked to start."""
        return [each[0] for each in self.recorder.calls].count("start")

    def hear(self, evidence: Evidence, **facts: Any) -> None:
        """Let something happen to the latest recording, and its webhook arrive."""
        number = f"EG_{len(self.recorder.egresses)}"
        assert webhook(info_of(self.recorder.change(number, evidence, **facts))).status == 200

    def stop(self) -> None:
        recording = self.recordings()[-1]["id"]
        assert self.call("PUT", f"/recordings/{recording}").status == 204


def _info(role: str) -> dict[str, Any]:
    return {"metadata": f'{{"role": "{role}"}}'}


@pytest.fixture
def open_stage(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, recorder: FakeRecorder
) -> Callable[..., Stage]:
    """Create a room with these preferences, in which a meeting begins: open_stage(condition)."""

    def build(auto_start: str | None, **preferences: Any) -> Stage:
        plan = {"autoStart": auto_start, **preferences}
        options = {"preferences": {"recordingPreferences": plan}}
        ends = still_clock() + 24 * HOUR
        name = create_room(call, still_clock, expirationDate=ends, **options)["roomName"]
        stage = Stage(call, still_clock, livekit, name, recorder=recorder)
        livekit.sids[name] = stage.sid
        livekit.began[name] = Milliseconds(stage.began + 5)
        livekit.inside[name] = {}
        still_clock.advance(SECOND)
        assert stage.tell("room_started") == 200
        return stage

    return build


Open = Callable[..., Stage]


# ------------------------------------------------------------------------------ when it starts


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
    assert entries[0] == {
        "at": recording["createdAt"] if "createdAt" in recording else entries[0]["at"],
        "source": "room",
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
    stage.publish("Machine", **{kind: True})
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


# ------------------------------------------------------------------------- when it does not


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


# ------------------------------------------------------------------- changing it meanwhile


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


# ------------------------------------------------------------- killed between any two calls


class Killed(BaseException):
    """The function's process is gone."""


WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}


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
