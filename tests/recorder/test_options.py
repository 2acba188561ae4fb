"""What comes out of each layout and each encoding, measured in the file."""

from typing import Any

import av
import pytest
from livekit import api

from tests.recorder.film import Film, shows
from tests.recorder.meetings import ALICE, BLUE, BOB, RED, recorded_for
from tests.recorder.stack import Stack
from tools.recorder.request import MAX_FPS

SILENT: dict[str, Any] = {**BOB, "identity": "silent", "publish": ["camera"]}


def record(livekit: Stack, room: str, seconds: float, **request: Any) -> Any:
    egress_id = livekit.start(room, **request)
    recorded_for(livekit, egress_id, seconds)
    livekit.stop(egress_id)
    livekit.reaches(egress_id, "COMPLETE")
    return livekit.fetch(f"{room}.mp4")


@pytest.mark.parametrize(
    ("encoding", "size", "rate"),
    [
        ("H264_720P_30", (1280, 720), 30),
        ("H264_720P_60", (1280, 720), 60),
        ("H264_1080P_30", (1920, 1080), 30),
        ("H264_1080P_60", (1920, 1080), 60),
        ("PORTRAIT_H264_720P_30", (720, 1280), 30),
        ("PORTRAIT_H264_720P_60", (720, 1280), 60),
        ("PORTRAIT_H264_1080P_30", (1080, 1920), 30),
        ("PORTRAIT_H264_1080P_60", (1080, 1920), 60),
    ],
)
def test_a_picture_has_the_size_and_the_rate_of_its_encoding(
    livekit: Stack, encoding: str, size: tuple[int, int], rate: int
) -> None:
    preset = api.EncodingOptionsPreset.Value(encoding)
    with livekit.people(encoding, ALICE):
        path = record(livekit, encoding, 2, preset=preset)
    with av.open(str(path)) as file:
        [picture] = file.streams.video
        assert (picture.width, picture.height) == size
        assert picture.guessed_rate == min(rate, MAX_FPS), "what this machine can"
        print(encoding, size, float(picture.guessed_rate or 0))


def test_sound_alone_has_no_picture(livekit: Stack) -> None:
    with livekit.people("sound", ALICE, BOB):
        path = record(livekit, "sound", 2, audio_only=True)
    with av.open(str(path)) as file:
        assert [stream.type for stream in file.streams] == ["audio"]
        assert file.streams.audio[0].codec_context.name == "aac"
        assert (file.duration or 0) / av.time_base > 1.5


@pytest.mark.parametrize("layout", ["speaker", "single-speaker"])
def test_the_speaker_is_the_large_one(livekit: Stack, layout: str) -> None:
    with livekit.people(layout, SILENT, ALICE):
        film = Film(record(livekit, layout, 4, layout=layout))
    last = film.pictures[-5]
    height, width = 720, 1280
    chroma = last[height:].reshape(2, height // 2, width // 2)
    u, v = (int(plane[height // 4, width // 5]) for plane in chroma)
    assert (round(u / 40), round(v / 40)) == (round(BLUE[1] / 40), round(BLUE[2] / 40))
    assert shows(film, last, BLUE)
    assert shows(film, last, RED) is (layout == "speaker")
