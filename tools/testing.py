"""Runs all tests: those in memory on every core, then those that need real servers, one by one."""

import os
import subprocess
import sys
import time

from tools import ROOT, processes, programs
from tools.build import pages

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


def _pytest(arguments: list[str]) -> int:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False
    ).returncode


def main() -> int:
    """Run both parts, whatever comes of the first; return 0 if every test passed."""
    try:
        pages.make()  # some tests of the first part skip without them
    except programs.Unavailable as reason:
        print(f"!!! {reason}", file=sys.stderr)
    results: dict[str, tuple[int, float]] = {}
    for name, arguments in parts(min(cores(), MOST_WORKERS)).items():
        began = time.monotonic()
        print(f"\n--- tests {name}", flush=True)
        results[name] = _pytest(arguments), time.monotonic() - began
    for name, (status, took) in results.items():
        outcome = "passed" if status == 0 else f"FAILED (pytest ended with {status})"
        print(f"tests {name}: {outcome}, {took:.0f} s")
    return max(status for status, _ in results.values())


if __name__ == "__main__":
    try:
        sys.exit(main())
    except processes.StepFailed as reason:
        sys.exit(str(reason))
