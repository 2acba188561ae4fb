"""Very many calls in one process: its memory and its open files must not grow."""

from pathlib import Path

from bench.lambdas import Code, Place
from bench.table import table
from bench.whole import caller, events, surroundings
from tools import ROOT, dynamodb_local

CALLS = 200_000
_PARTS = 20
_FUNCTIONS = ("authorize", "get_room", "get_rooms", "generate_participant_token")
_BYTES = 2**20
PICTURE = ROOT / "docs" / "pictures" / "soak.svg"
_WIDTH, _HEIGHT = 640, 240


def measure(place: Place, calls: int = CALLS) -> str:
    """Return the table, and draw the memory; where DynamoDB Local is not available, why."""
    try:
        with surroundings(place.directory) as around:
            asked = [(f"functions.{name}.app", events()[name]) for name in _FUNCTIONS]
            environment = {
                name: value
                for function in _FUNCTIONS
                for name, value in around.environment(function).items()
            }
            layer = place.ours(_FUNCTIONS[0]).path[1]
            code = Code("soak", (place.directory, layer))
            with caller(
                around, place.python, code, asked, environment=environment, timeout=28.0
            ) as child:
                seen = [child.ask("handles")]
                for _ in range(_PARTS):
                    child.ask(calls // _PARTS)
                    seen.append(child.ask("handles"))
    except dynamodb_local.NotAvailable as reason:
        return f"**Not measured.** {reason}\n"
    memory = [resident / _BYTES for _, resident in seen]
    draw(PICTURE, memory, calls)
    step = calls // _PARTS
    rows = [
        [f"{number * step:,}", f"{memory[number]:.1f}", seen[number][0]]
        for number in (0, 1, _PARTS // 2, _PARTS)
    ]
    return table(["calls", "resident, MiB", "open files"], rows) + "\n"


def draw(file: Path, memory: list[float], calls: int) -> None:
    """Draw the resident memory after every part of the calls."""
    most = max(memory) * 1.2
    points = " ".join(
        f"{40 + number * (_WIDTH - 60) / (len(memory) - 1):.0f},"
        f"{_HEIGHT - 30 - value / most * (_HEIGHT - 50):.0f}"
        for number, value in enumerate(memory)
    )
    file.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="12">\n'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>\n'
        f'<path d="M40 20V{_HEIGHT - 30}H{_WIDTH - 20}" fill="none" stroke="#888"/>\n'
        f'<polyline points="{points}" fill="none" stroke="#06c" stroke-width="2"/>\n'
        f'<text x="44" y="16">resident memory, MiB: {memory[0]:.0f} to {max(memory):.0f}</text>\n'
        f'<text x="{_WIDTH - 20}" y="{_HEIGHT - 12}" text-anchor="end">{calls:,} calls</text>\n'
        "</svg>\n"
    )
