"""Objects that are built once per Lambda environment."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

Built = TypeVar("Built")

_forget: list[Callable[[], None]] = []


def kept(build: Callable[[], Built]) -> Callable[[], Built]:
    """Call a builder on first use, and keep what it built until `reset`."""
    once_only = cache(build)
    _forget.append(once_only.cache_clear)
    return once_only


def reset() -> None:
    """Forget everything that was built, so that the next use builds it anew."""
    for forget in _forget:
        forget()
