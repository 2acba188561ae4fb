"""Fixtures of tests/functions, for functions in memory, and a target on the running stack."""

import pytest

from tests.functions.conftest import (  # noqa: F401 - fixtures
    call,
    logs,
    loop_of_the_main_thread,
    studio,
)
from tests.live import Client
from tests.security.callers import Target
from tests.security.running import target_on


@pytest.fixture(scope="session")
def target(api: Client) -> Target:
    return target_on(api)
