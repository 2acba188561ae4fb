"""Children of the stack, and those a killed stack left behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.processes import (
    Processes,
    StepFailed,
    run,
    started_at,
    tail,
    wait_until,
    write_atomically,
)

FOREVER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(600)",
]


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    family = Processes(tmp_path / "processes.json", tmp_path / "log")
    yield family
    for name in ("part", "other"):
        if family.alive(name):
            family.kill(name)


def start(processes: Processes, command: list[str] = FOREVER) -> int:
    processes.start("part", command, os.environ)
    processes.await_ready("part", lambda: "up" in processes.log("part").read_text())
    return processes.pid("part")


def test_a_part_that_is_stopped_is_gone(processes: Processes) -> None:
    pid = start(processes)
    processes.stop("part")
    assert started_at(pid) is None
    assert processes.ended() == []


def test_a_part_that_ignores_sigterm_is_killed(processes: Processes) -> None:
    pid = start(processes, DEAF)
    processes.stop("part", seconds=0.1, twice=True)
    assert started_at(pid) is None


def test_the_children_of_a_part_go_with_it(processes: Processes) -> None:
    child = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'input()'],"
    child += "stdin=subprocess.PIPE); print('up', p.pid, flush=True); p.wait()"
    start(processes, [sys.executable, "-c", child])
    grandchild = int(processes.log("part").read_text().split()[1])
    processes.kill("part")
    assert wait_until(lambda: started_at(grandchild) is None, 5)


def test_a_part_that_ends_by_itself_is_reported_once(processes: Processes) -> None:
    processes.start("part", [sys.executable, "-c", "print('why'); exit(3)"], os.environ)
    assert wait_until(lambda: not processes.alive("part"), 5)
    assert processes.ended() == [("part", 3)]
    assert processes.ended() == []
    assert tail(processes.log("part")) == "    why"


def test_a_part_that_does_not_start_says_why(processes: Processes) -> None:
    processes.start("part", [sys.executable, "-c", "exit('no such port')"], os.environ)
    with pytest.raises(StepFailed, match="no such port"):
        processes.await_ready("part", lambda: False)


def test_what_a_killed_run_left_behind_is_ended(processes: Processes, tmp_path: Path) -> None:
    pid = start(processes)
    later = Processes(tmp_path / "processes.json", tmp_path / "log")
    assert later.end_leftovers() == ["part"]
    assert wait_until(lambda: not processes.alive("part"), 5)
    assert started_at(pid) is None
    assert later.end_leftovers() == []


def test_another_process_that_got_the_same_pid_is_left_alone(tmp_path: Path) -> None:
    record = tmp_path / "processes.json"
    with subprocess.Popen(FOREVER, stdout=subprocess.DEVNULL) as innocent:
        write_atomically(record, json.dumps({"part": [innocent.pid, "another time"]}))
        assert Processes(record, tmp_path).end_leftovers() == []
        assert innocent.poll() is None
        innocent.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children")
def test_no_part_outlives_its_supervisor(tmp_path: Path) -> None:
    supervise = (
        "import os, sys, time; from pathlib import Path; from tools.processes import Processes;"
        "p = Processes(Path(sys.argv[1]) / 'p.json', Path(sys.argv[1]));"
        "p.start('part', ['sleep', '600'], os.environ); print(p.pid('part'), flush=True);"
        "time.sleep(600)"
    )
    command = [sys.executable, "-c", supervise, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        part = int(supervisor.stdout.readline())
        supervisor.send_signal(signal.SIGKILL)
        assert wait_until(lambda: started_at(part) is None, 5)


def test_a_failed_command_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="no disk"):
        run([sys.executable, "-c", "exit('no disk')"], tmp_path / "step.log")


def test_a_file_is_replaced_whole_and_private(tmp_path: Path) -> None:
    write_atomically(tmp_path / "deep" / "file", "one")
    write_atomically(tmp_path / "deep" / "file", "two")
    assert (tmp_path / "deep" / "file").read_text() == "two"
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["file"]
    assert (tmp_path / "deep" / "file").stat().st_mode & 0o077 == 0
