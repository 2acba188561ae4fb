"""The index of a recording's file is moved to its beginning, and nothing can go wrong with it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any
from unittest.mock import patch

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from moto.settings import S3_UPLOAD_PART_MIN_SIZE

from meet import wiring
from meet.recordings import faststart as faststart_module
from meet.recordings import replacement
from meet.recordings.media import MediaStore
from tests.films import (
    AT_THE_BEGINNING,
    AT_THE_END,
    IN_FRAGMENTS,
    IN_FRAGMENTS_AFTER_A_HEAD,
    boxes_of,
    film,
    packets_of,
    pictures_of,
)
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import CONTEXT
from tests.functions.recordings import (
    BUCKET,
    UNKNOWN_ID,
    Studio,
    object_created,
    put,
    stored,
    sweep,
)
from tests.functions.test_get_recording_stream import stream
from tests.killing import Killed
from tools.template import functions

BEGINS_AT_ONCE = ["ftyp", "free", "moov", "mdat"]
CALLS = [
    *("GetItem", "HeadObject", "GetObject", "GetObject", "GetObject", "GetObjectTagging"),
    *("CreateMultipartUpload", "UploadPart", "UploadPartCopy", "UploadPartCopy"),
    *("GetItem", "CompleteMultipartUpload"),
]
"""What the function asks of AWS for a film in several parts."""
PLACES = [*range(len(CALLS))]
OTHER = b"another film" * 5_000
MEANWHILE = "it was deleted or replaced meanwhile"
PART = 24 * 1024
ANSWER = 8 * 1024


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a film of 68 KB have several parts, as one of a gigabyte has."""
    monkeypatch.setattr(faststart_module, "MIN_PART", PART)
    monkeypatch.setattr(faststart_module, "MAX_LENGTH", ANSWER)
    monkeypatch.setattr(replacement, "COPIED_AT_ONCE", PART)
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", PART)


def faststart(key: str) -> str | None:
    """Hand over the event that EventBridge sends for a new object; return why it is left alone."""
    message = {"detail": {"bucket": {"name": BUCKET}, "object": {"key": key}}}
    report = import_module("functions.faststart_recording.app").handler(message, CONTEXT)
    reason: str | None = report["leftAlone"]
    return reason


def content_of(key: str) -> bytes | None:
    client = wiring.media_store().client
    try:
        return client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    except client.exceptions.NoSuchKey:
        return None


def head_of(key: str) -> dict[str, Any]:
    return dict(wiring.media_store().client.head_object(Bucket=BUCKET, Key=key))


def unfinished_uploads() -> int:
    found = wiring.media_store().client.list_multipart_uploads(Bucket=BUCKET)
    return len(found.get("Uploads", []))


def recorded(studio: Studio, content: bytes | None = None) -> str:
    """Return the key of a recording that is READY, of a film with its index at the end."""
    return stored(studio.ready(film() if content is None else content)).object_key


@contextmanager
def at_call(
    number: int, act: Callable[[], None], *, is_after: bool = False, of: str | None = None
) -> Iterator[None]:
    """Let something happen before the function's nth call of AWS, or after it."""
    make, calls, lock = BaseClient._make_api_call, [0], threading.Lock()  # type: ignore[attr-defined]
    is_acting = threading.local()

    def make_and_act(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if getattr(is_acting, "now", False) or of not in {None, operation}:
            return make(client, operation, parameters)
        with lock:
            is_it = calls[0] == number
            calls[0] += 1
        answer = make(client, operation, parameters) if is_after or not is_it else None
        if is_it:
            is_acting.now = True
            try:
                act()
            finally:
                is_acting.now = False
        return answer if is_after or not is_it else make(client, operation, parameters)

    with patch.object(BaseClient, "_make_api_call", make_and_act):
        yield


def kill() -> None:
    raise Killed


def fail() -> None:
    raise ClientError({"Error": {"Code": "InternalError", "Message": "told to fail"}}, "Any")


# --------------------------------------------------------------------------- what comes of it


def test_the_index_is_at_the_beginning_and_the_film_is_the_same(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    key = recorded(studio)
    aws_calls.forget()
    assert faststart(key) is None
    assert aws_calls.names == CALLS
    before, after = film(), content_of(key)
    assert after is not None
    assert (boxes_of(before), boxes_of(after)) == (["ftyp", "free", "mdat", "moov"], BEGINS_AT_ONCE)
    assert packets_of(after) == packets_of(before)
    assert pictures_of(after) == pictures_of(before)
    assert unfinished_uploads() == 0


def test_only_the_beginning_passes_through_the_function(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    key = recorded(studio)
    etag = head_of(key)["ETag"]
    aws_calls.forget()
    faststart(key)
    read = [answer["ContentLength"] for name, _, answer in aws_calls.made if name == "GetObject"]
    assert read[1] + read[2] <= PART, "the index, and the first bytes of the media"
    copies = [asked for name, asked, _ in aws_calls.made if name == "UploadPartCopy"]
    assert {each["CopySourceIfMatch"] for each in copies} == {etag}
    assert sorted(each["PartNumber"] for each in copies) == [2, 3]


def test_parts_are_as_large_as_s3_wants_them(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faststart_module, "MIN_PART", replacement.MIN_PART)
    monkeypatch.setattr(replacement, "COPIED_AT_ONCE", replacement.MIN_PART)
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", S3_UPLOAD_PART_MIN_SIZE)
    content = film(pictures=30, width=640)
    assert len(content) > replacement.MIN_PART
    key = recorded(studio, content)
    assert faststart(key) is None
    after = content_of(key)
    assert after is not None
    assert boxes_of(after) == BEGINS_AT_ONCE
    assert packets_of(after) == packets_of(content)


def test_what_is_said_of_a_file_stays(studio: Studio) -> None:
    key = recorded(studio)
    said = {
        "ContentType": "video/mp4",
        "ContentDisposition": 'inline; filename="the meeting.mp4"',
        "CacheControl": "no-cache",
        "Metadata": {"egress": "EG_1"},
    }
    client = wiring.media_store().client
    tagging = "team=a%2Bb&year=2026"
    client.put_object(Bucket=BUCKET, Key=key, Body=film(), Tagging=tagging, **said)  # type: ignore[arg-type]
    tags = client.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"]
    assert faststart(key) is None
    assert {name: head_of(key)[name] for name in said} == said
    assert client.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"] == tags
    assert {each["Value"] for each in tags} == {"a+b", "2026"}


def test_the_events_about_the_new_file_change_nothing_but_what_is_known_of_it(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    recording_id = studio.ready(film())
    before = stored(recording_id)
    key = before.object_key
    faststart(key)
    version = head_of(key)["VersionId"]
    assert object_created(key) == {"status": "READY"}
    assert faststart(key) == "its index is at the beginning"
    after = stored(recording_id)
    assert head_of(key)["VersionId"] == version
    assert (after.size, after.etag) == (len(film()), head_of(key)["ETag"])
    assert after.etag != before.etag


def test_a_player_that_knows_the_file_of_before_gets_the_new_one(studio: Studio) -> None:
    recording_id = studio.ready(film())
    content = content_of(stored(recording_id).object_key)
    etag = stored(recording_id).etag
    assert etag
    faststart(stored(recording_id).object_key)
    player = {"Sec_Fetch_Dest": "video", "Range": "bytes=100-"}
    new = content_of(stored(recording_id).object_key)
    assert new not in {None, content}
    whole = stream(recording_id, If_Range=etag, **player)
    assert (whole.status, whole.content) == (200, new)
    now = head_of(stored(recording_id).object_key)["ETag"]
    rest = stream(recording_id, If_Range=now, **player)
    assert (rest.status, rest.content, rest.headers["etag"]) == (206, (new or b"")[100:], now)


def test_a_file_that_comes_before_its_recording_is_ready_is_rearranged(studio: Studio) -> None:
    recording_id = studio.active()
    key = studio.upload(recording_id, film())
    assert faststart(key) is None
    assert object_created(key) == {"status": "READY"}
    assert stored(recording_id).etag == head_of(key)["ETag"]


def test_a_film_that_is_hardly_longer_than_one_answer_is_one_part(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    content = film(pictures=4)
    assert ANSWER < len(content) < PART
    key = recorded(studio, content)
    assert faststart(key) is None
    assert "UploadPartCopy" not in aws_calls.names
    assert packets_of(content_of(key) or b"") == packets_of(content)


# ---------------------------------------------------------------------------- what stays


def with_64_bits(content: bytes) -> bytes:
    """Return the same film with the header that media above 4 GiB have."""
    at = content.index(b"free") - 4
    size = int.from_bytes(content[at + 8 : at + 12])
    header = (1).to_bytes(4) + b"mdat" + (size + 8).to_bytes(8)
    return content[:at] + header + content[at + 16 :]


def test_media_with_a_header_for_many_gigabytes_are_moved_too(studio: Studio) -> None:
    content = with_64_bits(film())
    key = recorded(studio, content)
    assert faststart(key) is None
    after = content_of(key)
    assert after is not None
    assert boxes_of(after) == ["ftyp", "moov", "mdat"]
    assert packets_of(after) == packets_of(content) == packets_of(film())


SHAPES: dict[str, tuple[Callable[[], bytes], str]] = {
    "at the beginning": (lambda: film(AT_THE_BEGINNING), "its index is at the beginning"),
    "fragmented": (lambda: film(IN_FRAGMENTS), "its index is at the beginning"),
    "fragmented, no samples first": (
        lambda: film(IN_FRAGMENTS_AFTER_A_HEAD),
        "its index is at the beginning",
    ),
    "cut off in its media": (lambda: film()[:-15_000], "it is damaged"),
    "cut off in its index": (lambda: film()[:-100], "it is damaged"),
    "cut off before its index": (
        lambda: film()[: film().rindex(b"moov") - 4],
        "it has no index",
    ),
    "not MP4": (lambda: OTHER, "it is not an MP4 file"),
    "of zeros": (lambda: bytes(PART), "it is not an MP4 file"),
    "twice": (lambda: film(AT_THE_END) * 2, "it has an unknown box"),
    "small": (lambda: film(pictures=1), "it is sent in one answer"),
    "with something unknown": (
        lambda: film() + (16).to_bytes(4) + b"mfra" + bytes(8),
        "it has an unknown box",
    ),
    "with its media far away": (
        lambda: film()[:28] + (100_008).to_bytes(4) + b"free" + bytes(100_000) + film()[28:],
        "its media do not begin near its beginning",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_of_another_shape_is_left_alone(
    studio: Studio, shape: str, aws_calls: AwsCalls
) -> None:
    make, reason = SHAPES[shape]
    content = make()
    key = recorded(studio, content)
    version = head_of(key)["VersionId"]
    aws_calls.forget()
    assert faststart(key) == reason
    assert "CreateMultipartUpload" not in aws_calls.names
    assert (content_of(key), head_of(key)["VersionId"]) == (content, version)


def test_an_index_that_does_not_fit_into_memory_is_left_alone(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meet.recordings.faststart.MAX_INDEX", 1000)
    assert faststart(recorded(studio)) == "its index is too large"


def test_a_file_of_nobodys_is_left_alone(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.active()
    for key in (f"recordings/{room}/{UNKNOWN_ID}.mp4", f"recordings/{room}/{recording_id}.mp4"):
        put(key, film())
        assert faststart(key) == "it does not belong to a recording"
    assert faststart("recordings/.mp4") == "it does not belong to a recording"


def test_a_file_that_is_gone_is_left_alone(studio: Studio) -> None:
    assert faststart(stored(studio.active()).object_key) == MEANWHILE


# ------------------------------------------------------------------- deleted, held, replaced


DELETED = "it does not belong to a recording"
"""A deletion mark is in its place."""


def delete(studio: Studio, key: str) -> None:
    recording_id = key.rpartition("/")[2].removesuffix(".mp4")
    assert studio.call("DELETE", f"/recordings/{recording_id}").status == 204


def hold(studio: Studio, key: str) -> None:
    recording_id = key.rpartition("/")[2].removesuffix(".mp4")
    reply = studio.call("PUT", f"/recordings/{recording_id}/hold", {"reason": "a lawsuit"})
    assert reply.status == 200, reply.text


def test_a_recording_that_is_deleted_meanwhile_does_not_come_back(studio: Studio) -> None:
    room = studio.room()
    for place in PLACES:
        key = stored(studio.ready(film(), room)).object_key
        with at_call(place, partial(delete, studio, key)):
            assert faststart(key) in {MEANWHILE, DELETED}, place
        assert content_of(key) is None, place
        assert unfinished_uploads() == 0, place


def test_a_file_that_is_replaced_meanwhile_is_not_overwritten(studio: Studio) -> None:
    key = recorded(studio)
    for place in PLACES:
        put(key, film())
        with at_call(place, lambda: put(key, OTHER)):
            assert faststart(key) in {MEANWHILE, "it is not an MP4 file"}, place
        assert content_of(key) == OTHER, place
        assert unfinished_uploads() == 0, place


def test_the_same_event_twice_at_once_moves_the_index_once(studio: Studio) -> None:
    key = recorded(studio)
    for place in PLACES[2:]:
        put(key, film())
        with at_call(place, lambda: assert_moved(key)):
            assert faststart(key) == MEANWHILE, place
        assert boxes_of(content_of(key) or b"") == BEGINS_AT_ONCE, place
        assert unfinished_uploads() == 0, place


def assert_moved(key: str) -> None:
    assert faststart(key) is None


def test_what_is_held_stays_as_it_came(studio: Studio) -> None:
    key = recorded(studio)
    hold(studio, key)
    assert faststart(key) == "its recording is held"
    key = recorded(studio)
    with at_call(PLACES[-3], lambda: hold(studio, key)):
        assert faststart(key) == "its recording is held"
    assert content_of(key) == film()
    assert unfinished_uploads() == 0


def test_what_is_in_the_trash_stays_and_is_restored_byte_for_byte(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECORDING_TRASH_DAYS", "7")
    key = recorded(studio)
    delete(studio, key)
    assert faststart(key) == "its recording is deleted"
    assert content_of(key) == film()


def test_of_what_is_deleted_for_good_no_version_is_left_even_of_the_file_that_comes_just_then(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECORDING_RETENTION_DAYS", "1")
    key = recorded(studio)

    # The sweep has listed the versions when the new one takes the place of the old one.
    monkeypatch.setattr(MediaStore, "_delete_versions", listed_too_early(key))
    studio.clock.advance(25 * 60 * 60_000)
    sweep()
    found = wiring.media_store().client.list_object_versions(Bucket=BUCKET, Prefix=key)
    assert [*found.get("Versions", []), *found.get("DeleteMarkers", [])] == []


def listed_too_early(key: str) -> Callable[[MediaStore, str], bool]:
    """Return a _delete_versions that a new file overtakes when it has listed the versions."""
    original = MediaStore._delete_versions
    has_come: list[bool] = []

    def delete_versions(media: MediaStore, wanted: str) -> bool:
        def come() -> None:
            if not has_come:
                has_come.append(True)
                put(key, OTHER)

        with at_call(0, come, of="DeleteObjects"):
            return original(media, wanted)

    return delete_versions


# -------------------------------------------------------------------------- killed, failing


@pytest.mark.parametrize("is_after", [False, True])
def test_killed_between_any_two_calls_it_leaves_a_whole_file_and_the_next_attempt_ends_it(
    studio: Studio, is_after: bool
) -> None:
    key = recorded(studio)
    for place in PLACES:
        put(key, film())
        with at_call(place, kill, is_after=is_after), pytest.raises(Killed):
            faststart(key)
        is_done = is_after and CALLS[place] == "CompleteMultipartUpload"
        left = content_of(key)
        if is_done:
            assert boxes_of(left or b"") == BEGINS_AT_ONCE
        else:
            assert left == film(), place
        assert faststart(key) == ("its index is at the beginning" if is_done else None), place
        assert packets_of(content_of(key) or b"") == packets_of(film()), place


def test_what_fails_is_tried_again_and_leaves_no_upload(studio: Studio) -> None:
    key = recorded(studio)
    for place in PLACES:
        put(key, film())
        with at_call(place, fail), pytest.raises(ClientError, match="told to fail"):
            faststart(key)
        assert content_of(key) == film(), place
        assert unfinished_uploads() == 0, place
        assert faststart(key) is None, place


def test_an_upload_that_cannot_be_aborted_is_left_to_the_buckets_rule(studio: Studio) -> None:
    key = recorded(studio)
    with (
        at_call(0, fail, of="AbortMultipartUpload"),
        at_call(0, fail, of="UploadPart"),
        pytest.raises(ClientError),
    ):
        faststart(key)
    assert unfinished_uploads() == 1
    assert content_of(key) == film()


def test_only_videos_of_recordings_are_rearranged_and_what_fails_is_kept() -> None:
    function, uploaded = functions()["faststart_recording"], functions()["recording_uploaded"]
    assert function["Events"] == uploaded["Events"]
    assert function["EventInvokeConfig"] == uploaded["EventInvokeConfig"]
