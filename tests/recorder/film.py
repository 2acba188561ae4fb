"""A recording read back: its colours, tones, flashes and beeps."""

from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from tools.demo.people import BEAT_SECONDS


class Film:
    """A recording read back."""

    def __init__(self, path: Path) -> None:
        with av.open(str(path)) as file:
            self.codecs = {stream.codec_context.name for stream in file.streams}
            self.seconds = (file.duration or 0) / av.time_base
        with av.open(str(path)) as file:
            frames = list(file.decode(video=0)) if "h264" in self.codecs else []
        self.times = [float(frame.time or 0) for frame in frames]
        self.pictures: list[NDArray[Any]] = [frame.to_ndarray() for frame in frames]
        with av.open(str(path)) as file:
            sound = list(file.decode(audio=0)) if "aac" in self.codecs else []
        self.samples = np.concatenate([frame.to_ndarray()[0] for frame in sound])
        self.sound_begins = float(sound[0].time or 0)

    def colours(self, picture: NDArray[Any]) -> set[tuple[int, int]]:
        """Return the chroma of the picture's points, coarsely."""
        height = picture.shape[0] * 2 // 3
        width = picture.shape[1]
        chroma = picture[height:].reshape(2, height // 2, width // 2)
        points = chroma[:, ::8, ::8].reshape(2, -1).T
        return {(round(int(u) / 40), round(int(v) / 40)) for u, v in points}


def shows(film: Film, picture: NDArray[Any], colour: tuple[int, int, int]) -> bool:
    return (round(colour[1] / 40), round(colour[2] / 40)) in film.colours(picture)


def strength(film: Film, hertz: int) -> float:
    spectrum = np.abs(np.fft.rfft(film.samples))
    bins = np.fft.rfftfreq(len(film.samples), 1 / 48_000)
    near = (bins > hertz - 15) & (bins < hertz + 15)
    return float((spectrum[near] ** 2).sum() / (spectrum**2).sum())


class Beat(NamedTuple):
    """A flash or a beep; seconds in the film."""

    at: float
    length: float


def flashes(film: Film) -> list[Beat]:
    bright = [float((p[:720] > 200).mean()) > 0.15 for p in film.pictures]
    return _beats(bright, film.times)


def beeps(film: Film) -> list[Beat]:
    """Return where the 1 kHz tone is heard."""
    step = 480
    count = len(film.samples) // step
    blocks = film.samples[: count * step].reshape(count, step)
    wave = np.exp(-2j * np.pi * 1000 * np.arange(step) / 48_000)
    loud = np.abs(blocks @ wave) / step > 0.03
    return _beats(loud.tolist(), [film.sound_begins + n * step / 48_000 for n in range(count)])


def sound_after_picture(film: Film) -> list[float]:
    """Return the seconds between flash and beep, for each beat that came through undisturbed.

    A busy machine cuts, stretches and delays what is published, before any recorder sees it.
    """
    heard = [beep.at for beep in _steady(beeps(film))]
    offsets = [beep - flash.at for flash in _steady(flashes(film)) for beep in heard]
    return [each for each in offsets if abs(each) < 0.5]


def _beats(is_on: list[bool], times: list[float]) -> list[Beat]:
    """Return the beats that begin and end in the film."""
    pairs = zip(pairwise(is_on), times[1:], strict=True)
    changes = [(at, now) for (before, now), at in pairs if now != before]
    return [Beat(at, end - at) for ((at, now), (end, _)) in pairwise(changes) if now]


def _steady(beats: list[Beat]) -> list[Beat]:
    """Return those as long as they were played, and a second after the one before."""
    return [
        beat
        for before, beat in pairwise(beats)
        if abs(beat.at - before.at - 1) < 0.1 and abs(beat.length - BEAT_SECONDS) < 0.05
    ]
