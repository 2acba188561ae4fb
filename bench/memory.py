"""Computes time and price of a call with more or less memory, and the processor that it brings."""

from collections.abc import Mapping

from bench import prices
from bench.bill import DEFAULT_PATH, megabytes, waiting
from bench.calls import TABLE
from bench.table import table

SIZES = (256, 512, 1024, 1769)
WHOLE = 1769
"""Megabytes with which a function has a whole processor; others have their part of it."""
PATHS = {"create_room": "no Idempotency-Key"}
COLD = 0.25
"""CPU seconds of a cold start, as measured above."""


def report(cpu: Mapping[str, float]) -> str:
    """Return the table for functions whose CPU seconds a call are given."""
    rows = []
    for function, seconds in cpu.items():
        waited = waiting(TABLE[function][PATHS.get(function, DEFAULT_PATH)])
        row = [f"`{function}`"]
        for size in SIZES:
            took = waited + seconds * WHOLE / size
            price = took * size / 1024 * prices.LAMBDA_GB_SECOND + prices.LAMBDA_REQUEST
            row.append(f"{took * 1000:.0f} ms, {price * 10**6:.2f}")
        rows.append([*row, f"{megabytes(function)} MB"])
    dear = COLD * WHOLE / 1024 * prices.LAMBDA_GB_SECOND * 10**6
    cold = [f"{COLD * WHOLE / size:.1f} s, {dear:.2f}" for size in SIZES]
    rows.append(["a cold start", *cold, ""])
    return table(["", *(f"{size} MB" for size in SIZES), "chosen"], rows) + "\n"
