"""The stream of a recording whose file was replaced after it was READY, under the same key."""

from typing import Any

import pytest

from meet import wiring
from meet.recordings.byte_range import MAX_LENGTH
from meet.recordings.media import MediaStore
from tests.functions.recordings import Studio, object_created, put, stored
from tests.functions.test_get_recording_stream import Answer, redirected, stream

BEFORE = bytes(range(250)) * 4
SHORTER, LONGER = b"short" * 20, b"longer" * 500
LARGE = bytes(MAX_LENGTH) + b"more"
PLAYER = {"Sec_Fetch_Dest": "video"}


def replaced(studio: Studio, after: bytes, before: bytes = BEFORE) -> tuple[str, str]:
    """Return a recording whose file was replaced, and the ETag of the file before."""
    recording_id = studio.ready(before)
    recording = stored(recording_id)
    put(recording.object_key, after)
    assert recording.etag
    return recording_id, recording.etag


def is_whole(answer: Answer, content: bytes, recording_id: str) -> None:
    """Assert that an answer is all of a file, and true about it."""
    file = wiring.media_store().find(stored(recording_id).object_key)
    assert file is not None
    assert (answer.status, answer.content) == (200, content)
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["etag"] == file.etag


@pytest.mark.parametrize("after", [SHORTER, LONGER, b"x"])
def test_what_is_sent_is_what_there_is(studio: Studio, after: bytes) -> None:
    recording_id, etag = replaced(studio, after)
    size = len(after)
    is_whole(stream(recording_id), after, recording_id)
    for wanted, first, last in [
        ("bytes=0-", 0, size - 1),
        ("bytes=0-99999", 0, size - 1),
        ("bytes=-50", max(size - 50, 0), size - 1),
        (f"bytes={size - 1}-", size - 1, size - 1),
    ]:
        for headers in ({}, PLAYER):
            answer = stream(recording_id, Range=wanted, **headers)
            assert (answer.status, answer.content) == (206, after[first:])
            assert answer.headers["content-range"] == f"bytes {first}-{last}/{size}"
            assert answer.headers["content-length"] == str(last - first + 1)
            assert answer.headers["etag"] != etag
    for method in ("GET", "HEAD"):
        answer = stream(recording_id, method, Range=f"bytes={size}-")
        assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{size}")


def test_who_resumes_the_file_of_before_gets_the_new_one_whole(studio: Studio) -> None:
    recording_id, etag = replaced(studio, LONGER)
    for wanted in ("bytes=500-", "bytes=-5", "bytes=99999-", "bytes=-0", "bytes=5-2"):
        is_whole(stream(recording_id, Range=wanted, If_Range=etag), LONGER, recording_id)


def test_a_file_that_grew_beyond_one_answer_is_behind_a_link(studio: Studio) -> None:
    recording_id, etag = replaced(studio, LARGE)
    redirected(stream(recording_id), recording_id)
    redirected(stream(recording_id, Range="bytes=0-"), recording_id)
    redirected(stream(recording_id, Range=f"bytes=-{len(LARGE)}"), recording_id)
    redirected(stream(recording_id, Range="bytes=0-1", If_Range=etag), recording_id)
    piece = stream(recording_id, Range="bytes=0-", **PLAYER)
    assert (piece.status, len(piece.content)) == (206, MAX_LENGTH)
    assert piece.headers["content-range"] == f"bytes 0-{MAX_LENGTH - 1}/{len(LARGE)}"


def test_a_file_that_shrank_into_one_answer_is_sent(studio: Studio) -> None:
    recording_id, etag = replaced(studio, SHORTER, before=LARGE)
    is_whole(stream(recording_id), SHORTER, recording_id)
    is_whole(stream(recording_id, Range="bytes=9-", If_Range=etag), SHORTER, recording_id)
    assert stream(recording_id, Range="bytes=0-").content == SHORTER
    for headers in ({}, PLAYER):
        answer = stream(recording_id, Range=f"bytes={MAX_LENGTH}-", **headers)
        assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{len(SHORTER)}")


def test_a_file_of_no_bytes_has_no_ranges_and_is_sent_whole(studio: Studio) -> None:
    recording_id, _ = replaced(studio, b"")
    for wanted in ("bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0"):
        for headers in ({}, PLAYER):
            answer = stream(recording_id, Range=wanted, **headers)
            assert (answer.status, answer.headers["content-range"]) == (416, "bytes */0")
    is_whole(stream(recording_id), b"", recording_id)


def test_a_file_that_is_replaced_between_two_looks_is_sent_whole(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The range was allowed for the file of before; S3 then refuses to send it of the other."""
    recording_id = studio.ready(SHORTER)
    recording = stored(recording_id)
    assert recording.etag
    wiring.recording_repository().client.update_item(
        TableName="RecordingsTable",
        Key={"recordingId": {"S": recording_id}},
        UpdateExpression="SET #size = :size",
        ExpressionAttributeNames={"#size": "size"},
        ExpressionAttributeValues={":size": {"N": str(len(LARGE))}},
    )
    find = MediaStore.find

    def find_and_replace(self: MediaStore, key: str) -> Any:
        found = find(self, key)
        put(key, LONGER)
        return found

    monkeypatch.setattr(MediaStore, "find", find_and_replace)
    answer = stream(recording_id, Range="bytes=2-", If_Range=recording.etag)
    assert (answer.status, answer.content) == (200, LONGER)


# ------------------------------------------------------------------------- the event about it


def test_the_size_follows_the_event_about_the_new_file(studio: Studio) -> None:
    recording_id, etag = replaced(studio, LONGER)
    assert studio.show(recording_id)["size"] == len(BEFORE)
    before = studio.show(recording_id)
    assert object_created(stored(recording_id).object_key) == {"status": "READY"}
    assert studio.show(recording_id) == before | {"size": len(LONGER)}
    assert stored(recording_id).etag not in {None, etag}


def test_a_late_event_does_not_bring_back_the_size_of_before(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One event's look is overtaken by another event about a still newer file."""
    recording_id, _ = replaced(studio, SHORTER)
    key = stored(recording_id).object_key
    find = MediaStore.find
    overtaken: list[Any] = []

    def find_and_be_overtaken(self: MediaStore, key: str) -> Any:
        found = find(self, key)
        if not overtaken:
            overtaken.append(found)
            put(key, LONGER)
            object_created(key)
        return found

    monkeypatch.setattr(MediaStore, "find", find_and_be_overtaken)
    object_created(key)
    assert overtaken[0].size == len(SHORTER)
    assert studio.show(recording_id)["size"] == len(LONGER)


def test_an_event_about_the_same_file_writes_nothing(studio: Studio) -> None:
    recording_id = studio.ready(BEFORE)
    before = stored(recording_id)
    object_created(before.object_key)
    assert stored(recording_id) == before


def test_a_lost_file_changes_nothing(studio: Studio) -> None:
    recording_id = studio.ready(BEFORE)
    before = stored(recording_id)
    wiring.media_store().delete_one(before.object_key)
    object_created(before.object_key)
    assert stored(recording_id) == before
