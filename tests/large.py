"""A recording of several pieces: a real film, put under the key of a recording."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from meet.recordings.byte_range import MAX_LENGTH
from tests import recorded
from tests.films import AT_THE_BEGINNING
from tests.live import Client, eventually, warm

SIZE = 4 * MAX_LENGTH
"""At least: four segments of it are longer than a piece each."""
RATE = 10
SECONDS = 15
_WIDTH, _HEIGHT = 320, 240


@dataclass(frozen=True)
class Large:
    """A READY recording, and what its file has to be."""

    id: str
    filename: str
    room_name: str
    file: Path
    content: bytes

    @property
    def path(self) -> str:
        return f"/recordings/{self.id}/stream"

    def link(self, api: Client) -> str:
        """Return a link that needs no API key."""
        url: str = api.call("GET", f"/recordings/{self.id}/url").body["url"]
        return url


def film(file: Path, movflags: str = AT_THE_BEGINNING) -> bytes:
    """Write a film of noise, which no encoder makes small, and return its bytes."""
    random = np.random.default_rng(1)
    options = {"movflags": movflags} if movflags else {}
    with av.open(str(file), "w", options=options) as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        stream.options = {"preset": "ultrafast", "qp": "6", "g": str(RATE)}
        for _ in range(SECONDS * RATE):
            noise = random.integers(0, 256, (_HEIGHT, _WIDTH, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(noise, format="rgb24")))
        container.mux(stream.encode(None))
    return file.read_bytes()


def store(api: Client, file: Path, movflags: str = AT_THE_BEGINNING) -> Large:
    """Put the film where a recorder would, and wait until the event about it is heard."""
    warm(api, "Authorize", "RecordingUploaded", "FaststartRecording", "GetRecording")
    warm(api, "GetRecordingUrl", "GetRecordingStream")
    content = film(file, movflags)
    assert len(content) > SIZE, len(content)
    recording = recorded.store(api.stack, file)

    def is_ready() -> bool:
        shown = api.call("GET", f"/recordings/{recording.id}").body
        return (shown["status"], shown.get("size")) == ("READY", len(content))

    eventually(is_ready, 30, "the event about the file is heard")
    return Large(recording.id, recording.filename, recording.room_name, file, content)
