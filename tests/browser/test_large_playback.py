"""A <video> element plays a recording of several pieces, in Chromium and in Firefox.

It gets pieces from the stream operation and never a presigned link, so there is nothing that a
pause could outlive but the link of the page itself, which is good for a day.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from playwright.sync_api import Page

from meet.recordings.byte_range import MAX_LENGTH
from tests.large import Large
from tests.live import Client, eventually

pytestmark = pytest.mark.every_browser

PAGE = b"""<!doctype html><title>player</title><video id="player" muted preload="auto"></video>"""
SECONDS = 15
BEFORE_THE_PAUSE = 2 * MAX_LENGTH

LOAD = "link => { document.getElementById('player').src = link }"
STATE = """() => {
  const player = document.getElementById("player");
  return [player.duration || 0, player.currentTime, player.error && player.error.message];
}"""
PLAY = "() => document.getElementById('player').play()"
PAUSE = "() => document.getElementById('player').pause()"
SEEK = """async (second) => {
  const player = document.getElementById("player");
  const seeked = new Promise((done) => player.addEventListener("seeked", done, {once: true}));
  player.currentTime = second;
  await seeked;
  return player.currentTime;
}"""
PLAY_TO_THE_END = """async () => {
  const player = document.getElementById("player");
  const ended = new Promise((done) => player.addEventListener("ended", done, {once: true}));
  player.playbackRate = 2;
  await player.play();
  await ended;
  return player.currentTime;
}"""


@dataclass
class Front:
    """Stands between a browser and the stack, and notes what passes."""

    origin: str
    asked: list[tuple[int, str | None, int]] = field(default_factory=list)
    """(first byte, Sec-Fetch-Dest, status)"""
    paused: threading.Event = field(default_factory=threading.Event)
    """What comes after the first two pieces is not sent before."""


@contextmanager
def front(api: Client) -> Iterator[Front]:
    http = urllib3.PoolManager()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if "/stream" not in self.path:
                self._send(200, {"Content-Type": "text/html"}, PAGE)
                return
            sent = {k: v for k, v in self.headers.items() if k.lower() not in {"host", "origin"}}
            wanted = self.headers.get("Range", "bytes=0-").removeprefix("bytes=")
            first = int(wanted.partition("-")[0])
            if first >= BEFORE_THE_PAUSE:
                passing.paused.wait(60)
            answer = http.request(
                "GET", api.stack.origin + self.path, headers=sent, redirect=False, retries=False
            )
            passing.asked.append((first, self.headers.get("Sec-Fetch-Dest"), answer.status))
            kept = {"content-type", "content-range", "accept-ranges", "etag", "location", "vary"}
            headers = {k: v for k, v in answer.headers.items() if k.lower() in kept}
            self._send(answer.status, headers, answer.data)

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Ignore that a browser hung up, as it does when it seeks."""

    with Server(("127.0.0.1", 0), Handler) as server:
        passing = Front(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield passing
        finally:
            passing.paused.set()
            server.shutdown()


def test_a_large_recording_plays_seeks_and_survives_any_pause(
    api: Client, large: Large, page: Page
) -> None:
    link = urlsplit(large.link(api))
    with front(api) as passing:
        page.goto(f"{passing.origin}/player")
        page.evaluate(LOAD, f"{passing.origin}{link.path}?{link.query}")

        def state(condition: Callable[[float, float], bool]) -> Callable[[], bool]:
            def holds() -> bool:
                duration, current, error = page.evaluate(STATE)
                assert error is None
                return condition(duration, current)

            return holds

        eventually(state(lambda duration, _: duration > 0), 30, "the browser knows the length")
        assert abs(page.evaluate(STATE)[0] - SECONDS) < 0.5
        page.evaluate(PLAY)
        eventually(state(lambda _, current: current > 1), 30, "it plays")
        page.evaluate(PAUSE)
        before = len(passing.asked)
        passing.paused.set()
        assert page.evaluate(SEEK, SECONDS - 3) == pytest.approx(SECONDS - 3, abs=0.2)
        assert page.evaluate(SEEK, 2) == pytest.approx(2, abs=0.2)
        assert page.evaluate(SEEK, SECONDS - 6) == pytest.approx(SECONDS - 6, abs=0.2)
        assert page.evaluate(PLAY_TO_THE_END) == pytest.approx(SECONDS, abs=0.5)
        after = passing.asked[before:]
    print(passing.asked)
    assert after, "the rest came after the pause"
    assert max(first for first, _, _ in after) >= BEFORE_THE_PAUSE
    assert {(kind, status) for _, kind, status in passing.asked} == {("video", 206)}
