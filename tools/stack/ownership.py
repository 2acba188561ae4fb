"""Lets one process at a time run a stack in a directory, by a lock that ends with the process."""

import fcntl
import json
import os
from pathlib import Path
from typing import IO, Any

from tools.processes import private_files


class AlreadyRunning(Exception):
    """Another process runs a stack in this directory: its pid, and its origin once it is up."""

    def __init__(self, pid: int, origin: str | None) -> None:
        super().__init__(f"A stack runs already, at {origin or 'a port not known yet'}.")
        self.pid = pid
        self.origin = origin


def read_json(path: Path) -> Any:
    """Return the content of the file; None if it does not exist or is invalid."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


class Ownership:
    """The right to run a stack in a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock: IO[str] | None = None

    @property
    def held(self) -> bool:
        """True if this process holds the directory."""
        return self._lock is not None

    def take(self) -> None:
        """Take the directory for this process; raises AlreadyRunning."""
        with private_files():
            self._directory.mkdir(parents=True, exist_ok=True)
            self._directory.chmod(0o700)  # keys and links are in it, and it may be an older one
            lock = (self._directory / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            pid = int(lock.read() or 0)
            lock.close()
            running = read_json(self._directory / "stack.json") or {}
            raise AlreadyRunning(pid, running.get("origin")) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def release(self) -> None:
        """Let another process have the directory."""
        if self._lock:
            self._lock.close()
            self._lock = None
