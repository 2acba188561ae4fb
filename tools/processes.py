"""Child processes: their logs, their groups, and how they end with the stack."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tools import ROOT

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1
OTHERS_NOTHING = 0o077
"""The umask of everything here: only the owner can read the files."""


class StepFailed(Exception):
    """A step failed; the message has the last lines of its log."""


def tail(log: Path, lines: int = 8) -> str:
    """Return the last lines of a log, indented."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join("    " + line for line in text.splitlines()[-lines:])


def write_atomically(path: Path, text: str) -> None:
    """Replace the file in one step; only its owner can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    temporary.replace(path)


@contextlib.contextmanager
def private_files() -> Iterator[None]:
    """Let new files and folders be readable only by their owner while the block runs."""
    before = os.umask(OTHERS_NOTHING)
    try:
        yield
    finally:
        os.umask(before)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until the condition holds; True if it did in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def started_at(pid: int) -> str | None:
    """Return the process's start time as the system prints it; None if the process has ended.

    A pid is reused after a while; together with the start time it is unique.
    """
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] == "Z" else fields[19]
    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() or None


def signal_group(pid: int, number: int) -> None:
    """Signal the process group led by pid, if it still exists."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def die_with_parent(number: int) -> Callable[[], None] | None:
    """Return a hook by which a child receives the signal when its parent dies (Linux only).

    For Linux the parent is the thread that started it: start parts from a thread that stays.
    """
    if _LIBC is None:
        return None
    libc = _LIBC
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, number)


def _spawn(
    command: Sequence[str | Path],
    log: Path,
    environment: Mapping[str, str],
    *,
    directory: Path = ROOT,
    orphaned: int = signal.SIGKILL,
) -> "subprocess.Popen[bytes]":
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=OTHERS_NOTHING,
            preexec_fn=die_with_parent(orphaned),  # noqa: PLW1509
        )


def run(
    command: Sequence[str | Path],
    log: Path,
    environment: Mapping[str, str] | None = None,
    directory: Path = ROOT,
) -> None:
    """Run a command to its end, output into the log; raises StepFailed with the log's end."""
    process = _spawn(command, log, environment or os.environ, directory=directory)
    try:
        status = process.wait()
    finally:  # an interrupt must not leave a compiler behind
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
    if status:
        raise StepFailed(f"{command[0]} ended with {status}; the end of {log}:\n{tail(log)}")


class Processes:
    """The running parts of one stack, by name.

    Their pids are also on disk, so that a later run can end what a killed run left behind.
    """

    def __init__(self, record: Path, logs: Path) -> None:
        self._record = record
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def log(self, name: str) -> Path:
        """Return the log file of a part."""
        return self._logs / f"{name}.log"

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        *,
        orphaned: int = signal.SIGKILL,
    ) -> None:
        """Start a part, which receives the signal `orphaned` if this process dies."""
        self._running[name] = _spawn(command, self.log(name), environment, orphaned=orphaned)
        self._write()

    def alive(self, name: str) -> bool:
        """True if the part was started and has not ended."""
        process = self._running.get(name)
        return process is not None and process.poll() is None

    def await_ready(self, name: str, ready: Callable[[], bool], seconds: float = 30) -> None:
        """Wait until the part is ready; raises StepFailed when it ends or takes too long."""
        wait_until(lambda: ready() or not self.alive(name), seconds)
        if not self.alive(name) or not ready():
            raise StepFailed(
                f"{name} did not start; the end of {self.log(name)}:\n{tail(self.log(name))}"
            )

    def pid(self, name: str) -> int:
        """Return the pid of a part; raises KeyError if it is not running."""
        return self._running[name].pid

    def ended(self) -> list[tuple[str, int]]:
        """Return the parts that ended by themselves, with their exit status, and forget them."""
        ended = [(name, p.returncode) for name, p in self._running.items() if p.poll() is not None]
        for name, _ in ended:
            signal_group(self._running.pop(name).pid, signal.SIGKILL)
        if ended:
            self._write()
        return ended

    def kill(self, name: str) -> None:
        """End a part and its children with SIGKILL."""
        process = self._running.pop(name)
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
        self._write()

    def stop(self, name: str, *, seconds: float = 10, twice: bool = False) -> None:
        """End a part: SIGTERM (`twice` for a part that needs two), then SIGKILL for its group."""
        process = self._running.get(name)
        if process is None:
            return
        process.terminate()
        gone = wait_until(lambda: process.poll() is not None, 0.3 if twice else seconds)
        if twice and not gone:
            process.terminate()
            wait_until(lambda: process.poll() is not None, seconds)
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
        del self._running[name]
        self._write()

    def end_leftovers(self) -> list[str]:
        """End the processes that a killed run left behind, and return their names."""
        leftovers = []
        recorded = json.loads(self._record.read_text()) if self._record.exists() else {}
        for name, (pid, started) in recorded.items():
            if started_at(pid) == started:
                leftovers.append(name)
                signal_group(pid, signal.SIGKILL)
                wait_until(lambda pid=pid: started_at(pid) is None, 5)  # type: ignore[misc]
        self._record.unlink(missing_ok=True)
        return leftovers

    def _write(self) -> None:
        running = {name: (p.pid, started_at(p.pid)) for name, p in self._running.items()}
        write_atomically(self._record, json.dumps(running))
