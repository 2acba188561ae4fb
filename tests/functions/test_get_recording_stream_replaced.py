"""The stream of a recording whose file was replaced after it was READY, under the same key."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from meet import wiring
from meet.recordings.byte_range import MAX_LENGTH
from meet.recordings.media import MediaStore
from tests.functions.links import Viewer, share
from tests.functions.recordings import BUCKET, Studio, object_created, put, stored
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

    def find_and_replace(self: MediaStore, key: str, **how: Any) -> Any:
        found = find(self, key, **how)
        put(key, LONGER)
        return found

    monkeypatch.setattr(MediaStore, "find", find_and_replace)
    answer = stream(recording_id, Range="bytes=2-", If_Range=recording.etag)
    assert (answer.status, answer.content) == (200, LONGER)


# ------------------------------------------------------------------- players that have begun


def begun(studio: Studio, recording_id: str, *, is_shared: bool) -> Callable[..., Answer]:
    """Return a request for bytes, as a browser's player makes it that was given a URL just now."""
    if is_shared:
        return Viewer(share(studio, recording_id, download=True)["url"]).open().watch
    link = studio.call("GET", f"/recordings/{recording_id}/url").body["url"]
    query = f"?{urlsplit(link).query}"

    def watch(wanted: str | None, **headers: str) -> Answer:
        asked = {} if wanted is None else {"Range": wanted}
        return stream(recording_id, query=query, **asked, **PLAYER, **headers)

    return watch


@pytest.mark.parametrize("is_shared", [False, True], ids=["link", "share link"])
@pytest.mark.parametrize("after", [SHORTER, LONGER, LARGE])
def test_a_player_goes_on_with_the_file_that_it_began_with(
    studio: Studio, after: bytes, is_shared: bool
) -> None:
    """It sends no If-Range, and would take other bytes for those of the same file."""
    recording_id = studio.ready(BEFORE)
    watch, etag = begun(studio, recording_id, is_shared=is_shared), stored(recording_id).etag
    key = stored(recording_id).object_key
    assert etag
    assert watch("bytes=0-9").content == BEFORE[:10]
    put(key, after)
    for _ in range(2):
        for start, headers in ((0, {}), (500, {}), (999, {}), (500, {"If_Range": etag})):
            answer = watch(f"bytes={start}-", **headers)
            assert (answer.status, answer.content) == (206, BEFORE[start:])
            assert answer.headers["content-range"] == f"bytes {start}-999/1000"
            assert answer.headers["etag"] == etag
        assert watch("bytes=1000-").headers["content-range"] == "bytes */1000"
        assert watch(None).content == BEFORE
        object_created(key)
    begins_now = begun(studio, recording_id, is_shared=is_shared)
    assert begins_now("bytes=0-9").content == after[:10]
    assert begins_now("bytes=0-9").headers["etag"] == stored(recording_id).etag != etag


@pytest.mark.parametrize("is_shared", [False, True], ids=["link", "share link"])
def test_it_goes_on_with_nothing_that_was_deleted(studio: Studio, is_shared: bool) -> None:
    recording_id = studio.ready(BEFORE)
    watch, key = begun(studio, recording_id, is_shared=is_shared), stored(recording_id).object_key
    put(key, LONGER)
    wiring.media_store().delete_one(key)
    assert watch("bytes=0-").status == 404
    put(key, SHORTER)
    assert watch("bytes=0-").content == BEFORE
    assert studio.call("DELETE", f"/recordings/{recording_id}").status == 204
    assert watch("bytes=0-").status == 404


@pytest.mark.parametrize("is_shared", [False, True], ids=["link", "share link"])
def test_without_its_version_there_is_the_newest(studio: Studio, is_shared: bool) -> None:
    """The bucket forgets it after a day; or another event has told of it too late."""
    recording_id = studio.ready(BEFORE)
    watch, recording = begun(studio, recording_id, is_shared=is_shared), stored(recording_id)
    client = wiring.media_store().client
    assert recording.file_version
    put(recording.object_key, LONGER)
    client.delete_object(Bucket=BUCKET, Key=recording.object_key, VersionId=recording.file_version)
    assert watch("bytes=5-").content == LONGER[5:]
    assert watch(None).content == LONGER
    assert watch("bytes=99999-").headers["content-range"] == f"bytes */{len(LONGER)}"


@pytest.mark.parametrize("version", ["", "x", "null", "%00", "a/../b", "%F0%9F%8E%A5", "x" * 3000])
def test_what_is_not_a_version_is_ignored(studio: Studio, version: str) -> None:
    recording_id = studio.ready(BEFORE)
    answer = stream(recording_id, query=f"?version={version}", Range="bytes=5-", **PLAYER)
    assert (answer.status, answer.content) == (206, BEFORE[5:])


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_clients_that_are_redirected_get_the_newest(studio: Studio, method: str) -> None:
    """A link to a version would go on after the recording is deleted."""
    recording_id = studio.ready(LARGE)
    recording = stored(recording_id)
    put(recording.object_key, LARGE)
    answer = stream(recording_id, method, query=f"?version={recording.file_version}")
    redirected(answer, recording_id)
    assert "versionId" not in answer.headers["location"]


def test_the_same_bytes_once_more_are_another_version(studio: Studio) -> None:
    recording_id = studio.ready(BEFORE)
    recording = stored(recording_id)
    put(recording.object_key, BEFORE)
    object_created(recording.object_key)
    assert (stored(recording_id).etag, stored(recording_id).size) == (recording.etag, 1000)
    assert stored(recording_id).file_version not in {None, recording.file_version}


def test_a_version_that_one_may_not_read_is_sent_as_the_newest(studio: Studio) -> None:
    """S3 may refuse to tell that a version is missing."""
    recording_id = studio.ready(BEFORE)
    recording = stored(recording_id)
    put(recording.object_key, LONGER)
    refusal = ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "GetObject")

    def get_object(client: Any, name: str, parameters: dict[str, Any]) -> Any:
        if "VersionId" in parameters:
            raise refusal
        return make(client, name, parameters)

    make = BaseClient._make_api_call  # type: ignore[attr-defined]
    with patch.object(BaseClient, "_make_api_call", get_object):
        query = f"?version={recording.file_version}"
        answer = stream(recording_id, query=query, Range="bytes=5-", **PLAYER)
    assert (answer.status, answer.content) == (206, LONGER[5:])


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
