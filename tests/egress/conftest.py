"""The real servers, once for all tests that need them; their absence is never silent."""

import os
import warnings
from collections.abc import Iterator

import pytest

from tests.egress.servers import non_loopback_address, program, running
from tests.egress.stack import Stack


def _missing() -> str:
    livekit, redis_server = program("livekit-server"), program("redis-server")
    if not livekit:
        return "livekit-server is neither on PATH nor in .local/bin"
    if not redis_server:
        return "redis-server is neither on PATH nor in .local/bin"
    if not non_loopback_address():
        return "LiveKit's Python client ignores loopback and there is no other interface"
    return ""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    missing = _missing()
    if missing:
        text = f"THE EGRESS CONTRACT WAS NOT TESTED: {missing}"
        if os.environ.get("CI"):
            pytest.fail(text)
        warnings.warn(text, stacklevel=1)
        pytest.skip(text)
    livekit, redis_server = program("livekit-server"), program("redis-server")
    assert livekit is not None
    assert redis_server is not None
    with running(tmp_path_factory.mktemp("stack"), livekit, redis_server) as running_stack:
        yield running_stack


@pytest.fixture
def livekit(stack: Stack) -> Stack:
    """Return the stack with a worker that runs, whatever the test before did to it."""
    if stack.worker is None:
        stack.start_worker()
    return stack
