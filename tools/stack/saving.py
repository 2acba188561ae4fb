"""Saves the emulator's data: a few seconds after a change, on demand, and on exit."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Mapping

_DELAY_SECONDS = 3
_MOST_OF_THE_TIME = 0.1
"""Share of the time that saving may take: a large state takes long to save."""
_READS = ("BatchGet", "Describe", "Get", "List", "Query", "Scan", "TransactGet")


def may_change(method: str, headers: Mapping[bytes, bytes]) -> bool:
    """True if a request to AWS may change what is stored."""
    _, _, action = headers.get(b"x-amz-target", b"").decode("latin-1").partition(".")
    return method not in {"GET", "HEAD"} and not action.startswith(_READS)


class Saver:
    """Saves data in the background after changes; no answer waits for it."""

    def __init__(
        self,
        save_data: Callable[[], None],
        save_all: Callable[[], None],
        delay_seconds: float = _DELAY_SECONDS,
    ) -> None:
        self._save_data = save_data
        self._save_all = save_all
        self._delay = delay_seconds
        self._changed = asyncio.Event()
        self._saving = threading.Lock()
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to save after changes."""
        self._loop = asyncio.create_task(self._save_after_changes())

    def changed(self) -> None:
        """Have the data saved soon."""
        self._changed.set()

    async def save_all(self) -> None:
        """Return once everything is on disk."""
        await asyncio.to_thread(self._exclusively, self._save_all)

    async def stop(self) -> None:
        """Return once no save is under way and none will begin."""
        if self._loop:
            self._loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._loop
        await asyncio.to_thread(self._exclusively, lambda: None)  # a thread cannot be cancelled

    async def _save_after_changes(self) -> None:
        delay = self._delay
        while True:
            await self._changed.wait()
            await asyncio.sleep(delay)
            self._changed.clear()
            began = time.monotonic()
            await asyncio.to_thread(self._exclusively, self._save_data)
            delay = max(self._delay, (time.monotonic() - began) / _MOST_OF_THE_TIME)

    def _exclusively(self, save: Callable[[], None]) -> None:
        with self._saving:
            save()
