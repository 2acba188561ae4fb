"""Which requests are served, and where their files go."""

from typing import Any

import pytest
from livekit import api

from tools.recorder.psrpc import Refused
from tools.recorder.request import accept, file_key
from tools.recorder.upload import Credentials
from tools.recorder.wire import StartEgressRequest

NOW = 1_700_000_000_123_000_000  # 2023-11-14 22:13:20 UTC


def file(**fields: Any) -> Any:
    return api.EncodedFileOutput(**{"s3": api.S3Upload(bucket="bucket", region="r"), **fields})


def asking(**fields: Any) -> Any:
    composite = {"room_name": "room", "file_outputs": [file(filepath="a.mp4")], **fields}
    return StartEgressRequest(
        egress_id="EG_1",
        room_id="RM_1",
        room_composite=api.RoomCompositeEgressRequest(**composite),
    )


def test_a_bucket_and_a_region_are_enough() -> None:
    job = accept(asking(), NOW)
    assert (job.target.bucket, job.target.key, job.target.endpoint) == ("bucket", "a.mp4", "")
    assert (job.form.width, job.form.height, job.form.fps) == (1280, 720, 30)
    assert job.manifest
    assert job.info.file == job.info.file_results[0]


def test_the_deprecated_output_is_taken_too() -> None:
    job = accept(asking(file_outputs=[], file=file(filepath="old", disable_manifest=True)), NOW)
    assert job.target.key == "old.mp4"
    assert not job.manifest


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        (api.EncodingOptionsPreset.H264_720P_60, (1280, 720, 30)),
        (api.EncodingOptionsPreset.H264_1080P_30, (1920, 1080, 30)),
        (api.EncodingOptionsPreset.PORTRAIT_H264_720P_30, (720, 1280, 30)),
    ],
)
def test_presets_set_the_size_and_the_machine_the_rate(preset: Any, expected: Any) -> None:
    form = accept(asking(preset=preset), NOW).form
    assert (form.width, form.height, form.fps) == expected


def test_a_role_needs_a_key_of_the_workers_own_which_the_request_cannot_bring() -> None:
    role: dict[str, Any] = {"assume_role_arn": "arn:role", "assume_role_external_id": "42"}
    s3 = api.S3Upload(bucket="b", access_key="theirs", secret="theirs", **role)
    request = asking(file_outputs=[file(filepath="a", s3=s3)])
    with pytest.raises(Refused) as refused:
        accept(request, NOW)
    text = "S3 upload using AssumeRole is disabled for this account"
    assert (refused.value.code, str(refused.value)) == ("permission_denied", text)
    own = Credentials("own", "own secret")
    assert accept(request, NOW, own).credentials == Credentials(
        "own", "own secret", role="arn:role", external_id="42"
    )


def test_advanced_options_are_followed() -> None:
    options = api.EncodingOptions(
        width=641, height=360, framerate=15, video_bitrate=700, key_frame_interval=1
    )
    form = accept(asking(advanced=options), NOW).form
    assert (form.width, form.height, form.fps) == (640, 360, 15)
    assert (form.video_bitrate, form.keyframe_interval) == (700_000, 1)


SEGMENTS = api.SegmentedFileOutput(filename_prefix="x")
OPUS = api.EncodingOptions(audio_codec="OPUS")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"room_name": ""}, "invalid_argument"),
        ({"file_outputs": []}, "invalid_argument"),
        ({"file_outputs": [file(), file()]}, "invalid_argument"),
        ({"file_outputs": [api.EncodedFileOutput()]}, "invalid_argument"),
        ({"audio_only": True, "video_only": True}, "invalid_argument"),
        ({"preset": 99}, "invalid_argument"),
        ({"advanced": api.EncodingOptions(width=100_000)}, "invalid_argument"),
        ({"advanced": OPUS}, "unimplemented"),
        ({"file_outputs": [file(file_type=api.EncodedFileType.OGG)]}, "unimplemented"),
        ({"file_outputs": [file(s3=None, gcp=api.GCPUpload(bucket="b"))]}, "unimplemented"),
        ({"segment_outputs": [SEGMENTS]}, "unimplemented"),
        ({"segments": SEGMENTS, "file_outputs": []}, "unimplemented"),
        ({"custom_base_url": "http://127.0.0.1"}, "unimplemented"),
    ],
)
def test_what_cannot_be_done_is_refused(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        accept(asking(**fields), NOW)
    assert refused.value.code == code


def test_other_kinds_of_egress_are_refused() -> None:
    web = StartEgressRequest(egress_id="EG_1", web=api.WebEgressRequest(url="http://x"))
    with pytest.raises(Refused) as refused:
        accept(web, NOW)
    assert refused.value.code == "unimplemented"


def test_an_egress_id_never_becomes_a_path() -> None:
    request = asking()
    request.egress_id = "../../etc/passwd"
    with pytest.raises(Refused):
        accept(request, NOW)


def test_secrets_are_kept_from_what_is_told() -> None:
    s3 = api.S3Upload(
        bucket="b",
        access_key="AKIA-hidden",
        secret="hidden",
        session_token="hidden",
        assume_role_arn="arn:aws:iam::1:role/r",
        assume_role_external_id="hidden",
    )
    job = accept(asking(file_outputs=[file(s3=s3)]), NOW, Credentials("hidden", "hidden"))
    assert "hidden" not in f"{job.info} {job}"
    assert job.info.room_composite.file_outputs[0].s3.access_key == "{access_key}"
    assert job.credentials.secret == "hidden"
    assert job.credentials.role == "arn:aws:iam::1:role/r"


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("", "room-2023-11-14T221320.mp4"),
        ("folder/", "folder/room-2023-11-14T221320.mp4"),
        ("{room_name}/{room_id}-{time}", "room/RM_1-2023-11-14T221320.mp4"),
        ("{utc}.mp4", "20231114221320123.mp4"),
        ("../../up", "up.mp4"),
        ("a.mov", "a.mov.mp4"),
    ],
)
def test_file_names_are_filled_in_like_livekit_does(path: str, key: str) -> None:
    assert file_key(path, "room", "RM_1", NOW) == key
