"""Amazon's DynamoDB for developers, as tests and measurements run it."""

import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from tools import ROOT, ports
from tools.processes import wait_until

RUN = """
from tools.dynamodb_local import running
with running() as address:
    print(address, flush=True)
    input()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children")
@pytest.mark.usefixtures("dynamodb_local")
def test_it_ends_with_the_process_that_runs_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        port = urlsplit(running.stdout.readline().strip()).port
        assert port is not None
        assert not ports.is_free(port)
        running.send_signal(signal.SIGKILL)
        assert wait_until(lambda: ports.is_free(port), 10)
