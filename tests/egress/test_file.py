"""Sound, time and the file: what is written plays, however it was cut off."""

import random
import threading
import time
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from dev.egress import encoder
from dev.egress.container import FRAGMENT_SECONDS, Unplayable, make_whole, write_survivable
from dev.egress.sources import DELAY, SAMPLE_RATE, SLACK, AudioSource, mix

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
    whole = make_whole(path, tmp_path / "whole.mp4")
    assert figures.late_frames >= 10
    assert abs(figures.seconds - 1.5) < 0.2
    assert abs(whole.duration - figures.seconds) < 0.1
    with av.open(str(tmp_path / "whole.mp4")) as file:
        frames = list(file.decode(audio=0))
    begins = [frame.pts or 0 for frame in frames]
    assert {after - before for before, after in pairwise(begins)} == {1024}


@pytest.fixture(scope="module", params=["picture and sound", "sound"])
def fragments(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return five seconds as a recorder writes them."""
    path = tmp_path_factory.mktemp("fragments") / "whole.part.mp4"
    rng = np.random.default_rng(1)
    with write_survivable(path) as out:
        video = None
        if request.param != "sound":
            video = out.add_stream("libx264", rate=30, options={"bf": "0", "g": "30"})
            video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        audio = out.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        for n in range(150):
            if video:
                noise = rng.integers(0, 255, (270, 320), np.uint8)
                frame = av.VideoFrame.from_ndarray(noise, format="yuv420p")
                frame.pts = n
                out.mux(video.encode(frame))
            noise16 = rng.integers(-9000, 9000, (1, 3200), np.int16)
            sound = av.AudioFrame.from_ndarray(noise16, format="s16", layout="stereo")
            sound.sample_rate, sound.pts = SAMPLE_RATE, n * 1600
            out.mux(audio.encode(sound))
        for stream in (video, audio):
            if stream:
                out.mux(stream.encode(None))
    return path


def played(path: Path) -> float:
    """Decode all of it and return the seconds of the last frame."""
    last = 0.0
    with av.open(str(path)) as file:
        for frame in file.decode():
            last = max(last, float(frame.time or 0))
    return last


def test_the_whole_file_is_indexed_in_front(fragments: Path, tmp_path: Path) -> None:
    final = tmp_path / "final.mp4"
    recorded = make_whole(fragments, final)
    assert abs(recorded.duration - 5) < 0.1
    assert recorded.size == final.stat().st_size
    data = final.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert abs(played(final) - 5) < 0.1


def test_cut_off_at_any_byte_it_plays_up_to_there(fragments: Path, tmp_path: Path) -> None:
    data = fragments.read_bytes()
    second = len(data) / 5
    chance = random.Random(7)
    cuts = sorted(chance.sample(range(len(data)), 14))
    for cut in cuts:
        part, final = tmp_path / "cut.part.mp4", tmp_path / "cut.mp4"
        part.write_bytes(data[:cut])
        try:
            recorded = make_whole(part, final)
        except Unplayable:
            assert cut < (FRAGMENT_SECONDS + 0.5) * second
            assert not final.exists()
            continue
        assert recorded.duration > cut / second - FRAGMENT_SECONDS - 0.5
        assert played(final) > recorded.duration - 0.2


@pytest.mark.parametrize("content", [None, b"", b"not an mp4 at all" * 100])
def test_what_was_never_a_recording_is_unplayable(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "no.part.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Unplayable):
        make_whole(path, tmp_path / "no.mp4")
    assert not (tmp_path / "no.mp4").exists()
