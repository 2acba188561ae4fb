"""The process that joins one room with LiveKit's client and records it.

The first line of stdin is its task as JSON. Another line ends the recording. The end of stdin means
that the worker died: then it exits, and the recording is lost. It writes events to stdout as JSON.
"""

import asyncio
import fcntl
import json
import logging
import os
import shutil
import signal
import sys
import threading
import time
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TextIO

from livekit import rtc

from tools.recorder import encoder
from tools.recorder.room import Room

FAREWELL_SECONDS = 20
"""Seconds that a recorder has to finish its file after it was told to end."""
_FREE_FLOOR = 256 * 1024 * 1024
_JOIN_SECONDS = 30
_WATCH_SECONDS = 2
_FIRST_PICTURES_SECONDS = 1.0

NOT_STARTED = "Start signal not received"
DISK_FULL = "Disk space limit reached"
KILLED = "Process killed"
LIMIT = "Session limit reached"
SOURCE_CLOSED = "Source closed"


@dataclass(frozen=True, slots=True)
class Task:
    """The task of one recorder; times in seconds, zero for no limit."""

    url: str
    token: str = field(repr=False)
    path: str
    start_timeout: float
    max_duration: float
    form: encoder.Format

    @classmethod
    def from_json(cls, line: bytes) -> "Task":
        """Parse the task that the worker wrote."""
        values = json.loads(line)
        names = {each.name for each in fields(encoder.Format)}
        form = encoder.Format(**{name: values.pop(name) for name in names})
        return cls(form=form, **values)


def lock(path: Path) -> TextIO | None:
    """Take the lock of a live process; None if another process holds it."""
    handle = path.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    return handle


def _say(event: str, **details: Any) -> None:
    try:
        sys.stdout.write(json.dumps({"event": event, "at": time.time_ns(), **details}) + "\n")
        sys.stdout.flush()
    except OSError:  # the worker has died, and stdin has ended
        return


class _Recorder:
    def __init__(self, task: Task) -> None:
        self._task = task
        self._room = Room(video=task.form.video, audio=task.form.audio, layout=task.form.layout)
        self._reason = ""
        self._ended = asyncio.Event()
        self._room.on_closed = lambda: self.end(SOURCE_CLOSED)

    def end(self, reason: str) -> None:
        """End the recording; only the first reason is kept."""
        self._reason = self._reason or reason
        self._ended.set()

    async def run(self) -> None:
        """Record from the first frame in the room until the end."""
        async with asyncio.timeout(_JOIN_SECONDS):
            await self._room.join(self._task.url, self._task.token)
        _say("joined")
        if not await self._somebody_publishes():
            await self._room.leave()
            _say("aborted", reason=self._reason or NOT_STARTED)
            return
        halt = threading.Event()
        loop = asyncio.get_running_loop()

        def started() -> None:
            loop.call_soon_threadsafe(_say, "active")

        encoding = asyncio.create_task(
            asyncio.to_thread(
                encoder.record,
                Path(self._task.path),
                self._task.form,
                lambda: self._room.stage,
                halt,
                started,
            )
        )
        await self._until_end(encoding)
        if not encoding.done():
            _say("ending", reason=self._reason)
        halt.set()
        figures = await encoding
        _say(
            "recorded",
            reason=self._reason,
            seconds=round(figures.seconds, 3),
            frames=figures.frames,
            late_frames=figures.late_frames,
            busy_seconds=round(figures.busy_seconds, 2),
        )
        await self._room.leave()

    async def _somebody_publishes(self) -> bool:
        """Wait for the first frame, then a moment for the pictures of those already there."""
        ended = asyncio.create_task(self._ended.wait())
        media = asyncio.create_task(self._room.media.wait())
        timeout = self._task.start_timeout or None
        await asyncio.wait({ended, media}, return_when=asyncio.FIRST_COMPLETED, timeout=timeout)
        if not media.done() or ended.done():
            return False
        deadline = time.monotonic() + _FIRST_PICTURES_SECONDS
        while self._room.awaits_pictures and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        return not ended.done()

    async def _until_end(self, encoding: asyncio.Task[encoder.Figures]) -> None:
        ended = asyncio.create_task(self._ended.wait())
        begin = time.monotonic()
        while not ended.done() and not encoding.done():
            limit = self._task.max_duration
            left = begin + limit - time.monotonic() if limit else _WATCH_SECONDS
            await asyncio.wait(
                {ended, encoding},
                return_when=asyncio.FIRST_COMPLETED,
                timeout=max(0.0, min(left, _WATCH_SECONDS)),
            )
            if limit and time.monotonic() - begin >= limit:
                self.end(LIMIT)
            if not self._room_on_disk():
                self.end(DISK_FULL)
            form = self._task.form
            self._room.ask_for_fitting_sizes(form.width, form.height)

    def _room_on_disk(self) -> bool:
        """True if the file may still grow."""
        return shutil.disk_usage(Path(self._task.path).parent).free > _FREE_FLOOR


async def _obey(orders: asyncio.StreamReader, recorder: _Recorder) -> None:
    line = await orders.readline()
    if not line:
        os._exit(1)
    recorder.end(json.loads(line)["stop"])
    threading.Timer(FAREWELL_SECONDS, os._exit, (1,)).start()


async def _main() -> None:
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    task = Task.from_json(await orders.readline())
    alive = lock(Path(task.path).with_suffix(".lock"))
    if alive is None:
        _say("failed", error="another recorder writes this file")
        return
    recorder = _Recorder(task)
    obeying = asyncio.create_task(_obey(orders, recorder))
    loop.add_signal_handler(signal.SIGTERM, recorder.end, KILLED)
    try:
        await recorder.run()
    except rtc.ConnectError as error:
        _say("failed", error=f"could not join the room: {error}")
    except Exception as error:
        logging.exception("recording failed")
        _say("failed", error=f"{type(error).__name__}: {error}")
    finally:
        obeying.cancel()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.ERROR, format="%(asctime)s recorder %(message)s")
    # It logs normal disconnects as errors, and its messages can contain the token.
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    try:
        asyncio.run(_main())
    finally:
        # The threads of LiveKit's native library would keep the process alive.
        os._exit(0)
