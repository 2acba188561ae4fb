"""What production code sees of the worker through a real livekit-server."""

from pathlib import Path

import numpy as np
import pytest
from livekit import api

from tests.recorder.film import Film, shows, sound_after_picture, strength
from tests.recorder.meetings import (
    ALICE,
    BLUE,
    BOB,
    RED,
    WHISPERER,
    WHOLE_LIFE,
    ended,
    nothing_left,
    recorded_for,
)
from tests.recorder.stack import Stack
from tools.recorder.recording import STOPPED_EARLY

ENOUGH_BEATS = 8
MOST_FILMS = 3


def test_two_people_are_recorded_with_picture_and_sound(livekit: Stack) -> None:
    with livekit.people("meeting", ALICE, BOB):
        egress_id = livekit.start("meeting")
        wall = recorded_for(livekit, egress_id, 6)
        running = livekit.info(egress_id)
        stopping = livekit.stop(egress_id)
        assert stopping.status == api.EgressStatus.EGRESS_ENDING
        assert stopping.file_results[0].ended_at == 0
        info = livekit.reaches(egress_id, "COMPLETE")

    assert ended(livekit, egress_id) == WHOLE_LIFE
    assert info.details == "End reason: StopEgress API"
    assert info.error == ""
    result = info.file_results[0]
    assert result == info.file
    assert result.filename == "meeting.mp4"
    assert result.location == f"{livekit.s3_url}/recordings/meeting.mp4"
    assert result.ended_at - result.started_at == result.duration
    assert 0 < running.started_at < running.file_results[0].started_at == result.started_at
    assert info.started_at == running.started_at, "when it was asked for"
    head = livekit.s3().head_object(Bucket="recordings", Key="meeting.mp4")
    assert (head["ContentType"], head["ContentLength"]) == ("video/mp4", result.size)
    assert head["ContentDisposition"] == "inline"

    film = Film(livekit.fetch("meeting.mp4"))
    assert film.codecs == {"h264", "aac"}
    assert abs(film.seconds - wall) < 1
    assert abs(wall - result.duration / 1e9) < 0.5, "by the clock, not by the file"
    assert film.pictures[0].shape == (720 * 3 // 2, 1280)
    for picture in (film.pictures[len(film.pictures) // 2], film.pictures[-5]):
        assert shows(film, picture, BLUE)
        assert shows(film, picture, RED)
    assert strength(film, 440) > 0.2
    assert strength(film, 1000) > 0.02
    nothing_left(livekit, egress_id)


def test_picture_and_sound_are_in_sync(livekit: Stack) -> None:
    offsets: list[float] = []
    films = 0
    with livekit.people("sync", ALICE, BOB):
        while len(offsets) < ENOUGH_BEATS:  # a film of fewer tells nothing
            films += 1
            assert films <= MOST_FILMS, "the machine is too busy to play beats"
            egress_id = livekit.start("sync")
            recorded_for(livekit, egress_id, 16)
            livekit.stop(egress_id)
            livekit.reaches(egress_id, "COMPLETE")
            offsets = sound_after_picture(Film(livekit.fetch("sync.mp4")))
            print("sound after picture, ms:", [round(1000 * offset) for offset in offsets])
    assert np.median(np.abs(offsets)) < 0.12


def test_secrets_reach_neither_livekit_nor_disk_nor_log_nor_processes(livekit: Stack) -> None:
    secret = "a-secret-of-the-request"
    output = api.EncodedFileOutput(
        filepath="folder/{room_name}",
        s3=api.S3Upload(
            access_key="an-access-key-of-the-request",
            secret=secret,
            session_token="a-token-of-the-request",
            bucket="recordings",
            region="eu-west-1",
            endpoint=livekit.s3_url,
            force_path_style=True,
            metadata={"meeting": "42"},
        ),
    )
    with livekit.people("secrets", WHISPERER):
        egress_id = livekit.start("secrets", file_outputs=[output], audio_only=True)
        livekit.reaches(egress_id, "ACTIVE")
        recorder = Path(f"/proc/{livekit.recorder(egress_id)}")
        seen = (recorder / "cmdline").read_bytes() + (recorder / "environ").read_bytes()
        for path in livekit.egress_directory.glob("*.json"):
            seen += path.read_bytes()
        recorded_for(livekit, egress_id, 1)
        livekit.stop(egress_id)
        info = livekit.reaches(egress_id, "COMPLETE")
    seen += str(info).encode() + livekit.worker_log().encode()
    for word in (b"-of-the-request", b"testing-secret-of-the-worker", b"devsecret"):
        assert word not in seen
    assert info.room_composite.file_outputs[0].s3.secret == "{secret}"
    assert info.manifest_location == f"{livekit.s3_url}/recordings/folder/{egress_id}.json"
    head = livekit.s3().head_object(Bucket="recordings", Key="folder/secrets.mp4")
    assert head["Metadata"] == {"meeting": "42"}
    film = Film(livekit.fetch("folder/secrets.mp4"))
    assert film.codecs == {"aac"}
    assert strength(film, 440) > 0.5


def test_stopped_before_anybody_publishes_it_is_aborted(livekit: Stack) -> None:
    livekit.make_room("silence")
    egress_id = livekit.start("silence")
    assert livekit.stop(egress_id).status == api.EgressStatus.EGRESS_ABORTED
    info = livekit.reaches(egress_id, "ABORTED")
    assert (info.error, info.error_code) == (STOPPED_EARLY, 412)
    assert info.file_results[0].started_at == 0
    assert ended(livekit, egress_id) == [
        ("egress_started", "EGRESS_STARTING"),
        ("egress_ended", "EGRESS_ABORTED"),
    ]
    nothing_left(livekit, egress_id)


def test_it_takes_two_at_once_and_refuses_the_third(livekit: Stack) -> None:
    for room in ("first", "second", "third"):
        livekit.make_room(room)
    running = [livekit.start("first"), livekit.start("second")]
    with pytest.raises(api.TwirpError) as refused:
        livekit.start("third")
    assert refused.value.code == "unavailable"
    for egress_id in running:
        livekit.stop(egress_id)
        livekit.reaches(egress_id, "ABORTED")
        nothing_left(livekit, egress_id)
    egress_id = livekit.start("third")
    livekit.stop(egress_id)
    livekit.reaches(egress_id, "ABORTED")


def test_what_it_cannot_do_is_refused(livekit: Stack) -> None:
    livekit.make_room("refusals")
    stream = api.StreamOutput(urls=["rtmp://127.0.0.1/live"])
    for code, request in (
        ("invalid_argument", {"file_outputs": []}),
        ("unimplemented", {"stream_outputs": [stream]}),
        ("unimplemented", {"custom_base_url": "http://127.0.0.1/template"}),
    ):
        with pytest.raises(api.TwirpError) as refused:
            livekit.start("refusals", **request)
        assert refused.value.code == code


def test_a_role_is_refused_unless_the_worker_has_a_key_of_its_own(livekit: Stack) -> None:
    livekit.make_room("role")
    s3 = api.S3Upload(bucket="recordings", assume_role_arn="arn:aws:iam::123456789012:role/uploads")
    output = api.EncodedFileOutput(filepath="role.mp4", disable_manifest=True, s3=s3)
    with pytest.raises(api.TwirpError) as refused:
        livekit.start("role", file_outputs=[output])
    assert refused.value.code == "permission_denied"
    assert "S3 upload using AssumeRole is disabled for this account" in refused.value.message


def test_limits_of_time_end_it(livekit: Stack) -> None:
    if livekit.worker:
        livekit.end_worker()
    livekit.start_worker(EGRESS_START_TIMEOUT="2", EGRESS_MAX_DURATION="2")
    livekit.make_room("nobody")
    unheard = livekit.start("nobody")
    with livekit.people("long", WHISPERER):
        egress_id = livekit.start("long")
        info = livekit.reaches(egress_id, "LIMIT_REACHED")
    assert (info.error, info.error_code) == ("Session limit reached", 413)
    assert 1.5 < Film(livekit.fetch("long.mp4")).seconds < 2.5
    assert livekit.reaches(unheard, "ABORTED").error == "Start signal not received"
    livekit.end_worker()
