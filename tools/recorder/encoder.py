"""Encodes the current picture and sound, by the wall clock, into one steady recording."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import OutputContainer

from tools.recorder.picture import Picture, Tile
from tools.recorder.sources import CHANNELS, DELAY, SAMPLE_RATE, AudioSource, mix


@dataclass(frozen=True, slots=True)
class Format:
    """What to encode: pixels, frames per second, bits per second, seconds between keyframes."""

    width: int
    height: int
    fps: int
    video_bitrate: int
    audio_bitrate: int
    keyframe_interval: float
    video: bool
    audio: bool
    layout: str = "grid"


@dataclass(frozen=True, slots=True)
class Stage:
    """The picture and sound at one moment."""

    tiles: tuple[Tile, ...] = ()
    speaking: frozenset[str] = frozenset()
    sounds: tuple[AudioSource, ...] = ()


@dataclass(slots=True)
class Figures:
    """Statistics: all and late frames, seconds of work and in all."""

    frames: int = 0
    late_frames: int = 0
    busy_seconds: float = 0.0
    seconds: float = 0.0


def record(
    path: Path,
    form: Format,
    stage: Callable[[], Stage],
    halt: threading.Event,
    started: Callable[[], None],
) -> Figures:
    """Write the stage to a file until halted. Blocks; raises av.FFmpegError or OSError.

    Until this returns the file has no index, and cannot be played.
    """
    figures = Figures()
    with av.open(str(path), "w", format="mp4") as out:
        picture = _Pictures(out, form) if form.video else None
        sound = _Sounds(out, form) if form.audio else None
        begin = time.monotonic()
        started()
        tick = 0
        while True:
            last = halt.is_set()
            now = time.monotonic()
            current = stage()
            if picture:
                picture.write(current, tick)
            if sound:
                sound.write(current, Fraction(tick + 1, form.fps), last)
            figures.frames += 1
            figures.busy_seconds += time.monotonic() - now
            figures.seconds = (tick + 1) / form.fps
            if last:
                break
            # Late: the picture skips the missed ticks, and the sound catches up.
            due = max(tick + 1, int((time.monotonic() - begin) * form.fps))
            figures.late_frames += due - tick - 1
            tick = due
            halt.wait(max(0.0, begin + tick / form.fps - time.monotonic()))
        for track in (picture, sound):
            if track:
                track.finish()
    return figures


class _Pictures:
    def __init__(self, out: OutputContainer, form: Format) -> None:
        self._out = out
        self._time_base = Fraction(1, form.fps)
        self._picture = Picture(form.width, form.height, form.layout)
        kilobits = form.video_bitrate // 1000
        # B frames would put decoding times before zero, and players would start late.
        options = {
            "preset": "veryfast",
            "profile": "main",
            "crf": "24",
            "maxrate": f"{kilobits}k",
            "bufsize": f"{2 * kilobits}k",
            "bf": "0",
            "g": str(max(1, round(form.keyframe_interval * form.fps))),
        }
        stream: Any = out.add_stream("libx264", rate=form.fps, options=options)
        stream.width, stream.height, stream.pix_fmt = form.width, form.height, "yuv420p"
        stream.codec_context.time_base = self._time_base
        self._stream = stream

    def write(self, stage: Stage, tick: int) -> None:
        painted = self._picture.paint(stage.tiles, stage.speaking)
        frame = av.VideoFrame.from_ndarray(painted, format="yuv420p")
        frame.pts, frame.time_base = tick, self._time_base
        self._out.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self._out.mux(self._stream.encode(None))


class _Sounds:
    def __init__(self, out: OutputContainer, form: Format) -> None:
        self._out = out
        self._written = 0
        stream: Any = out.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        stream.bit_rate = form.audio_bitrate
        self._stream = stream

    def write(self, stage: Stage, until: Fraction, last: bool) -> None:
        """Write up to a time; the samples pulled now are DELAY old."""
        due = int(until * SAMPLE_RATE) - (0 if last else DELAY) - self._written
        if due <= 0:
            return
        samples = mix(list(stage.sounds), due)
        frame = av.AudioFrame.from_ndarray(
            samples.reshape(1, due * CHANNELS), format="s16", layout="stereo"
        )
        frame.sample_rate, frame.time_base = SAMPLE_RATE, Fraction(1, SAMPLE_RATE)
        frame.pts = self._written
        self._written += due
        self._out.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self._out.mux(self._stream.encode(None))
