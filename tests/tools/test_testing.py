"""`make test` without arguments."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tools import ROOT, testing
from tools.build import pages


def test_every_part_has_tests_and_together_they_have_all() -> None:
    in_memory, others = testing.parts(2).values()
    given = {each for each in in_memory if each.startswith("tests/")}
    left_out = {each.removeprefix("--ignore=") for each in others if each.startswith("--ignore=")}
    assert given == left_out
    assert all((ROOT / each).exists() for each in given)
    assert others[-1] == "tests"


@pytest.mark.parametrize(
    ("ends", "status"), [([0, 0], 0), ([1, 0], 1), ([0, 1], 1), ([5, 0], 5), ([2, 1], 2)]
)
def test_a_part_that_fails_stops_no_other_and_fails_the_run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    ends: list[int],
    status: int,
) -> None:
    left = list(ends)

    @contextmanager
    def pytest_that_ends(arguments: list[str], *, log: Path | None = None) -> Iterator[Any]:
        if log is not None:
            log.write_text("what the tests in memory said")
        end = f"import sys; sys.exit({left.pop(0)})"
        with subprocess.Popen([sys.executable, "-c", end]) as running:
            yield running

    monkeypatch.setattr(testing, "pytest", pytest_that_ends)
    monkeypatch.setattr(testing, "LOCAL", tmp_path)
    monkeypatch.setattr(pages, "make", lambda: None)
    assert testing.main() == status
    assert left == []
    told = capsys.readouterr().out
    assert told.count("FAILED") == sum(end != 0 for end in ends)
    assert "what the tests in memory said" in told


@pytest.fixture
def without_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start the pytest of a test quickly."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.mark.usefixtures("without_plugins")
def test_what_runs_beside_writes_to_its_log_and_yields_to_the_others(tmp_path: Path) -> None:
    script = tmp_path / "test_own.py"
    script.write_text("import os\n\ndef test() -> None:\n    print(os.nice(0))\n")
    log = tmp_path / "log"
    arguments = ["-s", "-c", os.devnull, "--rootdir", str(tmp_path), str(script)]
    with testing.pytest(arguments, log=log) as running:
        assert running.wait(120) == 0, log.read_text()
    assert "19" in log.read_text().split()


@pytest.mark.usefixtures("without_plugins")
def test_tests_end_with_the_run_that_is_interrupted(tmp_path: Path) -> None:
    script = tmp_path / "test_own.py"
    script.write_text("import threading\n\ndef test() -> None:\n    threading.Event().wait()\n")
    arguments = ["-c", os.devnull, "--rootdir", str(tmp_path), str(script)]
    with pytest.raises(KeyboardInterrupt), testing.pytest(arguments, log=tmp_path / "l") as running:
        raise KeyboardInterrupt
    assert running.returncode is not None
