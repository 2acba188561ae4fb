"""Sound, time and the file."""

import threading
import time
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from tools.recorder import encoder
from tools.recorder.sources import DELAY, SAMPLE_RATE, SLACK, AudioSource, mix

FORM = encoder.Format(
    width=320,
    height=180,
    fps=30,
    video_bitrate=500_000,
    audio_bitrate=64_000,
    keyframe_interval=1,
    video=True,
    audio=True,
)


def ones(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    return np.ones((count, 2), np.int16)


def test_sound_waits_for_its_delay_then_flows() -> None:
    source = AudioSource()
    source.push(ones(DELAY - 1))
    assert source.pull(100) is None
    source.push(ones(1))
    samples = source.pull(DELAY + 50)
    assert samples is not None
    assert samples[:, 0].tolist() == [1] * DELAY + [0] * 50
    assert source.pull(1) is None


def test_a_late_encoder_gets_all_but_a_late_publisher_is_pulled_into_sync() -> None:
    source = AudioSource()
    source.push(ones(DELAY))
    source.pull(DELAY // 2)
    source.push(ones(SAMPLE_RATE))
    samples = source.pull(SAMPLE_RATE - DELAY)
    assert samples is not None
    assert samples.all()
    source.push(ones(2 * SLACK))
    source.pull(1)
    rest = source.pull(SAMPLE_RATE)
    assert rest is not None
    assert int(rest[:, 0].sum()) == DELAY


def test_what_arrived_before_the_recording_does_not_delay_it() -> None:
    source = AudioSource()
    source.push(ones(DELAY))
    source.push(2 * ones(DELAY))
    samples = source.pull(SAMPLE_RATE // 30)
    assert samples is not None
    assert set(samples[:, 0].tolist()) == {2}


def test_a_lasting_lag_is_made_up_for() -> None:
    source = AudioSource()
    source.push(ones(DELAY))
    source.pull(10)
    source.push(ones(DELAY))
    for _ in range(200):
        source.push(ones(1600))
        source.pull(1600)
    rest = source.pull(SAMPLE_RATE)
    assert rest is not None
    assert int(rest[:, 0].sum()) <= DELAY


def test_loud_voices_are_clipped_not_wrapped() -> None:
    sources = [AudioSource(), AudioSource()]
    for source in sources:
        source.push(np.full((DELAY, 2), 30_000, np.int16))
    assert mix(sources, 10).max() == 32767


def test_a_stalled_machine_costs_pictures_but_neither_sound_nor_time(tmp_path: Path) -> None:
    path, halt = tmp_path / "stall.mp4", threading.Event()
    calls = 0

    def stage() -> encoder.Stage:
        nonlocal calls
        calls += 1
        if calls == 10:
            time.sleep(0.5)
        return encoder.Stage()

    threading.Timer(1.5, halt.set).start()
    figures = encoder.record(path, FORM, stage, halt, lambda: None)
    assert figures.late_frames >= 10
    assert abs(figures.seconds - 1.5) < 0.2
    assert abs(played(path) - figures.seconds) < 0.1
    with av.open(str(path)) as file:
        frames = list(file.decode(audio=0))
    begins = [frame.pts or 0 for frame in frames]
    assert {after - before for before, after in pairwise(begins)} == {1024}


def test_the_index_is_at_the_end_and_until_then_there_is_none(tmp_path: Path) -> None:
    """As LiveKit's egress has it: players have to look there, and a kill leaves nothing."""
    path, halt = tmp_path / "film.mp4", threading.Event()
    cut = b""
    ticks = 0

    def stage() -> encoder.Stage:
        nonlocal cut, ticks
        ticks += 1
        if ticks == 40:
            cut = path.read_bytes()
            halt.set()
        return encoder.Stage()

    encoder.record(path, FORM, stage, halt, lambda: None)
    data = path.read_bytes()
    assert data.index(b"mdat") < data.index(b"moov")
    assert played(path) > 1
    assert b"moov" not in cut
    path.write_bytes(cut)
    with pytest.raises(av.FFmpegError):
        played(path)


def played(path: Path) -> float:
    """Decode all of it and return the seconds of the last frame."""
    last = 0.0
    with av.open(str(path)) as file:
        for frame in file.decode():
            last = max(last, float(frame.time or 0))
    return last
