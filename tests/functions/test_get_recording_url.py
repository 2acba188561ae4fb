"""GET /recordings/{recordingId}/url."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meet.recordings import playback
from tests.functions.gateway import ORIGIN
from tests.functions.recordings import NOT_FOUND, UNKNOWN_ID, Studio


def link(studio: Studio, recording_id: str) -> dict[str, Any]:
    reply = studio.call("GET", f"/recordings/{recording_id}/url")
    assert reply.status == 200, reply.text
    body: dict[str, Any] = reply.body
    return body


def test_it_is_a_link_to_the_stream_that_expires(studio: Studio) -> None:
    recording_id = studio.ready()
    answer = link(studio, recording_id)
    assert set(answer) == {"url", "expiresAt"}
    assert answer["expiresAt"] == studio.clock() + playback.LIFETIME
    url = urlsplit(answer["url"])
    assert f"{url.scheme}://{url.netloc}" == ORIGIN
    assert url.path == f"/meet/api/v1/recordings/{recording_id}/stream"
    assert list(parse_qs(url.query)) == ["token", "version"]


def test_it_outlives_any_s3_signature_of_a_role(studio: Studio) -> None:
    assert link(studio, studio.ready())["expiresAt"] - studio.clock() >= 12 * 3_600_000


def test_it_begins_with_the_public_url_of_the_stack(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://meet.example.com/")
    url = link(studio, studio.ready())["url"]
    assert url.startswith("https://meet.example.com/meet/api/v1/recordings/")


def test_what_is_not_ready_is_409_and_what_is_not_there_404(studio: Studio) -> None:
    for recording_id in (studio.start(), studio.active(), studio.failed()):
        reply = studio.call("GET", f"/recordings/{recording_id}/url")
        assert reply.status == 409
        assert reply.body == {
            "code": 409,
            "message": "The recording is not ready",
            "reason": "recording_not_ready",
        }
    for recording_id in (UNKNOWN_ID, "x", ".."):
        reply = studio.call("GET", f"/recordings/{recording_id}/url")
        assert (reply.status, reply.body) == NOT_FOUND
