"""DELETE /recordings/{recordingId}."""

from typing import Any

import pytest

from meet.recordings.lifecycle import Evidence
from meet.recordings.media import MediaStore
from meet.recordings.repository import RecordingRepository
from meet.rooms.repository import RoomRepository
from tests.functions.aws_calls import AwsCalls
from tests.functions.recordings import (
    MINUTE,
    NOT_FOUND,
    UNKNOWN_ID,
    Studio,
    info_of,
    is_in_bucket,
    item_of,
    object_created,
    put,
    stored,
    sweep,
    webhook,
)


def delete(studio: Studio, recording_id: str) -> tuple[int, str]:
    reply = studio.call("DELETE", f"/recordings/{recording_id}")
    return reply.status, reply.text


def test_item_and_file_are_gone(studio: Studio) -> None:
    recording_id, other = studio.ready(), studio.ready()
    key = stored(recording_id).object_key
    assert delete(studio, recording_id) == (204, "")
    assert not is_in_bucket(key)
    assert item_of(recording_id) is None
    assert studio.call("GET", f"/recordings/{recording_id}").status == 404
    assert [each["id"] for each in studio.call("GET", "/recordings").body] == [other]
    assert is_in_bucket(stored(other).object_key)


def test_a_failed_one_can_be_deleted(studio: Studio) -> None:
    assert delete(studio, studio.failed()) == (204, "")


def test_unknown_ones_are_not_found_also_the_second_time(studio: Studio) -> None:
    recording_id = studio.ready()
    delete(studio, recording_id)
    for wanted in (recording_id, UNKNOWN_ID, "x", "rec_*", ".."):
        reply = studio.call("DELETE", f"/recordings/{wanted}")
        assert (reply.status, reply.body) == NOT_FOUND


def test_what_is_not_finished_is_409_and_stays(studio: Studio) -> None:
    stopped = studio.active()
    studio.hear(stopped, Evidence.EGRESS_COMPLETE)
    for recording_id in (studio.start(), studio.active(), stopped):
        reply = studio.call("DELETE", f"/recordings/{recording_id}")
        assert reply.status == 409
        assert reply.body == {
            "code": 409,
            "message": "The recording is not finished",
            "reason": "recording_not_finished",
        }
        assert item_of(recording_id) is not None


def test_a_claim_comes_first_then_the_file_goes_and_then_the_item(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    recording_id = studio.ready()
    aws_calls.forget()
    delete(studio, recording_id)
    assert aws_calls.names == ["GetItem", "UpdateItem", "DeleteObjects", "PutItem"]


@pytest.mark.parametrize("how", ["raises", "reports an error"])
def test_an_error_of_s3_keeps_the_item_so_that_it_can_be_repeated(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    recording_id = studio.ready()

    def fail(self: MediaStore, keys: list[str]) -> set[str]:
        if how == "raises":
            raise RuntimeError("told to fail")
        return set(keys)

    with monkeypatch.context() as failing:
        failing.setattr(MediaStore, "delete", fail)
        status, text = delete(studio, recording_id)
        assert status == 500
        assert recording_id not in text
    assert studio.status(recording_id) == "READY"
    assert delete(studio, recording_id)[0] == 204


def test_an_error_of_the_table_can_be_repeated_too(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.ready()

    def fail(*arguments: Any) -> None:
        raise RuntimeError("told to fail")

    with monkeypatch.context() as failing:
        failing.setattr(RecordingRepository, "delete", fail)
        assert delete(studio, recording_id)[0] == 500
    assert delete(studio, recording_id)[0] == 204


def test_nothing_that_comes_later_brings_it_back(studio: Studio) -> None:
    for recording_id in (studio.ready(), studio.failed()):
        egress = studio.egress_of(recording_id)
        assert delete(studio, recording_id)[0] == 204
        for evidence in Evidence.__members__.values():
            if evidence.name.startswith("EGRESS_"):
                later = studio.recorder.change(egress.id, evidence, ended_at=studio.clock())
                assert webhook(info_of(later)).status == 200
        put(egress.object_key, b"late")
        assert object_created(egress.object_key) == {"status": None}
        studio.clock.advance(5 * MINUTE)
        sweep()
        assert item_of(recording_id) is None
    assert studio.call("GET", "/recordings").body == []


def test_one_that_is_deleted_before_its_room_was_freed_leaves_no_lock(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = studio.room()
    recording_id = studio.active(room)

    def fail(*arguments: Any) -> None:
        raise RuntimeError("told to fail")

    with monkeypatch.context() as failing:
        failing.setattr(RoomRepository, "release", fail)
        ended = studio.change(recording_id, Evidence.EGRESS_FAILED)
        assert webhook(info_of(ended)).status == 500
    if delete(studio, recording_id)[0] == 204:
        assert studio.is_free(room)
    assert webhook(info_of(ended)).status == 200
    assert studio.is_free(room)
