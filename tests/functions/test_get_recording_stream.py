"""GET and HEAD /recordings/{recordingId}/stream."""

import base64
import json
import tracemalloc
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from meet import wiring
from meet.recordings.byte_range import MAX_LENGTH
from meet.recordings.media import LINK_LIFETIME, MediaStore, OpenFile
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import CONTEXT, event
from tests.functions.recordings import BUCKET, NOT_FOUND, UNKNOWN_ID, Studio, stored

CONTENT = bytes(range(256)) * 4
SIZE = len(CONTENT)
INVALID = b'{"code": 400, "message": "Invalid Range header", "reason": "invalid_range_header"}'
MIB = 1024 * 1024
LARGE = bytes(9 * MIB) + b"end"


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
    body = raw["body"]
    assert isinstance(body, str), "never null"
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


def test_a_saved_file_is_called_after_its_room_and_its_day(studio: Studio) -> None:
    room = studio.room(roomNamePrefix="team")
    recording_id = studio.ready(CONTENT, room)
    day = datetime.fromtimestamp(studio.clock() / 1000, UTC).strftime("%Y-%m-%d")
    name = f"inline; filename=\"{room} {day}.mp4\"; filename*=UTF-8''{room}%20{day}.mp4"
    assert stream(recording_id).headers["content-disposition"] == name
    assert stream(recording_id, Range="bytes=0-1").headers["content-disposition"] == name
    location = stream(recording_id, "HEAD").headers["location"]
    link = json.loads(stream(recording_id, Accept="application/json").content)["url"]
    for url in (location, link):
        query = parse_qs(urlsplit(url).query)
        assert query["response-content-disposition"] == [name]
        assert query["response-content-type"] == ["video/mp4"]


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
    answer = stream(recording_id, Range=wanted)
    assert answer.status == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["content-length"] == str(last - first + 1)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["etag"] == stored(recording_id).etag
    assert answer.content == CONTENT[first : last + 1]


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE}", "bytes=-0"])
def test_what_is_not_there_is_416_with_the_size(studio: Studio, wanted: str) -> None:
    recording_id = studio.ready(CONTENT)
    for method in ("GET", "HEAD"):
        answer = stream(recording_id, method, Range=wanted)
        assert answer.status == 416
        assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "wanted", ["bytes=5-2", "bytes=a-b", "bytes=100", "bytes=", "bytes", "", "bytes=1-2-3", "0-5"]
)
def test_nonsense_is_400(studio: Studio, wanted: str) -> None:
    recording_id = studio.ready(CONTENT)
    for method in ("GET", "HEAD"):
        answer = stream(recording_id, method, Range=wanted)
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
    assert stream(recording_id, Range="bytes=5-2", If_Range=etag).status == 400
    assert stream(recording_id, Range="bytes=-0", If_Range=etag).status == 416
    assert stream(recording_id, Range=f"bytes={SIZE}-", If_Range=etag).status == 416
    for other in (
        '"other"',
        "*",
        f'{etag}, "other"',
        f"W/{etag}",
        etag.strip('"'),
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "",
    ):
        for wanted in ("bytes=0-1", "bytes=5-2", f"bytes={SIZE}-"):
            answer = stream(recording_id, Range=wanted, If_Range=other)
            assert (answer.status, answer.content) == (200, CONTENT)


def redirected(answer: Answer, recording_id: str) -> None:
    """Assert that an answer leads to the file in the bucket."""
    assert (answer.status, answer.content) == (307, b"")
    url = urlsplit(answer.headers["location"])
    assert url.scheme == "https"
    assert url.path.endswith(stored(recording_id).object_key)
    assert parse_qs(url.query)["X-Amz-Expires"] == [str(LINK_LIFETIME)]
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["vary"] == "Sec-Fetch-Dest"


def test_up_to_4_mib_are_sent(studio: Studio) -> None:
    content = b"x" * MAX_LENGTH
    recording_id = studio.ready(content)
    assert stream(recording_id).content == content
    for wanted in ("bytes=0-", f"bytes=-{MAX_LENGTH + 1}", f"bytes=0-{MAX_LENGTH}"):
        answer = stream(recording_id, Range=wanted)
        assert (answer.status, answer.content) == (206, content)


@pytest.fixture
def large(studio: Studio) -> str:
    """Return a recording of a little more than two pieces."""
    return studio.ready(LARGE)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Range": "bytes=0-1,5-6"},
        {"Range": "bytes=0-1", "If_Range": '"other"'},
        {"Range": f"bytes=0-{len(LARGE)}", "If_Range": '"other"'},
        {"Sec_Fetch_Dest": "video"},
        {"Range": "bytes=0-"},
        {"Range": f"bytes=0-{MAX_LENGTH}"},
        {"Range": "bytes=100-", "Sec_Fetch_Dest": "document"},
        {"Range": "bytes=100-", "Sec_Fetch_Dest": "empty"},
        {"Range": f"bytes=-{MAX_LENGTH + 1}"},
    ],
)
def test_for_more_there_is_a_link(large: str, headers: dict[str, str]) -> None:
    """Programs take the clean end of a short 206 for the end of the file."""
    redirected(stream(large, **headers), large)


def test_a_link_is_for_as_long_as_the_session_of_any_role() -> None:
    shortest_session_of_a_role = 900  # what STS takes as DurationSeconds
    assert shortest_session_of_a_role >= LINK_LIFETIME


@pytest.mark.parametrize("player", ["video", "audio", "Video"])
def test_a_media_element_gets_pieces_and_asks_for_the_rest(large: str, player: str) -> None:
    received = b""
    while len(received) < len(LARGE):
        answer = stream(large, Range=f"bytes={len(received)}-", Sec_Fetch_Dest=player)
        assert answer.status == 206
        assert answer.headers["vary"] == "Sec-Fetch-Dest"
        end = min(len(received) + MAX_LENGTH, len(LARGE))
        assert answer.headers["content-range"] == f"bytes {len(received)}-{end - 1}/{len(LARGE)}"
        received += answer.content
    assert received == LARGE


def test_a_media_element_gets_the_end_of_a_long_suffix(large: str) -> None:
    for length in (MAX_LENGTH + 1, len(LARGE) * 2):
        answer = stream(large, Range=f"bytes=-{length}", Sec_Fetch_Dest="video")
        first, last = len(LARGE) - MAX_LENGTH, len(LARGE) - 1
        assert answer.status == 206
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(LARGE)}"
        assert answer.content == LARGE[first:]


def test_head_leads_into_the_bucket_which_tells_the_length(studio: Studio) -> None:
    """API Gateway writes the length of the body that it was given, and HEAD's is empty."""
    recording_id = studio.ready(CONTENT)
    for headers in (
        {},
        {"Range": "bytes=0-1"},
        {"Range": "bytes=0-1", "Sec_Fetch_Dest": "video"},
        {"Range": f"bytes={SIZE}-", "If_Range": '"other"'},
        {"Range": "bytes=5-2", "If_Range": '"other"'},
    ):
        answer = stream(recording_id, "HEAD", **headers)
        redirected(answer, recording_id)
        assert "content-length" not in answer.headers


@pytest.mark.parametrize(
    "accept",
    ["application/json", "Application/JSON; q=0.1", "application/json, */*;q=0.9"],
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


def test_a_link_to_download_is_one_that_browsers_save_under_the_room_and_the_day(
    studio: Studio,
) -> None:
    recording_id = studio.ready(CONTENT)

    def disposition(query: str) -> list[str]:
        answer = stream(recording_id, query=query, Accept="application/json")
        asked = parse_qs(urlsplit(json.loads(answer.content)["url"]).query)
        return asked.get("response-content-disposition", [])

    recording = stored(recording_id)
    day = datetime.fromtimestamp((recording.started_at or 0) / 1000, UTC).strftime("%Y-%m-%d")
    title = f"{recording.room_name} {day}"
    name = f"filename=\"{title}.mp4\"; filename*=UTF-8''{title.replace(' ', '%20')}.mp4"
    assert disposition("?download=true") == [f"attachment; {name}"]
    for query in ("", "?download=false", "?download=", "?download=TRUE", "?download=1"):
        assert disposition(query)[0].startswith("inline; ")
    assert stream(recording_id, query="?download=true").content == CONTENT


@pytest.mark.parametrize(
    "accept", ["*/*", "video/mp4, application/json", "application/json;q=0", "text/html"]
)
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

    monkeypatch.setattr(OpenFile, "read_base64", fail)
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
        # Not in the list: the GetObject before, which S3 refused.
        ("GET", {"Range": "bytes=0-1", "If_Range": '"x"'}, ["GetObject"]),
        ("GET", {"Range": "bytes=9999-"}, ["HeadObject"]),
        ("GET", {"Range": "bytes=-0"}, ["HeadObject"]),
        ("HEAD", {}, ["HeadObject"]),
    ],
)
def test_s3_is_asked_no_more_than_needed(
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
    sent = f"bytes 0-{MAX_LENGTH - 1}/{5 * MIB}"

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

    file = {"ContentRange": sent, "ContentLength": MAX_LENGTH, "ETag": '"e"'}
    client = SimpleNamespace(get_object=lambda **request: {**file, "Body": Body()})
    headers = {"Range": "bytes=0-", "Sec-Fetch-Dest": "video"}
    request = event("GET", f"/api/v1/recordings/{recording_id}/stream", headers=headers)
    handler = import_module("functions.get_recording_stream.app").handler
    with monkeypatch.context() as fake:
        fake.setattr(
            "meet.wiring.recordings.media_store", lambda: MediaStore(cast(Any, client), BUCKET)
        )
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
