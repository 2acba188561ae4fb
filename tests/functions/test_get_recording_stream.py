"""GET and HEAD /recordings/{recordingId}/stream."""

import base64
import json
import tracemalloc
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from meet import wiring
from meet.recordings.byte_range import MAX_LENGTH
from meet.recordings.media import LINK_LIFETIME, MediaStore
from tests.functions.conftest import CONTEXT, AwsCalls, event
from tests.functions.recordings import BUCKET, NOT_FOUND, UNKNOWN_ID, Studio, stored

CONTENT = bytes(range(256)) * 4
SIZE = len(CONTENT)
INVALID = b'{"code": 400, "message": "Invalid Range header", "reason": "invalid_range_header"}'
MIB = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes


def stream(recording_id: str, method: str = "GET", *, query: str = "", **headers: str) -> Answer:
    """Ask for a stream; header names with _ for -."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = event(method, f"/api/v1/recordings/{recording_id}/stream{query}", headers=sent)
    raw = import_module("functions.get_recording_stream.app").handler(request, CONTEXT)
    body = raw["body"] or ""
    content = base64.b64decode(body) if raw["isBase64Encoded"] else body.encode()
    lists = raw["multiValueHeaders"].items()
    return Answer(raw["statusCode"], {k.lower(): v[0] for k, v in lists}, content)


def s3_calls(aws_calls: AwsCalls) -> list[str]:
    return [name for name in aws_calls.names if "Object" in name]


def test_without_a_range_a_small_object_is_sent_whole(studio: Studio) -> None:
    recording_id = studio.ready(CONTENT)
    answer = stream(recording_id)
    assert (answer.status, answer.content) == (200, CONTENT)
    headers = answer.headers
    assert headers["content-type"] == "video/mp4"
    assert headers["content-length"] == str(SIZE)
    assert headers["accept-ranges"] == "bytes"
    assert headers["etag"] == stored(recording_id).etag
    assert "content-range" not in headers
    assert "x-request-id" in headers


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-1", 0, 1),
        ("bytes=10-", 10, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, SIZE - 1),
        (f"bytes=0-{SIZE - 1}", 0, SIZE - 1),
        ("bytes=0-", 0, SIZE - 1),
        (f"bytes={SIZE - 1}-{SIZE * 9}", SIZE - 1, SIZE - 1),
        ("bytes=5-" + "9" * 400, 5, SIZE - 1),
        ("BYTES=0-1", 0, 1),
    ],
)
def test_a_range_is_206(studio: Studio, wanted: str, first: int, last: int) -> None:
    recording_id = studio.ready(CONTENT)
    for method in ("GET", "HEAD"):
        answer = stream(recording_id, method, Range=wanted)
        assert answer.status == 206
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
        assert answer.headers["content-length"] == str(last - first + 1)
        assert answer.headers["content-type"] == "video/mp4"
        assert answer.content == (CONTENT[first : last + 1] if method == "GET" else b"")


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE}", "bytes=-0"])
def test_what_is_not_there_is_416_with_the_size(studio: Studio, wanted: str) -> None:
    answer = stream(studio.ready(CONTENT), Range=wanted)
    assert answer.status == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


def test_an_empty_object_has_no_ranges_and_is_sent_whole(studio: Studio) -> None:
    recording_id = studio.ready(b"")
    for wanted in ("bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0"):
        answer = stream(recording_id, Range=wanted)
        assert (answer.status, answer.headers["content-range"]) == (416, "bytes */0")
    answer = stream(recording_id)
    assert (answer.status, answer.content, answer.headers["content-length"]) == (200, b"", "0")


@pytest.mark.parametrize(
    "wanted", ["bytes=5-2", "bytes=a-b", "bytes=100", "bytes=", "bytes", "", "bytes=1-2-3", "0-5"]
)
def test_nonsense_is_400(studio: Studio, wanted: str) -> None:
    answer = stream(studio.ready(CONTENT), Range=wanted)
    assert (answer.status, answer.content) == (400, INVALID)


@pytest.mark.parametrize("wanted", ["bytes=0-1,4-5", "items=0-5", "seconds=a-b", "bytes=0-1,"])
def test_several_ranges_or_another_unit_are_as_if_there_were_no_range(
    studio: Studio, wanted: str
) -> None:
    answer = stream(studio.ready(CONTENT), Range=wanted)
    assert (answer.status, answer.content) == (200, CONTENT)


def test_if_range_that_does_not_match_is_as_if_there_were_no_range(studio: Studio) -> None:
    recording_id = studio.ready(CONTENT)
    etag = stored(recording_id).etag
    assert etag is not None
    assert stream(recording_id, Range="bytes=0-1", If_Range=etag).status == 206
    for other in ('"other"', f"W/{etag}", etag.strip('"'), "Wed, 21 Oct 2015 07:28:00 GMT", ""):
        for wanted in ("bytes=0-1", "bytes=5-2", f"bytes={SIZE}-"):
            answer = stream(recording_id, Range=wanted, If_Range=other)
            assert (answer.status, answer.content) == (200, CONTENT)


@pytest.mark.parametrize("size", [MAX_LENGTH, MAX_LENGTH + 1])
def test_up_to_4_mib_are_sent_and_for_more_there_is_a_link(studio: Studio, size: int) -> None:
    content = b"x" * size
    recording_id = studio.ready(content)
    for method in ("GET", "HEAD"):
        answer = stream(recording_id, method)
        if size <= MAX_LENGTH:
            assert answer.status == 200
            assert answer.content == (content if method == "GET" else b"")
            continue
        assert (answer.status, answer.content) == (307, b"")
        url = urlsplit(answer.headers["location"])
        assert url.scheme == "https"
        assert url.path.endswith(stored(recording_id).object_key)
        assert parse_qs(url.query)["X-Amz-Expires"] == [str(LINK_LIFETIME)]
        assert "public" not in answer.headers["cache-control"]


def test_one_answer_has_at_most_4_mib_and_says_what_was_sent(studio: Studio) -> None:
    content = bytes(9 * MIB) + b"end"
    recording_id = studio.ready(content)
    received = b""
    while len(received) < len(content):
        answer = stream(recording_id, Range=f"bytes={len(received)}-")
        assert answer.status == 206
        end = min(len(received) + MAX_LENGTH, len(content))
        assert answer.headers["content-range"] == f"bytes {len(received)}-{end - 1}/{len(content)}"
        received += answer.content
    assert received == content
    whole = stream(recording_id, Range=f"bytes=0-{len(content) - 1}")
    assert (whole.status, len(whole.content)) == (206, MAX_LENGTH)


@pytest.mark.parametrize(
    "accept", ["application/json", "application/json; q=1", "Application/JSON"]
)
def test_who_asks_for_json_gets_a_link(studio: Studio, accept: str) -> None:
    recording_id = studio.ready(CONTENT)
    answer = stream(recording_id, Accept=accept, Range="bytes=0-1")
    assert answer.status == 200
    link = json.loads(answer.content)
    assert set(link) == {"url", "expiresAt"}
    assert link["expiresAt"] == studio.clock() + LINK_LIFETIME * 1000
    assert stored(recording_id).object_key in link["url"]
    assert "X-Amz-Signature=" in link["url"]


def test_a_link_to_download_is_one_that_browsers_save_under_the_recordings_name(
    studio: Studio,
) -> None:
    recording_id = studio.ready(CONTENT)

    def disposition(query: str) -> list[str]:
        answer = stream(recording_id, query=query, Accept="application/json")
        asked = parse_qs(urlsplit(json.loads(answer.content)["url"]).query)
        return asked.get("response-content-disposition", [])

    assert disposition("?download=true") == [f'attachment; filename="{recording_id}.mp4"']
    for query in ("", "?download=false", "?download=", "?download=TRUE", "?download=1"):
        assert disposition(query) == []
    assert stream(recording_id, query="?download=true").content == CONTENT


@pytest.mark.parametrize("accept", ["*/*", "video/mp4, application/json", "video/*", "text/html"])
def test_who_takes_anything_gets_the_video(studio: Studio, accept: str) -> None:
    assert stream(studio.ready(CONTENT), Accept=accept).content == CONTENT


def test_what_is_not_ready_is_409(studio: Studio) -> None:
    for recording_id in (studio.start(), studio.active(), studio.failed()):
        answer = stream(recording_id, Range="bytes=0-1")
        assert answer.status == 409
        assert b"The recording is not ready" in answer.content


@pytest.mark.parametrize("size", [1024, MAX_LENGTH + 1])
@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-1"}, {"Accept": "application/json"}])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_lost_object_is_404(
    studio: Studio, size: int, headers: dict[str, str], method: str
) -> None:
    recording_id = studio.ready(b"x" * size)
    key = stored(recording_id).object_key
    wiring.media_store().client.delete_object(Bucket=BUCKET, Key=key)
    assert stream(recording_id, method, **headers).status == 404


def test_unknown_and_deleted_ones_are_not_found(studio: Studio) -> None:
    deleted = studio.ready()
    studio.call("DELETE", f"/recordings/{deleted}")
    for recording_id in (deleted, UNKNOWN_ID, "..", "x", "%2e%2e%2fsecret"):
        reply = studio.call("GET", f"/recordings/{recording_id}/stream")
        assert (reply.status, reply.body) == NOT_FOUND


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-1"}, {"Accept": "application/json"}])
def test_nothing_is_ever_cached_in_public(studio: Studio, headers: dict[str, str]) -> None:
    answer = stream(studio.ready(CONTENT), **headers)
    assert "public" not in answer.headers.get("cache-control", "")


def test_an_error_of_s3_is_500_and_tells_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.ready(CONTENT)

    def fail(*arguments: Any) -> None:
        raise RuntimeError("told to fail")

    monkeypatch.setattr(MediaStore, "read_base64", fail)
    answer = stream(recording_id)
    assert answer.status == 500
    assert b"told to fail" not in answer.content


@pytest.mark.parametrize(
    ("method", "headers", "calls"),
    [
        ("GET", {"Range": "bytes=0-1"}, ["GetObject"]),
        ("GET", {}, ["GetObject"]),
        ("HEAD", {"Range": "bytes=0-1"}, ["HeadObject"]),
        ("GET", {"Range": "bytes=5-2"}, []),
        ("GET", {"Range": "bytes=9999-"}, []),
    ],
)
def test_s3_is_asked_once(
    studio: Studio, aws_calls: AwsCalls, method: str, headers: dict[str, str], calls: list[str]
) -> None:
    recording_id = studio.ready(CONTENT)
    aws_calls.forget()
    stream(recording_id, method, **headers)
    assert s3_calls(aws_calls) == calls


def test_a_range_of_4_mib_takes_little_more_memory_than_its_base64(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lambda has to hold the answer as base64 in JSON; nothing else may be of that size."""
    recording_id = studio.ready(bytes(5 * MIB))

    class Body:
        def __init__(self) -> None:
            self.left = MAX_LENGTH

        def __enter__(self) -> "Body":
            return self

        def __exit__(self, *error: object) -> None:
            pass

        def read(self, amount: int) -> bytes:
            given = min(amount, self.left, 1 + self.left // 7)  # less than asked, as sockets do
            self.left -= given
            return bytes(given)

    client = SimpleNamespace(get_object=lambda **request: {"Body": Body()})
    request = event(
        "GET", f"/api/v1/recordings/{recording_id}/stream", headers={"Range": "bytes=0-"}
    )
    handler = import_module("functions.get_recording_stream.app").handler
    with monkeypatch.context() as fake:
        fake.setattr(wiring, "media_store", lambda: MediaStore(cast(Any, client), BUCKET))
        handler(request, CONTEXT)
        tracemalloc.start()
        try:
            reply = handler(request, CONTEXT)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert reply["statusCode"] == 206
    assert base64.b64decode(reply["body"], validate=True) == bytes(MAX_LENGTH)
    assert len(reply["body"]) < 6_000_000
    assert peak < 2 * MAX_LENGTH
