"""GET and HEAD /recordings/{recordingId}/download."""

import base64
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meet import wiring
from tests.functions.gateway import CONTEXT, event
from tests.functions.recordings import BUCKET, UNKNOWN_ID, Studio, stored

CONTENT = bytes(range(256)) * 4
LARGE = bytes(4 * 1024 * 1024 + 1)


def download(recording_id: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    request = event(method, f"/api/v1/recordings/{recording_id}/download", headers=headers)
    answer: dict[str, Any] = import_module("functions.get_recording_download.app").handler(
        request, CONTEXT
    )
    answer["headers"] = {k.lower(): v[0] for k, v in answer["multiValueHeaders"].items()}
    return answer


def saved_as(studio: Studio, room: str) -> str:
    day = datetime.fromtimestamp(studio.clock() / 1000, UTC).strftime("%Y-%m-%d")
    return f"attachment; filename=\"{room} {day}.mp4\"; filename*=UTF-8''{room}%20{day}.mp4"


def test_a_small_file_is_sent_whole_and_saved_under_its_rooms_name(studio: Studio) -> None:
    room = studio.room(roomNamePrefix="team")
    recording_id = studio.ready(CONTENT, room)
    answer = download(recording_id)
    assert answer["statusCode"] == 200
    assert base64.b64decode(answer["body"]) == CONTENT
    assert answer["headers"]["content-disposition"] == saved_as(studio, room)
    assert answer["headers"]["content-type"] == "video/mp4"
    assert answer["headers"]["etag"] == stored(recording_id).etag
    assert answer["headers"]["cache-control"] == "private, no-store"


def test_a_broken_download_goes_on_where_it_broke(studio: Studio) -> None:
    recording_id = studio.ready(CONTENT)
    etag = str(stored(recording_id).etag)
    answer = download(recording_id, Range="bytes=1000-", **{"If-Range": etag})
    assert answer["statusCode"] == 206
    assert base64.b64decode(answer["body"]) == CONTENT[1000:]
    other = download(recording_id, Range="bytes=1000-", **{"If-Range": '"another"'})
    assert (other["statusCode"], base64.b64decode(other["body"])) == (200, CONTENT)


def test_a_large_file_is_redirected_to_the_bucket_which_names_it_too(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.ready(LARGE, room)
    for method in ("GET", "HEAD"):
        answer = download(recording_id, method)
        assert (answer["statusCode"], answer["body"]) == (307, "")
        url = urlsplit(answer["headers"]["location"])
        assert url.path.endswith(f"{recording_id}.mp4")
        query = parse_qs(url.query)
        assert query["response-content-disposition"] == [saved_as(studio, room)]


def test_what_is_not_ready_is_409_and_what_is_not_there_404(studio: Studio) -> None:
    assert download(studio.active())["statusCode"] == 409
    assert download(UNKNOWN_ID)["statusCode"] == 404
    assert download(studio.ready(CONTENT), Range="bytes=9999-")["statusCode"] == 416


@pytest.mark.parametrize("content", [CONTENT, LARGE])
def test_a_lost_object_is_404(studio: Studio, content: bytes) -> None:
    recording_id = studio.ready(content)
    key = stored(recording_id).object_key
    wiring.media_store().client.delete_object(Bucket=BUCKET, Key=key)
    assert download(recording_id)["statusCode"] == 404
