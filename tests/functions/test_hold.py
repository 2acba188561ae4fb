"""Recordings that nothing deletes while they are held, and the age at which others are deleted."""

from typing import Any

import pytest

from meet import wiring
from tests.functions.gateway import Call
from tests.functions.recordings import (
    NOT_FOUND,
    SECOND,
    UNKNOWN_ID,
    Studio,
    is_in_bucket,
    object_created,
    stored,
    sweep,
)
from tests.functions.test_get_recording_stream import stream
from tests.functions.test_trash import versions

DAY = 24 * 60 * 60 * SECOND
FILE = bytes(range(256)) * 8
REASON = "Case 4711: kept for the court"
HELD = {"code": 409, "message": "The recording is held", "reason": "recording_held"}


@pytest.fixture
def ten_days(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("RECORDING_RETENTION_DAYS", "10")
    wiring.reset()
    return 10 * DAY


def hold(studio: Studio, recording_id: str, reason: str = REASON) -> dict[str, Any]:
    reply = studio.call("PUT", f"/recordings/{recording_id}/hold", {"reason": reason})
    assert reply.status == 200, reply.text
    body: dict[str, Any] = reply.body
    return body


def release(studio: Studio, recording_id: str) -> int:
    status: int = studio.call("DELETE", f"/recordings/{recording_id}/hold").status
    return status


def test_a_hold_and_its_reason_are_shown_and_lifted(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    since = studio.clock()
    assert hold(studio, recording_id)["hold"] == {"reason": REASON, "since": since}
    studio.clock.advance(DAY)
    assert hold(studio, recording_id, "Another")["hold"] == {"reason": "Another", "since": since}
    assert studio.show(recording_id)["hold"]["reason"] == "Another"
    assert release(studio, recording_id) == release(studio, recording_id) == 204
    assert "hold" not in studio.show(recording_id)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Required"),
        ({"reason": ""}, "Must not be blank"),
        ({"reason": 1}, "Expected string, received number"),
        ({"reason": "x" * 501}, "Must be at most 500 characters"),
    ],
)
def test_a_hold_has_a_reason(studio: Studio, body: dict[str, Any], message: str) -> None:
    recording_id = studio.ready(FILE)
    reply = studio.call("PUT", f"/recordings/{recording_id}/hold", body)
    assert reply.status == 422
    assert reply.body["details"] == [{"field": "reason", "message": message}]
    for wanted in (UNKNOWN_ID, "x"):
        for method in ("PUT", "DELETE"):
            reply = studio.call(method, f"/recordings/{wanted}/hold", {"reason": REASON})
            assert (reply.status, reply.body) == NOT_FOUND


@pytest.mark.parametrize("trash", ["0", "7"])
def test_no_way_of_deleting_deletes_what_is_held(
    studio: Studio, call: Call, ten_days: int, trash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECORDING_TRASH_DAYS", trash)
    wiring.reset()
    room = studio.room(preferences={"recordingPreferences": {"retentionDays": 1}})
    recording_id, free = studio.ready(FILE, room), studio.ready(FILE)
    key = stored(recording_id).object_key
    hold(studio, recording_id)

    reply = studio.call("DELETE", f"/recordings/{recording_id}")
    assert (reply.status, reply.body) == (409, HELD)
    body = studio.call("DELETE", "/recordings", {"recordingIds": [recording_id, free]}).body
    assert body["deleted"] == [free]
    assert body["notDeleted"] == [{"recordingId": recording_id, "error": HELD["message"]}]
    assert call("DELETE", f"/rooms/{room}").status == 204
    for days in (2, 10, 400):
        studio.clock.advance(days * DAY)
        sweep()
        object_created(key)
    assert studio.status(recording_id) == "READY"
    assert stream(recording_id).content == FILE

    assert release(studio, recording_id) == 204
    reply = studio.call("GET", f"/recordings/{recording_id}")
    assert (reply.status, reply.body) == NOT_FOUND, "its days were over long ago"
    sweep()
    assert versions(key) == 0


def test_one_that_still_runs_can_be_held_and_keeps_what_comes_of_it(
    studio: Studio, ten_days: int
) -> None:
    recording_id = studio.active()
    hold(studio, recording_id)
    studio.stop(recording_id)
    object_created(studio.upload(recording_id, FILE))
    assert studio.status(recording_id) == "READY"
    studio.clock.advance(20 * DAY)
    sweep()
    assert stream(recording_id).content == FILE


def test_of_a_hold_and_a_deletion_at_once_one_wins(studio: Studio) -> None:
    """Each of them read the recording before the other wrote."""
    first, second = studio.ready(FILE), studio.ready(FILE)
    custody, deletion = wiring.recording_custody(), wiring.recording_deletion()
    read = stored(first)
    hold(studio, first)
    assert not custody.claim(read, by=None)
    assert custody.claim_many([read, stored(second)], by=None) == {first}
    reply = studio.call("PUT", f"/recordings/{second}/hold", {"reason": REASON})
    assert (reply.status, reply.body["message"]) == (409, "The recording is being deleted")
    assert not deletion.finish(read)
    assert is_in_bucket(read.object_key)
    sweep()  # completes the deletion that stopped after its claim
    assert versions(read.object_key.replace(first, second)) == 0
    assert stream(first).content == FILE


def test_a_deletion_that_stops_after_its_claim_is_completed_by_the_sweep(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.ready(FILE)
    key = stored(recording_id).object_key

    def fail(*arguments: Any) -> None:
        raise RuntimeError("told to fail")

    with monkeypatch.context() as failing:
        failing.setattr("meet.recordings.media.MediaStore.delete_one", fail)
        assert studio.call("DELETE", f"/recordings/{recording_id}").status == 500
    assert is_in_bucket(key)
    reply = studio.call("PUT", f"/recordings/{recording_id}/hold", {"reason": REASON})
    assert (reply.status, reply.body["reason"]) == (409, "recording_being_deleted")
    sweep()
    assert versions(key) == 0
    assert studio.call("GET", f"/recordings/{recording_id}").status == 404


def test_a_recording_is_deleted_at_its_age_with_all_versions_of_its_file(
    studio: Studio, ten_days: int
) -> None:
    recording_id = studio.ready(FILE)
    key = stored(recording_id).object_key
    studio.upload(recording_id, FILE[:10])
    end = studio.clock() + ten_days
    assert studio.show(recording_id)["expirationDate"] == end
    sweep()
    studio.clock.advance(ten_days - 1)
    sweep()
    assert is_in_bucket(key)
    studio.clock.advance(1)
    assert studio.call("GET", f"/recordings/{recording_id}").status == 404
    sweep()
    assert versions(key) == 0
    assert wiring.recording_repository().stored(recording_id) is None


def test_a_rooms_days_beat_those_of_the_stack_for_recordings_that_begin_later(
    studio: Studio, ten_days: int
) -> None:
    room = studio.room()
    before = studio.ready(FILE, room)
    for days in (3, 30):
        preferences = {"recordingPreferences": {"retentionDays": days}}
        reply = studio.call("PUT", f"/rooms/{room}", {"preferences": preferences})
        assert reply.status == 200, reply.text
        assert reply.body["preferences"]["recordingPreferences"]["retentionDays"] == days
        after = studio.ready(FILE, room)
        assert studio.show(after)["expirationDate"] == studio.clock() + days * DAY
    assert studio.show(before)["expirationDate"] == studio.clock() + ten_days


def test_a_room_without_days_of_its_own_again_has_those_of_the_stack(
    studio: Studio, ten_days: int
) -> None:
    room = studio.room(preferences={"recordingPreferences": {"retentionDays": 3}})
    preferences = {"recordingPreferences": {"retentionDays": None}}
    reply = studio.call("PUT", f"/rooms/{room}", {"preferences": preferences})
    assert reply.status == 200, reply.text
    assert reply.body["preferences"]["recordingPreferences"]["enabled"] is True
    assert "retentionDays" not in reply.body["preferences"]["recordingPreferences"]
    assert studio.show(studio.ready(FILE, room))["expirationDate"] == studio.clock() + ten_days


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (0, "Must be at least 1"),
        (3651, "Must be at most 3650"),
        (1.5, "Expected integer, received float"),
        ("7", "Expected number, received string"),
    ],
)
def test_a_rooms_days_are_a_whole_number(studio: Studio, days: Any, message: str) -> None:
    body = {"preferences": {"recordingPreferences": {"retentionDays": days}}}
    reply = studio.call("PUT", f"/rooms/{studio.room()}", body)
    assert reply.status == 422
    assert [each["message"] for each in reply.body["details"]] == [message]


def test_an_item_of_an_earlier_release_is_over_by_its_time_to_live_unless_it_is_held(
    studio: Studio,
) -> None:
    recording_id, other = studio.ready(FILE), studio.ready(FILE)
    repository = wiring.recording_repository()
    for each in (recording_id, other):
        repository.client.update_item(
            TableName=repository.table,
            Key={"recordingId": {"S": each}},
            UpdateExpression="SET deleteAfter = :then",
            ExpressionAttributeValues={":then": {"N": str((studio.clock() + DAY) // SECOND)}},
        )
    hold(studio, recording_id)
    item = repository.client.get_item(
        TableName=repository.table, Key={"recordingId": {"S": recording_id}}
    )["Item"]
    assert "deleteAfter" not in item, "DynamoDB would remove it"
    studio.clock.advance(2 * DAY)
    assert studio.status(recording_id) == "READY"
    assert studio.call("GET", f"/recordings/{other}").status == 404
