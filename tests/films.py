"""MP4 files of every shape that encoders write, and what is in them."""

import hashlib
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from av.container import OutputContainer

AT_THE_END = ""
AT_THE_BEGINNING = "faststart"
IN_FRAGMENTS = "frag_keyframe"
IN_FRAGMENTS_AFTER_A_HEAD = "frag_keyframe+empty_moov+default_base_moof"


@cache
def film(movflags: str = AT_THE_END, pictures: int = 16, width: int = 64) -> bytes:
    """Return a film of noise, which hardly can be compressed, and a tone."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "film.mp4")
        options = {"movflags": movflags} if movflags else {}
        with av.open(str(path), "w", options=options) as container:
            _write(container, pictures, width)
        return path.read_bytes()


def _write(container: OutputContainer, pictures: int, width: int) -> None:
    video: Any = container.add_stream("mpeg4", rate=20, options={"qscale": "1"})
    height = width * 3 // 4
    video.width, video.height, video.pix_fmt, video.gop_size = width, height, "yuv420p", 1
    video.bit_rate = 100_000_000
    sound: Any = container.add_stream("aac", rate=48_000, layout="mono")
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    encoded: list[Any] = video.encode(av.VideoFrame.from_ndarray(pixels, "rgb24"))
    encoded += video.encode(None)
    for number in range(pictures):
        packet = av.Packet(bytes(encoded[0]))
        packet.stream, packet.time_base, packet.is_keyframe = video, Fraction(1, 20), True
        packet.pts = packet.dts = number
        packet.duration = 1
        container.mux(packet)
        wave = np.sin(np.arange(2400) / 10 + number).astype(np.float32)[None]
        tone = av.AudioFrame.from_ndarray(wave, "fltp", "mono")
        tone.sample_rate, tone.pts, tone.time_base = 48_000, number * 2400, Fraction(1, 48_000)
        container.mux(sound.encode(tone))
    container.mux(sound.encode(None))


def packets_of(content: bytes) -> list[tuple[Any, ...]]:
    """Return the times and the bytes of each packet, as a player gets them."""
    with av.open(BytesIO(content), "r") as container:
        return [
            (each.stream_index, each.pts, each.dts, each.duration, each.is_keyframe, _digest(each))
            for each in container.demux()
            if each.size
        ]


def pictures_of(content: bytes, first: int = 5) -> list[str]:
    """Return digests of the first decoded pictures."""
    with av.open(BytesIO(content), "r") as container:
        frames = zip(range(first), container.decode(video=0), strict=False)
        return [_digest(frame.to_ndarray()) for _, frame in frames]


def _digest(content: Any) -> str:
    return hashlib.sha256(bytes(content)).hexdigest()


def boxes_of(content: bytes) -> list[str]:
    """Return the names of the outermost boxes."""
    found, position = [], 0
    while position < len(content):
        size = int.from_bytes(content[position : position + 4])
        if size == 1:
            size = int.from_bytes(content[position + 8 : position + 16])
        found.append(content[position + 4 : position + 8].decode())
        position += size or len(content)
    return found
