"""What tests in several processes did, for those that look at it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools import ROOT
from tools.processes import started_at, wait_until

CONFTEST = """
import pytest
from tests.together import Together

def pytest_configure(config):
    config.pluginmanager.register(Together(config), "Together")

@pytest.fixture
def done(pytestconfig):
    return pytestconfig.pluginmanager.get_plugin("Together").done

@pytest.fixture
def whole_run():
    pass
"""
TESTS = """
import os
import pytest

@pytest.mark.last
def test_all_is_known(whole_run, done):
    assert done.ledger.needed["one"] == {"a", "b"}
    assert done.asked.by_engine["moto"].keys() == {"a?", "b?"}
    assert {path.name for path in done.files} == {"test_some.py"}

@pytest.mark.last
def test_that_fails(whole_run, done):
    assert done.ledger.needed["one"] == {"a"}, "b was not enough"

@pytest.mark.parametrize("need", ["a", "b"])
def test_something(need, done, record_property):
    done.ledger.needed["one"].add(need)
    done.asked.by_engine["moto"][need + "?"] = "here"
    record_property("figures", f"{need} was run by {os.environ.get('PYTEST_XDIST_WORKER')}")
"""


FOREVER = """
import os, pathlib, time

def test_that_takes_long():
    pathlib.Path(__file__).with_name("pid").write_text(f"{os.getpid()} ")
    time.sleep(600)
"""


def command(place: Path, workers: int) -> list[str]:
    """Return the command that runs the tests in a folder, without our settings."""
    (place / "conftest.py").write_text(CONFTEST)
    options = ("-n", str(workers), "-c", "/dev/null", "-o", "markers=last")
    return [sys.executable, "-m", "pytest", *options, "--rootdir", str(place), str(place)]


def outside_of_workers() -> dict[str, str]:
    """Return the environment of a process that does not take itself for one of our workers."""
    return {name: value for name, value in os.environ.items() if "XDIST" not in name}


@pytest.mark.parametrize("workers", [0, 2])
def test_what_every_process_did_is_looked_at_last(tmp_path: Path, workers: int) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    done = subprocess.run(
        command(tmp_path, workers),
        cwd=ROOT,
        env=outside_of_workers(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 3 passed" in done.stdout
    assert "b was not enough" in done.stdout
    runners = {f"gw{number}" for number in range(workers)} or {"None"}
    told = {line.rpartition(" ")[2] for line in done.stdout.splitlines() if " was run by " in line}
    assert told == runners


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children")
def test_no_worker_outlives_the_process_that_started_it(tmp_path: Path) -> None:
    (tmp_path / "test_long.py").write_text(FOREVER)
    noted = tmp_path / "pid"
    with subprocess.Popen(command(tmp_path, 1), cwd=ROOT, stdout=subprocess.DEVNULL) as running:
        try:
            assert wait_until(lambda: noted.exists() and noted.read_text().endswith(" "), 240)
            worker = int(noted.read_text())
            assert worker != running.pid
        finally:
            running.send_signal(signal.SIGKILL)
        assert wait_until(lambda: started_at(worker) is None, 10)
