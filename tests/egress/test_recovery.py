"""What a worker makes of the files and states that another one left."""

import asyncio
import fcntl
import json
from pathlib import Path
from typing import Any

import av
import boto3
import numpy as np
import pytest
from livekit import api
from moto import mock_aws

from dev.egress import reports, upload
from dev.egress.container import write_survivable
from dev.egress.psrpc import Refused
from dev.egress.recording import Recording
from dev.egress.state import Place, State, unfinished
from dev.egress.upload import Credentials, Target, UploadFailed, put

STARTED = 1_700_000_000 * 10**9


class LiveKit:
    """Hears updates; is away for the first few."""

    def __init__(self, away: int = 0) -> None:
        self.heard: list[Any] = []
        self._away = away

    async def call(self, _service: str, method: str, info: Any, _reply: Any) -> None:
        assert method == "UpdateEgress"
        if self._away:
            self._away -= 1
            raise Refused("unavailable", "away")
        copy = api.EgressInfo()
        copy.CopyFrom(info)
        self.heard.append(copy)

    @property
    def statuses(self) -> list[str]:
        return [api.EgressStatus.Name(info.status).removeprefix("EGRESS_") for info in self.heard]


@pytest.fixture(autouse=True)
def bucket(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="bucket")
        yield s3


def left(
    directory: Path, status: str, details: str = "", target: str = "bucket"
) -> tuple[Place, State]:
    info = api.EgressInfo(
        egress_id="EG_1",
        room_name="room",
        status=f"EGRESS_{status}",
        started_at=STARTED,
        details=details,
    )
    info.file_results.add(filename="a/b.mp4", started_at=STARTED)
    place = Place(directory, "EG_1")
    state = State(info, Target(target, "a/b.mp4"), manifest=True)
    place.save(state)
    return place, state


def film(path: Path) -> None:
    """Write three seconds and cut them off in the third."""
    with write_survivable(path) as out:
        stream: Any = out.add_stream("libx264", rate=30, options={"bf": "0", "g": "30"})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for n in range(90):
            noise = np.random.default_rng(n).integers(0, 255, (96, 64), np.uint8)
            frame = av.VideoFrame.from_ndarray(noise, format="yuv420p")
            frame.pts = n
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 5 // 6])


def resume(directory: Path, livekit: Any) -> None:
    [(place, state)] = unfinished(directory)
    asyncio.run(Recording(livekit, place, state, Credentials()).resume())


def test_a_cut_off_file_is_uploaded_and_reported(tmp_path: Path, bucket: Any) -> None:
    livekit = LiveKit()
    film(left(tmp_path, "ACTIVE")[0].fragments)
    resume(tmp_path, livekit)
    assert livekit.statuses == ["ENDING", "COMPLETE"]
    info = livekit.heard[-1]
    assert info.details == "End reason: Process killed"
    assert info.file == info.file_results[0]
    assert 1.9 < info.file.duration / 1e9 < 2.6
    assert info.file.ended_at == STARTED + info.file.duration
    assert info.file.location == "https://bucket.s3.amazonaws.com/a/b.mp4"
    assert bucket.head_object(Bucket="bucket", Key="a/b.mp4")["ContentLength"] == info.file.size
    manifest = json.loads(bucket.get_object(Bucket="bucket", Key="a/EG_1.json")["Body"].read())
    assert manifest["files"] == [{"filename": "a/b.mp4", "location": info.file.location}]
    assert not list(tmp_path.iterdir())


def test_why_it_ended_is_remembered(tmp_path: Path) -> None:
    livekit = LiveKit()
    film(left(tmp_path, "ENDING", "End reason: StopEgress API")[0].fragments)
    resume(tmp_path, livekit)
    assert livekit.statuses == ["COMPLETE"]
    assert livekit.heard[-1].details == "End reason: StopEgress API"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("STARTING", "the worker ended before anything was recorded"),
        ("ACTIVE", "nothing playable was recorded (FileNotFoundError)"),
    ],
)
def test_without_a_file_it_failed(tmp_path: Path, status: str, error: str) -> None:
    livekit = LiveKit()
    left(tmp_path, status)
    resume(tmp_path, livekit)
    assert livekit.statuses[-1] == "FAILED"
    assert livekit.heard[-1].error == error
    assert not list(tmp_path.iterdir())


def test_an_end_that_livekit_did_not_hear_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "FIRST_DELAY", 0.001)
    livekit = LiveKit(away=4)
    left(tmp_path, "COMPLETE", "End reason: StopEgress API")
    resume(tmp_path, livekit)
    assert livekit.statuses == ["COMPLETE"]
    assert not list(tmp_path.iterdir())


def test_a_failed_upload_keeps_the_file(tmp_path: Path) -> None:
    livekit = LiveKit()
    place, _ = left(tmp_path, "ACTIVE", target="nowhere")
    film(place.fragments)
    resume(tmp_path, livekit)
    assert livekit.heard[-1].error == "S3 upload failed: NoSuchBucket"
    assert list(tmp_path.iterdir()) == [place.final]


def test_a_recorder_that_still_writes_is_waited_for(tmp_path: Path) -> None:
    place, _ = left(tmp_path, "ACTIVE")
    with place._lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert not asyncio.run(place.recorder_gone(0.2))
    assert asyncio.run(place.recorder_gone(0.2))


def test_states_survive_the_disk_and_broken_ones_are_put_aside(tmp_path: Path) -> None:
    _, state = left(tmp_path, "ACTIVE")
    (tmp_path / "EG_2.state.json").write_text('{"info": {}')
    (tmp_path / "EG_3.state.json").write_text("{}")
    [(place, loaded)] = unfinished(tmp_path)
    assert place.egress_id == "EG_1"
    assert loaded == state
    assert len(list(tmp_path.glob("*.unreadable"))) == 2


def test_a_role_is_assumed_and_tags_are_set(tmp_path: Path, bucket: Any) -> None:
    path = tmp_path / "x"
    path.write_text("x")
    target = Target("bucket", "x.mp4", tagging="a=b", content_disposition="inline")
    role = Credentials(role="arn:aws:iam::123456789012:role/uploader", external_id="42")
    put(path, "video/mp4", target, role)
    head = bucket.head_object(Bucket="bucket", Key="x.mp4")
    assert head["ContentDisposition"] == "inline"
    tags = bucket.get_object_tagging(Bucket="bucket", Key="x.mp4")["TagSet"]
    assert tags == [{"Key": "a", "Value": "b"}]


def test_an_s3_that_is_away_fails_in_bounded_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(upload._BOUNDS, "retries", {"mode": "standard", "max_attempts": 1})
    path = tmp_path / "x"
    path.write_text("x")
    target = Target("bucket", "x.mp4", endpoint="http://127.0.0.1:9")
    with pytest.raises(UploadFailed, match=r"S3 upload failed: \w+$"):
        put(path, "video/mp4", target, Credentials("key", "secret"))
