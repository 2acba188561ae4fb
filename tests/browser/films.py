"""Recordings with a film that plays, made without a meeting, and people who watch them."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from meet import clock
from tests import recorded
from tests.browser.visitors import Visitor
from tests.live import HOUR, Client, eventually, warm

SECONDS, RATE = 12, 10

MOVED = """() => {
  const player = document.querySelector("video");
  return player.currentTime > 0.5 && player.getVideoPlaybackQuality().totalVideoFrames > 3;
}"""


def film(file: Path) -> None:
    """Write a film whose picture grows brighter."""
    with av.open(str(file), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for number in range(SECONDS * RATE):
            grey = np.full((360, 640, 3), number, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode(None))


def filmed(
    api: Client, folder: Path, started: int, room_name: str = "all-hands-7yj8dfcycq1n0gr"
) -> str:
    """Store a READY recording of a room, which need not be there, with its film; return its id."""
    warm(api, "RecordingUploaded")
    file = folder / "film.mp4"
    film(file)
    made = recorded.store(
        api.stack,
        file,
        room_name=room_name,
        createdAt=started,
        startedAt=started,
        endedAt=started + 1000 * SECONDS,
        duration=SECONDS,
    )

    def is_ready() -> bool:
        return bool(api.call("GET", f"/recordings/{made.id}").body["status"] == "READY")

    eventually(is_ready, 60, "the event about the file is heard")
    return made.id


def share(api: Client, recording: str, lifetime: int = HOUR, **options: Any) -> dict[str, Any]:
    """Make a link; lifetime in milliseconds."""
    wish = {"expiresAt": clock.now() + lifetime, **options}
    answer = api.call("POST", f"/recordings/{recording}/links", wish)
    assert answer.status == 201, answer
    link: dict[str, Any] = answer.body
    return link


def plays(somebody: Visitor) -> None:
    """Play the film by touching its player, until it has moved."""
    player = somebody.page.locator("video")
    player.evaluate("player => { player.muted = true; player.play() }")
    somebody.page.wait_for_function(MOVED, timeout=30_000)
    assert player.evaluate("player => player.duration") == pytest.approx(SECONDS, abs=0.5)
