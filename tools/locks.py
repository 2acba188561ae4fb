"""Lets one process at a time make what several need."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from tools import ROOT

_FOLDER = ROOT / ".local" / "locks"


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Let no other process of this checkout run a block of that name; wait until none does."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with (_FOLDER / what).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the system lets go of it when the process ends
        yield
