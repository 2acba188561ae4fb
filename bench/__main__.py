"""Measures, and writes the tables into docs/performance.md; names on the command line choose."""

import argparse
import os
import platform
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import (
    calls,
    cold,
    delay,
    first_picture,
    imports,
    lists,
    load,
    log,
    people,
    soak,
    streaming,
    sweep,
    underway,
    whole,
)
from bench.document import replace_part
from bench.lambdas import place
from tools import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
USUAL = [
    "cold",
    "imports",
    "whole",
    "calls",
    "sweep",
    "underway",
    "lists",
    "log",
    "delay",
    "streaming",
    "people",
]


def main() -> None:
    """Measure what was asked for, one table after the other."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    tables = [*USUAL, "soak", "load", "picture"]
    parser.add_argument("tables", nargs="*", default=USUAL, metavar="TABLE", help=" ".join(tables))
    parser.add_argument("--million", action="store_true", help="lists of 1,000,000 rooms, too")
    given = parser.parse_args()
    if unknown := set(given.tables) - set(tables):
        parser.error(f"no such table: {' '.join(unknown)}")
    with place() as lambdas:
        measure: dict[str, Callable[[], str]] = {
            "cold": lambda: cold.measure(lambdas),
            "imports": lambda: imports.measure(lambdas),
            "whole": lambda: whole.measure(lambdas),
            "calls": calls.report,
            "soak": lambda: soak.measure(lambdas),
            "sweep": lambda: sweep.measure(lambdas),
            "underway": lambda: underway.measure(lambdas),
            "lists": lambda: lists.measure(million=given.million),
            "load": load.measure,
            "log": log.measure,
            "delay": delay.measure,
            "streaming": lambda: streaming.measure(lambdas),
            "people": people.measure,
            "picture": first_picture.measure,
        }
        where = f"{_machine()}, Python {lambdas.version}"
        for name in given.tables:
            print(f"{name} ...", flush=True)
            text = measure[name]()
            if name != "calls":
                text = f"{where}, {datetime.now(UTC):%Y-%m-%d}.\n\n{text}"
            replace_part(DOCUMENT, name, text)
            print(text, flush=True)


def _machine() -> str:
    """Return processor, number of cores and memory."""
    processor, memory = platform.processor() or platform.machine(), ""
    if sys.platform == "linux":
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
        processor = found[1] if found else processor
        kibibytes = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
        memory = f", {int(kibibytes[1]) / 2**20:.0f} GiB" if kibibytes else ""
    return f"{processor}, {os.cpu_count()} cores{memory}"


if __name__ == "__main__":
    main()
