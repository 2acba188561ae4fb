"""Knows how an MP4 is written so that it survives a kill, and made whole afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer, OutputContainer

FRAGMENT_SECONDS = 1

_SURVIVABLE = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof",
    # Keyframes end fragments too, but sound without pictures has none.
    "frag_duration": str(FRAGMENT_SECONDS * 1_000_000),
    "flush_packets": "1",
}


class Unplayable(Exception):
    """Nothing that plays was recorded."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A finished file: how long it plays in seconds, and its bytes."""

    duration: float
    size: int


def write_survivable(path: Path) -> OutputContainer:
    """Open a file of fragments: whatever happens, all but its last second can be read."""
    return av.open(str(path), "w", format="mp4", options=_SURVIVABLE)


def make_whole(fragments: Path, final: Path) -> Recorded:
    """Copy fragments, cut off anywhere, into an MP4 with its index in front; raise Unplayable."""
    try:
        with av.open(str(fragments)) as source:
            duration = _copy(source, final)
    except (av.FFmpegError, OSError, IndexError) as error:
        final.unlink(missing_ok=True)
        raise Unplayable(f"nothing playable was recorded ({type(error).__name__})") from error
    if not duration:
        final.unlink(missing_ok=True)
        raise Unplayable("nothing playable was recorded (no frames)")
    return Recorded(float(duration), final.stat().st_size)


def _copy(source: InputContainer, final: Path) -> Fraction:
    """Return the seconds copied."""
    begin: Fraction | None = None
    end = Fraction(0)
    with av.open(str(final), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        copies: dict[int, Any] = {
            stream.index: out.add_stream_from_template(stream) for stream in source.streams
        }
        for packet in _intact(source):
            if packet.pts is None or packet.dts is None or packet.time_base is None:
                continue
            starts = packet.pts * packet.time_base
            begin = starts if begin is None else min(begin, starts)
            end = max(end, starts + (packet.duration or 0) * packet.time_base)
            packet.stream = copies[packet.stream.index]
            out.mux(packet)
    return end - begin if begin is not None else Fraction(0)


def _intact(source: InputContainer) -> Iterator[Any]:
    """Yield packets up to where the file breaks off."""
    try:
        for packet in source.demux():
            if packet.size and not packet.is_corrupt:
                yield packet
    except av.FFmpegError:
        return
