"""Waits for conditions, with deadlines."""

import subprocess
import time
from collections.abc import Callable
from typing import Any, TypeVar

_Result = TypeVar("_Result")


def until(what: str, condition: Callable[[], _Result], seconds: float = 20) -> _Result:
    """Return the first true value of a condition; fail after a deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def end(process: subprocess.Popen[Any], seconds: float) -> None:
    """Wait for a process to end by itself, then kill it."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
