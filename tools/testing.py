"""Runs all tests: those that need real servers, and beside them those in memory.

Servers and browsers leave a part of the machine unused, but have deadlines. So the tests in memory
run on every core at the lowest priority, and their output is shown when they have ended.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from tools import ROOT, processes, programs
from tools.build import pages
from tools.build.environment import LOCAL

IN_MEMORY = (
    "tests/chaos",
    "tests/contract",
    "tests/functions",
    "tests/security/test_comparison.py",
    "tests/security/test_handlers.py",
    "tests/tools",
    "tests/unit",
)
"""What can run in several processes at once; everything else under tests/ is not shared out."""


MOST_WORKERS = 8
"""Each takes half a gigabyte, and as much for the DynamoDB Local that it starts."""


def cores() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def parts(workers: int) -> dict[str, list[str]]:
    """Return pytest's arguments for each part; together they run every test once."""
    return {
        "in memory": ["-n", str(workers), "--dist", "worksteal", *IN_MEMORY],
        "with real servers": [*(f"--ignore={path}" for path in IN_MEMORY), "tests"],
    }


@contextmanager
def pytest(arguments: list[str], *, log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run pytest, at the lowest priority if its output goes to a log; end it if we are ended."""
    command = [sys.executable, "-m", "pytest", *arguments]
    if log is None:
        running = subprocess.Popen(command, cwd=ROOT)
    else:
        with log.open("wb") as output:
            running = subprocess.Popen(
                ["nice", "-n", "19", *command],
                cwd=ROOT,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        # Where Linux shares out the processors by session, niceness counts within one only.
        with suppress(OSError):
            Path(f"/proc/{running.pid}/autogroup").write_text("19")
    with running:
        try:
            yield running
        finally:
            running.terminate()


def main() -> int:
    """Run both parts, whatever comes of either; return 0 if every test passed."""
    try:
        pages.make()  # some tests in memory skip without them
    except programs.Unavailable as reason:
        print(f"!!! {reason}", file=sys.stderr)
    in_memory, with_servers = parts(min(cores(), MOST_WORKERS)).values()
    log = LOCAL / "tests-in-memory.log"
    began = time.monotonic()

    def ended(running: subprocess.Popen[bytes]) -> tuple[int, float]:
        return running.wait(), time.monotonic() - began

    def shown(running: subprocess.Popen[bytes]) -> tuple[int, float]:
        result = ended(running)
        print(f"\n--- tests in memory\n{log.read_text()}", flush=True)
        return result

    print(f"\n--- tests with real servers, and beside them those in memory: {log}", flush=True)
    with (
        ThreadPoolExecutor(1) as pool,
        pytest(in_memory, log=log) as beside,
        pytest(with_servers) as running,
    ):
        later = pool.submit(shown, beside)
        results = {"with real servers": ended(running), "in memory": later.result()}
    for name, (status, took) in results.items():
        outcome = "passed" if status == 0 else f"FAILED (pytest ended with {status})"
        print(f"tests {name}: {outcome}, {took:.0f} s")
    return max(status for status, _ in results.values())


if __name__ == "__main__":
    try:
        sys.exit(main())
    except processes.StepFailed as reason:
        sys.exit(str(reason))
