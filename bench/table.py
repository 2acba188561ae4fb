"""Tables in Markdown, and the numbers in them."""

from collections.abc import Iterable, Sequence
from statistics import median


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def ratio(values: Sequence[float], base: Sequence[float]) -> str:
    """Return the median of the ratios of what was measured in the same round."""
    return f"{median(a / b for a, b in zip(values, base, strict=True)):.2f}"
