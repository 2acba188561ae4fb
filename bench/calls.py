"""The calls table of tests/contract/calls.json, as Markdown."""

import json

from bench.table import table
from tools import ROOT

TABLE: dict[str, dict[str, dict[str, int]]] = json.loads(
    (ROOT / "tests/contract/calls.json").read_text()
)
UNITS: dict[str, dict[str, int]] = json.loads(
    (ROOT / "tests/contract/write_units.json").read_text()
)
"""Function -> path -> what DynamoDB charges for its writes."""


def report() -> str:
    """Return the table of every call that each path of each operation makes."""
    rows = []
    for function, paths in sorted(TABLE.items()):
        for number, (path, calls) in enumerate(paths.items()):
            made = [f"{count} times {call}" if count > 1 else call for call, count in calls.items()]
            rows.append(["" if number else f"`{function}`", path, "<br>".join(made)])
    return table(["function", "path", "calls"], rows) + "\n"
