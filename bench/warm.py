"""Warm invocations: what a handler takes when AWS and LiveKit take nothing."""

from statistics import median, quantiles

from bench.answers import sample_of
from bench.lambdas import Place
from bench.table import table
from tools.template import functions

PROCESSES = 5
INVOCATIONS = 1000
"""Of each process."""


def measure(place: Place, processes: int = PROCESSES, invocations: int = INVOCATIONS) -> str:
    """Return the table of warm invocations."""
    samples = {name: sample_of(name) for name in sorted(functions())}
    took: dict[str, list[list[float]]] = {name: [] for name in samples}
    for _ in range(processes):
        for name, sample in samples.items():
            took[name].append(place.run("warm", place.ours(name), sample, invocations=invocations))
    rows = []
    for name, runs in took.items():
        p50, p99 = (median(quantiles(run, n=100)[at - 1] for run in runs) for at in (50, 99))
        rows.append([f"`{name}`", f"{p50 * 1000:.2f}", f"{p99 * 1000:.2f}"])
    return table(["function", "p50, ms", "p99, ms"], rows) + "\n"
