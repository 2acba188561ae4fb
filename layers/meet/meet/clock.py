"""The only place that reads the clock."""

import time
from typing import NewType

Milliseconds = NewType("Milliseconds", int)
"""Since the Unix epoch, as every time in the API."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def now() -> Milliseconds:
    """Return the present moment."""
    return Milliseconds(time.time_ns() // 1_000_000)


def sweep_deadline(remaining: int) -> Milliseconds:
    """Return until when a sweep with so many milliseconds left may take up work.

    What is under way then needs time to end.
    """
    return Milliseconds(now() + remaining - 15 * SECOND)


def wait_until(moment: Milliseconds) -> None:
    """Return at the moment, or at once if it has passed."""
    time.sleep(max(0, moment - now()) / SECOND)


def pause(attempt: int) -> None:
    """Wait before another attempt, the longer the more there were; not before the first."""
    if attempt > 0:
        time.sleep(min(0.02 * 2**attempt, 1.0))
