"""Functions in memory as in tests/functions, and the running stack as in tests/stack."""

from tests.functions.conftest import (  # noqa: F401 - fixtures
    aws_calls,
    call,
    logs,
    loop_of_the_main_thread,
    studio,
)
