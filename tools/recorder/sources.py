"""Turns frames of LiveKit tracks into pictures to place and samples to mix."""

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from tools.recorder.layout import Box, fit

SAMPLE_RATE = 48_000
CHANNELS = 2
DELAY = SAMPLE_RATE * 60 // 1000
"""Samples held back so that a late packet leaves no hole."""
SLACK = SAMPLE_RATE * 140 // 1000
"""Samples beyond the delay that may pile up before the sound is pulled back into sync."""
_BETWEEN_PULLS = SAMPLE_RATE // 30
_PULLS_TO_JUDGE = 90
_FLOOD = SAMPLE_RATE * 10

Plane: TypeAlias = NDArray[np.uint8]
Samples: TypeAlias = NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A frame as it arrived: I420, and how it is to be turned."""

    data: Any
    width: int
    height: int
    quarter_turns: int


@dataclass(slots=True, eq=False)
class VideoSource:
    """One video track; the room writes the latest frame, the encoder reads it."""

    latest: Still | None = None
    muted: bool = False
    _scaler: VideoReformatter = field(default_factory=VideoReformatter)

    @property
    def visible(self) -> Still | None:
        """Return the current picture."""
        return None if self.muted else self.latest

    def scaled(self, still: Still, box: Box) -> tuple[Box, tuple[Plane, Plane, Plane]]:
        """Return the place of a frame in the box, and its planes at that size."""
        frame = _upright(still)
        place = fit(frame.width, frame.height, box)
        out = self._scaler.reformat(
            frame,
            width=place.width,
            height=place.height,
            format="yuv420p",
            interpolation="FAST_BILINEAR",
        )
        pixels: Plane = out.to_ndarray().astype(np.uint8, copy=False).reshape(-1)
        return place, planes(pixels, place.width, place.height)


def planes(i420: Plane, width: int, height: int) -> tuple[Plane, Plane, Plane]:
    """Return the Y, U and V views of a flat I420 picture."""
    chroma_width, chroma_height = (width + 1) // 2, (height + 1) // 2
    luma, chroma = width * height, chroma_width * chroma_height
    return (
        i420[:luma].reshape(height, width),
        i420[luma : luma + chroma].reshape(chroma_height, chroma_width),
        i420[luma + chroma : luma + 2 * chroma].reshape(chroma_height, chroma_width),
    )


def _upright(still: Still) -> av.VideoFrame:
    flat = np.frombuffer(still.data, np.uint8)
    width, height = still.width, still.height
    if still.quarter_turns or width % 2 or height % 2:
        y, u, v = (np.rot90(plane, -still.quarter_turns) for plane in planes(flat, width, height))
        height, width = y.shape[0] & ~1, y.shape[1] & ~1
        flat = np.concatenate(
            [
                y[:height, :width].reshape(-1),
                u[: height // 2, : width // 2].reshape(-1),
                v[: height // 2, : width // 2].reshape(-1),
            ]
        )
    picture = flat[: width * height * 3 // 2].reshape(height * 3 // 2, width)
    return av.VideoFrame.from_ndarray(picture, format="yuv420p")


class AudioSource:
    """A small jitter buffer for one audio track."""

    def __init__(self) -> None:
        self._chunks: deque[Samples] = deque()
        self._held = 0
        self._filling = True
        self._aligned = False
        self._lowest = _FLOOD
        self._pulls = 0
        self._lock = threading.Lock()

    def push(self, samples: Samples) -> None:
        """Add received samples: rows of CHANNELS at SAMPLE_RATE."""
        with self._lock:
            self._chunks.append(samples)
            self._held += len(samples)
            if self._held > _FLOOD:
                self._drop(self._held - DELAY)
            if self._held >= DELAY:
                self._filling = False

    def pull(self, count: int) -> Samples | None:
        """Take `count` samples, filled up with silence; None if all would be silence."""
        with self._lock:
            if self._filling:
                return None
            if not self._aligned:
                # Samples from before the first pull would delay the sound.
                self._drop(self._held - count - DELAY + _BETWEEN_PULLS)
                self._aligned = True
            out = np.zeros((count, CHANNELS), np.int16)
            filled = 0
            while filled < count and self._chunks:
                chunk = self._chunks.popleft()
                part = chunk[: count - filled]
                out[filled : filled + len(part)] = part
                filled += len(part)
                if len(part) < len(chunk):
                    self._chunks.appendleft(chunk[len(part) :])
            self._held -= filled
            self._filling = filled < count
            self._aligned = not self._filling
            self._catch_up()
            return out

    def _catch_up(self) -> None:
        """Drop the surplus of a burst; an encoder that is late asks for it by itself."""
        self._lowest = min(self._lowest, self._held)
        self._pulls += 1
        if self._held > DELAY + SLACK:
            self._drop(self._held - DELAY)
        elif self._pulls < _PULLS_TO_JUDGE:
            return
        elif self._lowest > DELAY:
            self._drop(self._lowest - DELAY + _BETWEEN_PULLS)
        self._lowest, self._pulls = _FLOOD, 0

    def _drop(self, count: int) -> None:
        while count > 0 and self._chunks:
            chunk = self._chunks.popleft()
            if len(chunk) > count:
                self._chunks.appendleft(chunk[count:])
            dropped = min(count, len(chunk))
            count -= dropped
            self._held -= dropped


def mix(sources: list[AudioSource], count: int) -> Samples:
    """Pull `count` samples of each source and mix them."""
    total = np.zeros((count, CHANNELS), np.int32)
    for source in sources:
        samples = source.pull(count)
        if samples is not None:
            total += samples
    return np.clip(total, -32768, 32767).astype(np.int16)
