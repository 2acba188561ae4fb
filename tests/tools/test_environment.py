"""How uv gets onto a machine that has only Python, and what is said when it does not."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tools.test_programs import make_program
from tools.build import environment

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without uv."""
    monkeypatch.setattr(environment, "OWN_UV", tmp_path / "uv")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    return tmp_path


def pip_that(
    monkeypatch: pytest.MonkeyPatch, seconds: float, outcome: Callable[[], tuple[int, str]]
) -> None:
    """Have pip need the seconds, by no clock, and then come to an outcome."""
    real: Run = subprocess.run

    def run(command: Any, **options: Any) -> "subprocess.CompletedProcess[str]":
        if "pip" not in command and "venv" not in command:
            return real(command, **options)
        if options["timeout"] < seconds:
            raise subprocess.TimeoutExpired(command, options["timeout"])
        status, said = outcome() if "pip" in command else (0, "")
        return subprocess.CompletedProcess(command, status, "", said)

    monkeypatch.setattr(subprocess, "run", run)


def test_a_machine_that_needs_minutes_to_install_uv_gets_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def installed() -> tuple[int, str]:
        make_program(place / "uv" / "bin" / "uv", "uv 0.13.9")
        return 0, ""

    pip_that(monkeypatch, 600, installed)
    assert environment._install_uv(sys.executable) == str(place / "uv" / "bin" / "uv")


@pytest.mark.parametrize(
    ("seconds", "status", "said", "reason"),
    [
        (1, 1, "WARNING: retrying\nERROR: No matching distribution", "ERROR: No matching dist"),
        (1, 1, "", "it ended with 1"),
        (10_000, 0, "", "it took longer than 30 minutes"),
        (1, 0, "", "it does not run"),
    ],
)
def test_the_reason_is_the_tools_own(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    status: int,
    said: str,
    reason: str,
) -> None:
    pip_that(monkeypatch, seconds, lambda: (status, said))
    with pytest.raises(environment.Impossible) as told:
        environment._install_uv(sys.executable)
    assert f"({reason}" in str(told.value)
    assert "network" not in str(told.value)


def test_what_the_local_stack_keeps_is_in_a_private_folder(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "LOCAL", place / ".local")
    monkeypatch.setattr(environment, "find_uv", lambda: sys.executable)
    monkeypatch.setattr(environment, "find_python", lambda: sys.executable)
    (place / ".local").mkdir(mode=0o755)
    with pytest.raises(environment.Impossible):  # Python is not a uv
        environment.make_venv()
    assert (place / ".local").stat().st_mode & 0o777 == 0o700
