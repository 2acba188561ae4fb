"""Object created in the recordings bucket."""

from typing import Any

import pytest

from meet import wiring
from meet.recordings.lifecycle import Evidence
from meet.recordings.media import MediaStore, StoredFile
from meet.recordings.reasons import EMPTY_FILE
from meet.recordings.repository import RecordingRepository
from tests.functions.aws_calls import AwsCalls
from tests.functions.recordings import UNKNOWN_ID, Studio, object_created, put, stored, sweep
from tools.template import functions


@pytest.mark.parametrize("evidence", [*list(Evidence)[:7], None])
def test_a_file_in_the_bucket_makes_it_ready_whatever_was_known(
    studio: Studio, evidence: Evidence | None
) -> None:
    room = studio.room()
    recording_id = studio.start(room)
    if evidence is not None:
        studio.hear(recording_id, evidence)
    key = studio.upload(recording_id, b"12345678")
    assert object_created(key) == {"status": "READY"}
    recording = studio.show(recording_id)
    assert (recording["status"], recording["size"]) == ("READY", 8)
    assert "error" not in recording
    assert studio.is_free(room)


@pytest.mark.parametrize("evidence", [*list(Evidence)[:4], None])
def test_a_file_of_no_bytes_is_not_a_recording(studio: Studio, evidence: Evidence | None) -> None:
    room = studio.room()
    recording_id = studio.start(room)
    key = studio.upload(recording_id, b"")
    if evidence is not None:
        studio.hear(recording_id, evidence)
    assert object_created(key) == {"status": "FAILED"}
    failed = studio.show(recording_id)
    assert (failed["status"], failed["error"]) == ("FAILED", EMPTY_FILE)
    assert "size" not in failed
    assert studio.is_free(room)
    assert object_created(key) == {"status": "FAILED"}
    assert studio.show(recording_id) == failed
    assert object_created(studio.upload(recording_id, b"after all")) == {"status": "READY"}
    assert "error" not in studio.show(recording_id)


def test_the_event_may_come_twice(studio: Studio) -> None:
    key = studio.upload(recording_id := studio.active())
    object_created(key)
    before = studio.show(recording_id)
    assert object_created(key) == {"status": "READY"}
    assert studio.show(recording_id) == before


def test_a_file_that_is_replaced_before_the_first_is_stored_counts(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event about the first file stores what it saw after the other event has looked."""
    key = studio.upload(recording_id := studio.active(), b"the first")
    first = wiring.media_store().find(key)
    assert first is not None
    put(key, b"the other one")
    find = MediaStore.find
    was_late: list[bool] = []

    def find_and_be_late(media: MediaStore, wanted: str) -> StoredFile | None:
        found = find(media, wanted)
        if not was_late:
            was_late.append(True)
            facts = {"size": first.size, "etag": first.etag}
            wiring.recording_repository().observe(recording_id, Evidence.OBJECT_SEEN, facts)
        return found

    monkeypatch.setattr(MediaStore, "find", find_and_be_late)
    assert object_created(key) == {"status": "READY"}
    after = stored(recording_id)
    assert (after.size, after.etag) == (len(b"the other one"), find(wiring.media_store(), key).etag)  # type: ignore[union-attr]


def test_an_event_without_its_file_changes_nothing(studio: Studio) -> None:
    recording_id = studio.active()
    assert object_created(stored(recording_id).object_key) == {"status": "STARTED"}
    assert studio.status(recording_id) == "STARTED"


def test_a_file_that_is_none_of_ours_is_ignored(studio: Studio, aws_calls: AwsCalls) -> None:
    recording_id, room = studio.active(), studio.room()
    for key in (
        f"recordings/{room}/{UNKNOWN_ID}.mp4",
        f"recordings/{room}/{recording_id}.mp4",  # in another room's folder
        f"recordings/{recording_id}.mp4",
        f"other/{room}/{recording_id}.mp4",
        f"recordings/{stored(recording_id).room_name}/{recording_id}.mp4.json",
        f"recordings/{stored(recording_id).room_name}/x{recording_id}.mp4",
        f"recordings/{stored(recording_id).room_name}/{recording_id}.mp4\n",
        "recordings/.mp4",
        "recordings/../x.mp4",
        "recordings/é/\udcff.mp4",
    ):
        if "\udcff" not in key:
            put(key, b"x")
        aws_calls.forget()
        assert object_created(key) == {"status": None}
        assert "UpdateItem" not in aws_calls.names
    assert studio.status(recording_id) == "STARTED"


def test_a_failure_escapes_so_that_the_event_comes_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = studio.upload(recording_id := studio.active())

    def fail(*arguments: Any) -> None:
        raise RuntimeError("told to fail")

    with monkeypatch.context() as failing:
        failing.setattr(RecordingRepository, "observe", fail)
        with pytest.raises(RuntimeError, match="told to fail"):
            object_created(key)
    assert object_created(key) == {"status": "READY"}
    assert studio.status(recording_id) == "READY"


def test_with_livekit_down_it_is_ready_all_the_same(studio: Studio) -> None:
    key = studio.upload(recording_id := studio.active())
    studio.livekit.down = studio.recorder.down = True
    object_created(key)
    assert studio.status(recording_id) == "READY"


def test_what_failed_by_mistake_is_mended_by_its_file(studio: Studio) -> None:
    recording_id = studio.active()
    studio.recorder.egresses.clear()
    studio.clock.advance(10 * 60_000)
    sweep()
    assert studio.status(recording_id) == "FAILED"
    object_created(studio.upload(recording_id))
    assert studio.status(recording_id) == "READY"
    assert "error" not in studio.show(recording_id)


def test_only_videos_of_recordings_are_heard_and_what_fails_is_kept() -> None:
    function = functions()["recording_uploaded"]
    pattern = function["Events"]["ObjectCreated"]["Properties"]["Pattern"]
    assert pattern["detail"]["object"] == {"key": [{"wildcard": "recordings/*.mp4"}]}
    assert function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Type"] == "SQS"
