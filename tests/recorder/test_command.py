"""The worker as a command."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.recorder import __main__ as command
from tools.recorder.recorder import lock

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "tools.recorder"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = {"PATH": os.environ["PATH"]}
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=path | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_help_says_what_it_is_and_what_production_uses() -> None:
    about = run("--help").stdout.split("\n\n")[1].splitlines()
    assert len(about) == 3
    assert "production uses LiveKit Cloud or github.com/livekit/egress" in about[-1]


def test_what_the_environment_lacks_is_named() -> None:
    answer = run()
    assert answer.returncode == 2
    assert "LIVEKIT_WS_URL" in answer.stderr


def test_a_second_worker_in_one_directory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(command, "_PREDECESSOR_SECONDS", 0.3)
    held = lock(tmp_path / "worker.lock")
    assert held is not None
    assert asyncio.run(command._alone(tmp_path)) is None
    held.close()
    taken = asyncio.run(command._alone(tmp_path))
    assert taken is not None
    taken.close()
