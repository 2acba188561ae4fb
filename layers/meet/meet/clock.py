"""The only place that reads the clock."""

import random
import time
from typing import NewType

Milliseconds = NewType("Milliseconds", int)
"""Since the Unix epoch, as every time in the API."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def now() -> Milliseconds:
    """Return the current time."""
    return Milliseconds(time.time_ns() // 1_000_000)


def monotonic() -> float:
    """Return the seconds of a clock that never goes back, to measure durations."""
    return time.monotonic()


def sweep_deadline(remaining: int) -> Milliseconds:
    """Return the time after which a sweep must start nothing new.

    `remaining` is what Lambda leaves it, in milliseconds; work in progress then has time to end.
    """
    return Milliseconds(now() + remaining - 15 * SECOND)


def wait_until(moment: Milliseconds) -> None:
    """Sleep until the given time."""
    time.sleep(max(0, moment - now()) / SECOND)


def pause(attempt: int) -> None:
    """Sleep before a retry, with exponential backoff; not before the first attempt."""
    if attempt > 0:
        time.sleep(min(0.02 * 2**attempt, 1.0))


def back_off(attempt: int) -> None:
    """Sleep before another try at a service that is busy or away: up to 1 s, 2 s, 4 s and so on.

    By chance, so that those that were refused together do not come back together.
    """
    time.sleep(random.random() * 2 ** (attempt - 1))  # noqa: S311 - no secret
