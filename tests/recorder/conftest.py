"""The real servers, once for all tests that need them; their absence is never silent."""

import os
import warnings
from collections.abc import Iterator

import pytest

from tests.recorder.servers import find_servers, running
from tests.recorder.stack import Stack
from tools import programs


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp("stack")
    try:
        livekit, redis_server = find_servers(directory)
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
