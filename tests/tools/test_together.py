"""What tests in several processes did, for those that look at it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import ROOT

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


@pytest.mark.parametrize("workers", [0, 2])
def test_what_every_process_did_is_looked_at_last(tmp_path: Path, workers: int) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_some.py").write_text(TESTS)
    options = ["-n", str(workers), "-c", "/dev/null", "-o", "markers=last"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", tmp_path, tmp_path],
        cwd=ROOT,
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
