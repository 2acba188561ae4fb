"""The real servers, once for all tests that need them; their absence is never silent."""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recorder.servers import non_loopback_address, running
from tests.recorder.stack import Stack
from tools import programs


def _programs(logs: Path) -> tuple[Path, Path]:
    """Return livekit-server and redis-server, built if missing; raises Unavailable."""
    livekit = programs.find_livekit() or programs.make_livekit(logs / "build.log")
    redis_server = programs.find("redis-server") or programs.make_redis()
    if not non_loopback_address():
        text = "LiveKit's Python client ignores loopback and there is no other interface"
        raise programs.Unavailable(text)
    return livekit, redis_server


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp("stack")
    try:
        livekit, redis_server = _programs(directory)
    except programs.Unavailable as reason:
        text = f"THE EGRESS CONTRACT WAS NOT TESTED: {reason}"
        if os.environ.get("CI"):
            pytest.fail(text)
        warnings.warn(text, stacklevel=1)
        pytest.skip(text)
    with running(directory, livekit, redis_server) as running_stack:
        yield running_stack


@pytest.fixture
def livekit(stack: Stack) -> Stack:
    """Return the stack with a worker that runs, whatever the test before did to it."""
    if stack.worker is None:
        stack.start_worker()
    return stack
