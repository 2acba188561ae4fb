"""Recordings with a film that plays, made without a meeting, and people who watch them."""

from pathlib import Path
from typing import Any

import av
import boto3
import numpy as np
import pytest
from botocore.config import Config

from meet import clock, dynamodb
from meet.recordings.lifecycle import Status
from meet.recordings.model import Recording
from tests.browser.visitors import Visitor
from tests.live import HOUR, Client, eventually, warm

SECONDS, RATE = 12, 10

MOVED = """() => {
  const player = document.querySelector("video");
  return player.currentTime > 0.5 && player.getVideoPlaybackQuality().totalVideoFrames > 3;
}"""


def film(file: Path) -> bytes:
    """Write a film whose picture grows brighter, and return its bytes."""
    with av.open(str(file), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for number in range(SECONDS * RATE):
            grey = np.full((360, 640, 3), number, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode(None))
    return file.read_bytes()


def filmed(
    api: Client, folder: Path, started: int, room_name: str = "all-hands-7yj8dfcycq1n0gr"
) -> str:
    """Store a READY recording of a room, which need not be there, with its film; return its id."""
    warm(api, "RecordingUploaded")
    content = film(folder / "film.mp4")
    made = Recording.new(room_name, now=clock.now())
    item = {
        "recordingId": made.id,
        "roomName": made.room_name,
        "status": Status.STOPPED,
        "createdAt": started,
        "startedAt": started,
        "endedAt": started + 1000 * SECONDS,
        "duration": SECONDS,
    }
    stack = api.stack
    session = boto3.Session("test", "test", region_name=stack.region)
    endpoint = stack.aws_endpoint_url
    session.client("dynamodb", endpoint_url=endpoint).put_item(
        TableName=str(stack.recordings_table), Item=dynamodb.to_item(item)
    )
    session.client(
        "s3", endpoint_url=endpoint, config=Config(s3={"addressing_style": "path"})
    ).put_object(
        Bucket=str(stack.recordings_bucket),
        Key=made.object_key,
        Body=content,
        ContentType="video/mp4",
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
