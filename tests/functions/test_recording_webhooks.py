"""What POST /livekit/webhook makes of egresses, and the authorizer of playback links."""

from importlib import import_module
from itertools import permutations
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meet import wiring
from meet.livekit.rooms import room_metadata
from meet.recordings import playback, reasons
from meet.recordings.lifecycle import Evidence
from meet.recordings.repository import RecordingRepository
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import CONTEXT, event
from tests.functions.logs import Logs
from tests.functions.recordings import (
    BUCKET,
    UNKNOWN_ID,
    Studio,
    info_of,
    object_created,
    post,
    stored,
    webhook,
)

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/meet/GET/api/v1/recordings"


@pytest.mark.parametrize(
    ("evidence", "status"),
    [
        (Evidence.EGRESS_STARTING, "STARTING"),
        (Evidence.EGRESS_ACTIVE, "STARTED"),
        (Evidence.EGRESS_ENDING, "STOPPING"),
        (Evidence.EGRESS_COMPLETE, "STOPPED"),
        (Evidence.EGRESS_LIMIT_REACHED, "STOPPED"),
        (Evidence.EGRESS_FAILED, "FAILED"),
        (Evidence.EGRESS_ABORTED, "FAILED"),
    ],
)
def test_livekits_status_becomes_ours(studio: Studio, evidence: Evidence, status: str) -> None:
    recording_id = studio.start()
    for _ in range(2):
        studio.hear(recording_id, evidence)
        assert studio.status(recording_id) == status
    assert ("error" in studio.show(recording_id)) == (status == "FAILED")


@pytest.mark.parametrize(
    ("facts", "has_run", "error"),
    [
        ({}, True, reasons.FAILED),
        ({"error_code": 500}, True, reasons.CRASHED),
        ({"error_code": 500, "details": "End reason: Failure"}, True, reasons.FAILED),
        ({"error_code": 400, "details": "End reason: StopEgress API"}, True, reasons.NOT_UPLOADED),
        ({"error_code": 400, "details": "End reason: Failure"}, False, reasons.NOT_LOADED),
        ({"error_code": 403}, True, reasons.EXHAUSTED),
        ({"error_code": 403}, False, reasons.FAILED),
        ({"error_code": 503}, True, reasons.DISCONNECTED),
        ({"error_code": 499}, True, reasons.FAILED),
        ({"is_in_backup": True}, True, reasons.IN_BACKUP),
    ],
)
def test_a_failure_says_what_can_be_done_and_the_log_says_what_livekit_said(
    studio: Studio, logs: Logs, facts: dict[str, Any], has_run: bool, error: str
) -> None:
    recording_id = studio.start()
    if has_run:
        studio.hear(recording_id, Evidence.EGRESS_ACTIVE, started_at=studio.clock())
    said = "S3 upload failed: arn:aws:iam::123456789012:user/egress is not authorized"
    end = {"ended_at": studio.clock() + 5, "error": said, **facts}
    studio.hear(recording_id, Evidence.EGRESS_FAILED, **end)
    recording = studio.show(recording_id)
    assert recording["error"] == error
    assert ("startedAt" in recording) == has_run
    (line,) = [each for each in logs() if each["message"] == "egress failed"]
    assert (line["recording"], line["reason"]) == (recording_id, error)
    assert line["egress_error"] == said
    assert line.get("egress_error_code", 0) == facts.get("error_code", 0)
    assert line.get("egress_details", "") == facts.get("details", "")
    assert line.get("backup_storage_used", False) == facts.get("is_in_backup", False)


def test_every_change_is_logged_with_livekits_words(studio: Studio, logs: Logs) -> None:
    recording_id = studio.active()
    details = "End reason: Session limit reached"
    studio.hear(recording_id, Evidence.EGRESS_LIMIT_REACHED, details=details, error_code=413)
    line = [each for each in logs() if each["message"] == "egress status changed"][-1]
    assert (line["status"], line["recording"]) == ("STOPPED", recording_id)
    assert (line["egress_details"], line["egress_error_code"]) == (details, 413)


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ({"roomEndReason": "ROOM_END_SERVER_SHUTDOWN"}, "ROOM_END_SERVER_SHUTDOWN"),
        ({"roomEndReason": "A_REASON_TO_COME"}, "ROOM_END_UNKNOWN"),
        ({"roomEndReason": 99}, "99"),
        ({}, "ROOM_END_UNKNOWN"),
    ],
)
def test_why_a_meeting_ended_is_logged(
    studio: Studio, logs: Logs, said: dict[str, Any], logged: str
) -> None:
    room = {"name": "team-1", "metadata": room_metadata(wiring.owner())}
    assert post({"event": "room_finished", "room": room, **said}).status == 200
    assert post({"event": "room_finished", "room": {"name": "not ours"}, **said}).status == 200
    lines = [each for each in logs() if each["message"] == "meeting ended"]
    assert [(each["room"], each["reason"]) for each in lines] == [("team-1", logged)]


def test_one_that_livekit_describes_as_a_request_of_its_second_kind_is_ours_too(
    studio: Studio,
) -> None:
    """livekit-server 1.13 has StartEgress, into which it may turn what we ask."""
    recording_id = studio.start()
    info = info_of(studio.change(recording_id, Evidence.EGRESS_ACTIVE))
    del info["roomComposite"], info["file"], info["fileResults"]
    key = stored(recording_id).object_key
    info["egress"] = {
        "roomName": info["roomName"],
        "template": {"layout": "grid"},
        "outputs": [{"file": {"fileType": "MP4", "filepath": key}}],
        "storage": {"s3": {"bucket": BUCKET}},
    }
    assert webhook(info).status == 200
    assert studio.status(recording_id) == "STARTED"
    del studio.recorder.egresses[info["egressId"]]
    studio.livekit.inside.clear()
    studio.recorder.calls.clear()
    studio.call("DELETE", f"/rooms/{info['roomName']}")
    elsewhere = {"storage": {"s3": {"bucket": "of somebody else"}}}
    assert webhook(info | {"egress": info["egress"] | elsewhere}).status == 200
    assert studio.recorder.calls == [], "another bucket is another stack's"


def test_in_any_order_and_any_number_it_comes_to_the_same_end(studio: Studio) -> None:
    began = studio.clock()
    stories: list[tuple[Evidence, dict[str, Any]]] = [
        (Evidence.EGRESS_STARTING, {}),
        (Evidence.EGRESS_ACTIVE, {"started_at": began}),
        (Evidence.EGRESS_ENDING, {"started_at": began}),
        (Evidence.EGRESS_COMPLETE, {"started_at": began, "ended_at": began + 5}),
    ]
    ends = set()
    for order in permutations([*stories, None]):
        recording_id = studio.start()
        key = studio.upload(recording_id)
        for told in order:
            if told is None:
                object_created(key)
            else:
                studio.hear(recording_id, told[0], **told[1])
        recording = studio.show(recording_id)
        ends.add((recording["status"], recording["startedAt"], recording["endedAt"]))
        assert studio.is_free(recording["roomName"])
    assert ends == {("READY", began, began + 5)}


def test_egresses_that_are_not_ours_are_answered_200_and_ignored(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    recording_id = studio.start()
    aws_calls.forget()
    for key in ("", "x.mp4", "recordings/other.mp4", f"recordings/r/{UNKNOWN_ID}.mp4", "../é"):
        file = {"filename": key}
        info = {"egressId": "EG_9", "status": "EGRESS_FAILED", "file": file, "fileResults": [file]}
        assert webhook(info).status == 200
    assert webhook({"egressId": "EG_9", "status": "A_STATUS_TO_COME"}).status == 200
    assert "UpdateItem" not in aws_calls.names
    assert studio.status(recording_id) == "STARTING"


def test_what_is_not_stored_is_to_be_sent_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.start()
    info = info_of(studio.change(recording_id, Evidence.EGRESS_ACTIVE))

    def fail(*arguments: Any) -> None:
        raise RuntimeError("told to fail")

    with monkeypatch.context() as failing:
        failing.setattr(RecordingRepository, "observe", fail)
        reply = webhook(info)
        assert reply.status == 500
        assert "told to fail" not in reply.text
    assert webhook(info).status == 200
    assert studio.status(recording_id) == "STARTED"


def test_a_late_word_of_an_old_recording_does_not_free_the_room_of_a_new_one(
    studio: Studio,
) -> None:
    room = studio.room()
    old = studio.failed(room)
    new = studio.start(room)
    studio.hear(old, Evidence.EGRESS_FAILED)
    studio.upload(old)
    studio.hear(old, Evidence.EGRESS_COMPLETE)
    assert wiring.room_repository().get(room).active_recording_id == new


def may_play(url: str, method: str = "GET") -> bool:
    """True if the authorizer accepts a link without a key."""
    parts = urlsplit(url)
    path = f"{parts.path.removeprefix('/meet')}?{parts.query}"
    request = event(method, path) | {"type": "REQUEST", "methodArn": ARN}
    try:
        answer = import_module("functions.authorize.app").handler(request, CONTEXT)
    except Exception as error:
        assert (type(error), str(error)) == (Exception, "Unauthorized")
        return False
    return bool(answer["policyDocument"]["Statement"][0]["Resource"] == ARN)


def test_a_playback_link_opens_the_stream_of_that_recording_alone(studio: Studio) -> None:
    one, other = studio.ready(), studio.ready()
    url = studio.call("GET", f"/recordings/{one}/url").body["url"]
    (token,) = parse_qs(urlsplit(url).query)["token"]
    base = "/api/v1/recordings"
    assert may_play(url)
    assert may_play(url, "HEAD")
    assert not may_play(url.replace(one, other))
    assert not may_play(f"{base}/{one}/stream")
    assert not may_play(f"{base}/{one}/stream?token=")
    assert not may_play(f"{base}/{one}/stream?Token={token}")
    assert not may_play(f"{base}/{one}?token={token}")
    assert not may_play(f"{base}/{one}?token={token}", "DELETE")
    assert not may_play(f"{base}/{one}/url?token={token}")
    assert not may_play(f"{base}?token={token}")


def test_a_playback_link_expires_and_ends_with_its_recording(studio: Studio) -> None:
    recording_id = studio.ready()
    url = studio.call("GET", f"/recordings/{recording_id}/url").body["url"]
    studio.clock.advance(playback.LIFETIME - 1_000)
    assert may_play(url)
    studio.call("DELETE", f"/recordings/{recording_id}")
    reply = studio.call("GET", urlsplit(url).path.removeprefix("/meet/api/v1"))
    assert reply.status == 404
    studio.clock.advance(1_000)
    assert not may_play(url)


def test_a_webhook_names_its_recording_by_the_key_even_before_we_know_the_egress(
    studio: Studio,
) -> None:
    studio.recorder.answers = False
    recording_id = studio.start()
    studio.hear(recording_id, Evidence.EGRESS_ACTIVE, started_at=studio.clock())
    assert stored(recording_id).egress_id == "EG_1"
