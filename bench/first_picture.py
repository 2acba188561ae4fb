"""A recording of 1 GiB in Chromium: from its address to the first picture.

One film is stored twice: as egress writes it, with its index at the end, and with its index moved
to the beginning. The local stack moves the index of each; so the first one ends with a box of an
unknown type, which makes it a file that is left alone.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import av
import numpy as np
import urllib3
from playwright.sync_api import Browser, sync_playwright

from bench.table import ratio, table
from tests import recorded
from tests.browser.browsers import CHROMIUM, LAUNCHERS, window
from tools import ROOT
from tools.stack.local_stack import LocalStack

SIZE = 2**30
RATE, SECONDS = 30, 10
"""Pictures a second, and how much of the film is encoded before it repeats."""
ROUNDS = 5

_UNKNOWN_BOX = (8).to_bytes(4) + b"none"
_WAIT = 120
"""Seconds at most, until the index is moved."""

_FIRST_PICTURE = """url => new Promise((resolve, reject) => {
  const player = document.createElement("video");
  player.muted = true;
  player.onerror = () => reject(new Error(player.error.message));
  document.body.append(player);
  const began = performance.now();
  player.requestVideoFrameCallback(() => resolve(performance.now() - began));
  player.src = url;
  player.play();
})"""


class Shown(NamedTuple):
    """How long the first picture took, in seconds, and how many requests it needed."""

    seconds: float
    requests: int


def measure() -> str:
    """Return the table of times."""
    directory = ROOT / ".local" / "bench"
    shutil.rmtree(directory, ignore_errors=True)
    file = ROOT / ".local" / "film.mp4"
    try:
        with LocalStack(directory) as stack, _chromium() as browser:
            _write(file)
            moved = _store(stack, file)
            _wait_until_moved(stack, moved)
            with file.open("ab") as film:
                film.write(_UNKNOWN_BOX)
            untouched = _store(stack, file)
            rows = list(_rows(browser, _link(stack, untouched), _link(stack, moved)))
            assert not _begins_with_index(stack, untouched)
    finally:
        file.unlink(missing_ok=True)
    heads = ["a film of 1 GiB, its index", "seconds", "requests", "of the time at the end"]
    return table(heads, rows) + "\n"


def _rows(browser: Browser, untouched: str, moved: str) -> Iterator[list[object]]:
    shown: dict[str, list[Shown]] = {"at the end": [], "at the beginning": []}
    for _ in range(ROUNDS):
        for where, url in zip(shown, (untouched, moved), strict=True):
            shown[where].append(_show(browser, url))
    base = [each.seconds for each in shown["at the end"]]
    for where, found in shown.items():
        seconds = [each.seconds for each in found]
        requests = int(median(each.requests for each in found))
        yield [where, f"{median(seconds):.2f}", requests, ratio(seconds, base)]


def _show(browser: Browser, url: str) -> Shown:
    """Play a recording in a new window, which has nothing in its cache."""
    context = window(browser)
    try:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        milliseconds: float = page.evaluate(_FIRST_PICTURE, url)
        return Shown(milliseconds / 1000, len(asked))
    finally:
        context.close()


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = LAUNCHERS[CHROMIUM](playwright)
        assert browser is not None, "No Chromium on PATH or by apt-get."
        yield browser
        browser.close()


def _write(path: Path) -> None:
    """Write a film whose index comes last, repeating what was encoded until it is long enough."""
    noise = np.random.default_rng(1)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.options = {"preset": "ultrafast", "tune": "zerolatency", "qp": "24", "g": str(RATE)}
        encoded: list[Any] = []
        for _ in range(SECONDS * RATE):
            pixels = noise.integers(0, 256, (240, 320, 3), dtype=np.uint8)
            encoded += stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24"))
        encoded += stream.encode(None)
        number = written = 0
        while written < SIZE:
            one = encoded[number % len(encoded)]
            packet = av.Packet(bytes(one))
            packet.stream, packet.time_base = stream, Fraction(1, RATE)
            packet.pts = packet.dts = number
            packet.duration, packet.is_keyframe = 1, one.is_keyframe
            container.mux(packet)
            number, written = number + 1, written + one.size


def _store(stack: LocalStack, file: Path) -> str:
    """Put the film where egress would, and return the recording's ID."""
    recording = recorded.store(stack, file)
    _wait(lambda: _get(stack, f"/recordings/{recording.id}")["status"] == "READY", "the event")
    return recording.id


def _wait_until_moved(stack: LocalStack, recording: str) -> None:
    _wait(lambda: _begins_with_index(stack, recording), "the index")


def _begins_with_index(stack: LocalStack, recording: str) -> bool:
    player = {"Range": "bytes=0-65535", "Sec-Fetch-Dest": "video"}  # others get the newest file
    answer = urllib3.request("GET", _link(stack, recording), headers=player, timeout=60)
    return b"moov" in answer.data


def _link(stack: LocalStack, recording: str) -> str:
    url: str = _get(stack, f"/recordings/{recording}/url")["url"]
    return url


def _get(stack: LocalStack, path: str) -> Any:
    key = {"X-API-KEY": stack.api_key}
    answer = urllib3.request("GET", stack.api_url + path, headers=key, timeout=60)
    assert answer.status == 200, answer.data
    return answer.json()


def _wait(condition: Any, what: str) -> None:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + _WAIT, f"{what} did not come"
        time.sleep(0.5)
