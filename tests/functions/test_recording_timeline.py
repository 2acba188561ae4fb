"""GET /recordings/{recordingId}/timeline."""

from typing import Any

import pytest

from meet import wiring
from meet.actors import Actor, ActorType
from meet.clock import HOUR
from meet.recordings.lifecycle import Evidence
from tests.functions.links import before_first
from tests.functions.recordings import (
    MINUTE,
    NOT_FOUND,
    SECOND,
    UNKNOWN_ID,
    Studio,
    object_created,
    sweep,
)

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


def change_item(recording_id: str, change: str, *, names: dict[str, str] | None = None) -> None:
    repository = wiring.recording_repository()
    repository.client.update_item(
        TableName=repository.table,
        Key={"recordingId": {"S": recording_id}},
        UpdateExpression=change,
        **({} if names is None else {"ExpressionAttributeNames": names}),  # type: ignore[arg-type]
    )


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
    assert (last["type"], last["reason"]) == ("failed", error)
    studio.upload(recording_id)
    studio.clock.advance(30 * MINUTE)
    sweep()
    assert "error" not in studio.show(recording_id)
    failure, file = timeline(studio, recording_id)[-2:]
    assert failure == last
    assert file["what"] == "The file is in the bucket: 5 bytes"


@pytest.mark.parametrize("in_trash", [False, True])
def test_a_failure_that_the_recorder_reports_is_the_recorders_also_when_its_file_comes(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, in_trash: bool
) -> None:
    monkeypatch.setenv("RECORDING_TRASH_DAYS", "7")
    wiring.reset()
    recording_id = studio.failed()
    error = studio.show(recording_id)["error"]
    assert ("recorder", f"It failed: {error}") in told(studio, recording_id)
    studio.clock.advance(MINUTE)
    key = studio.upload(recording_id)
    if in_trash:
        studio.call("DELETE", f"/recordings/{recording_id}")
    assert object_created(key) == {"status": "READY"}
    assert ("recorder", f"It failed: {error}") in told(studio, recording_id)
    assert ("bucket", "The file is in the bucket: 5 bytes") in told(studio, recording_id)
    assert "secret text" not in str(told(studio, recording_id))
    studio.call("POST", f"/recordings/{recording_id}/restore")
    assert "error" not in studio.show(recording_id)


def test_one_whose_file_came_while_it_was_given_up_did_not_fail(studio: Studio) -> None:
    recording_id = studio.ready()
    facts = {
        "error": "the recorder was lost",
        "givenUpAt": studio.clock(),
        "failedBy": SWEEP,
    }
    wiring.recording_repository().observe(recording_id, Evidence.LOST, facts)
    assert "failed" not in {each["type"] for each in timeline(studio, recording_id)}
    assert studio.status(recording_id) == "READY"


def test_a_failure_before_an_earlier_release_forgot_its_reason_is_told(studio: Studio) -> None:
    recording_id = studio.failed()
    studio.clock.advance(MINUTE)
    object_created(studio.upload(recording_id))
    change_item(recording_id, "REMOVE #error", names={"#error": "error"})
    assert ("recorder", "It failed: no reason is known") in told(studio, recording_id)


def test_a_recording_that_the_sweep_ended_says_so(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.active(room)
    assert studio.call("DELETE", f"/rooms/{room}").status == 204
    studio.clock.advance(2 * MINUTE)
    sweep()
    [stop] = [each for each in timeline(studio, recording_id) if "had to end" in each["what"]]
    assert (stop["source"], stop["actor"]) == ("sweep", SWEEP)


class Case:
    """A recording that several administrators hold, delete and restore, an hour after another."""

    def __init__(self, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RECORDING_TRASH_DAYS", "7")
        wiring.reset()
        self.studio, self.recording_id = studio, studio.ready()
        self.custody = wiring.recording_custody()
        self.began = studio.clock()

    def hold(self, name: str, reason: str) -> None:
        self.studio.clock.advance(HOUR)
        self.custody.hold(self.recording_id, reason, by=key(name))

    def release(self, name: str) -> None:
        self.studio.clock.advance(HOUR)
        self.custody.release(self.recording_id, by=key(name))

    def delete(self, name: str) -> None:
        self.studio.clock.advance(HOUR)
        wiring.recording_deletion().delete(self.recording_id, by=key(name))

    def restore(self, name: str) -> None:
        self.studio.clock.advance(HOUR)
        self.custody.restore(self.recording_id, by=key(name))

    def told(self) -> list[tuple[int, str, str | None, str | None]]:
        """Return the hours, the types, who did it and why."""
        return [
            (
                (each["at"] - self.began) // HOUR,
                each["type"],
                each.get("actor", {}).get("name"),
                each.get("reason"),
            )
            for each in timeline(self.studio, self.recording_id)
            if each["type"] in CUSTODY
        ]


CUSTODY = {"held", "holdChanged", "released", "trashed", "restored"}


def key(name: str) -> Actor:
    return Actor(ActorType.API_KEY, name)


@pytest.fixture
def case(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Case:
    return Case(studio, monkeypatch)


def test_a_changed_reason_does_not_change_who_began_the_hold_and_why(case: Case) -> None:
    case.hold("Ada", "Case 1")
    held = (1, "held", "Ada", "Case 1")
    assert case.told() == [held]
    case.hold("Ben", "Case 1")
    assert case.told() == [held], "nothing has changed"
    case.hold("Ben", "Case 2")
    assert case.told() == [held, (3, "holdChanged", "Ben", "Case 2")]
    case.hold("Cem", "Case 3")
    assert case.told() == [held, (4, "holdChanged", "Cem", "Case 3")]
    assert [what for _, what in told(case.studio, case.recording_id)][-2:] == [
        "It was held: Case 1",
        "Its hold has another reason: Case 3",
    ]


def test_a_lifted_hold_is_told_also_when_another_began(case: Case) -> None:
    case.hold("Ada", "Case 1")
    case.hold("Ben", "Case 2")
    case.release("Cem")
    ended = [
        (1, "held", "Ada", "Case 1"),
        (2, "holdChanged", "Ben", "Case 2"),
        (3, "released", "Cem", None),
    ]
    assert case.told() == ended
    assert told(case.studio, case.recording_id)[-1] == ("caller", "Its hold was lifted")
    case.release("Dan")
    assert case.told() == ended, "it was not held"
    case.hold("Eva", "Case 3")
    assert case.told() == [*ended, (5, "held", "Eva", "Case 3")]
    case.release("Fay")
    assert case.told() == [(5, "held", "Eva", "Case 3"), (6, "released", "Fay", None)]


def test_a_restored_recording_tells_who_had_deleted_it(case: Case) -> None:
    case.delete("Ada")
    assert case.told() == [(1, "trashed", "Ada", None)]
    case.restore("Ben")
    undone = [(1, "trashed", "Ada", None), (2, "restored", "Ben", None)]
    assert case.told() == undone
    case.delete("Cem")
    assert case.told() == [*undone, (3, "trashed", "Cem", None)]
    case.restore("Dan")
    assert case.told() == [(3, "trashed", "Cem", None), (4, "restored", "Dan", None)]


def test_of_two_who_hold_at_once_one_began_it(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    with before_first("UpdateItem", lambda _: case.hold("Ada", "Case 1")):
        case.hold("Ben", "Case 2")
    assert case.told() == [(2, "held", "Ada", "Case 1"), (2, "holdChanged", "Ben", "Case 2")]


def test_a_reason_that_is_changed_while_the_hold_is_lifted_is_told(case: Case) -> None:
    case.hold("Ada", "Case 1")
    with before_first("UpdateItem", lambda _: case.hold("Ben", "Case 2")):
        case.release("Cem")
    assert case.told() == [
        (1, "held", "Ada", "Case 1"),
        (3, "holdChanged", "Ben", "Case 2"),
        (3, "released", "Cem", None),
    ]


EARLIER = "REMOVE holdBegunBy, firstHoldReason, reasonChangedAt, reasonChangedBy, lastHold"
"""What an earlier release did not write."""


def test_a_hold_of_an_earlier_release_names_nobody_who_did_not_begin_it(case: Case) -> None:
    case.hold("Ada", "Case 1")
    change_item(case.recording_id, EARLIER)
    assert case.told() == [(1, "held", "Ada", "Case 1")]
    case.hold("Ben", "Case 2")
    changed = (2, "holdChanged", "Ben", "Case 2")
    assert case.told() == [(1, "held", "Ada", "Case 1"), changed]
    change_item(case.recording_id, EARLIER)
    assert case.told() == [(1, "held", None, None), changed]
    case.hold("Cem", "Case 3")
    assert case.told() == [(1, "held", None, None), (3, "holdChanged", "Cem", "Case 3")]
    case.release("Dan")
    assert case.told()[1:] == [(3, "holdChanged", "Cem", "Case 3"), (4, "released", "Dan", None)]
    change_item(case.recording_id, EARLIER)
    assert case.told() == [(4, "released", "Dan", None)]


def test_what_is_not_there_is_404(studio: Studio) -> None:
    for recording_id in (UNKNOWN_ID, "x"):
        reply = studio.call("GET", f"/recordings/{recording_id}/timeline")
        assert (reply.status, reply.body) == NOT_FOUND
