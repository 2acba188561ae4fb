"""Cold starts: every function in a fresh process, against three references in turn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.answers import sample_of
from bench.lambdas import Code, Place
from bench.table import ratio, table
from tools.template import functions

ROUNDS = 9

FLOOR = "floor"
MEDIA, FILES, ITEMS = "generate_participant_token", "delete_recording", "get_room"
"""References: an operation that needs LiveKit, one that needs S3, and one that needs neither."""

_NO_OPERATIONS = {"authorize", "web"}
"""These would not be FastAPI routes: one is an authorizer, the other uses Starlette."""

_CALLS_OTHERS = "test_webhook"
"""Left out: its sample waits for an endpoint that is neither of AWS nor of LiveKit."""


@dataclass
class Start:
    """CPU seconds of one program's cold starts, one a round."""

    imports: list[float] = field(default_factory=list)
    totals: list[float] = field(default_factory=list)
    """From the interpreter's start to the first answer."""

    def add(self, seconds: Sequence[float]) -> None:
        """Add one cold start: seconds of the interpreter, the import and the first answer."""
        started, imported, answered = seconds
        self.imports.append(imported)
        self.totals.append(started + imported + answered)


def measure(place: Place, rounds: int = ROUNDS) -> str:
    """Return the table of cold starts."""
    samples = {name: sample_of(name) for name in sorted({*functions()} - {_CALLS_OTHERS})}
    programs: dict[str, tuple[Code, str]] = {FLOOR: (place.reference(FLOOR), ITEMS)}
    for name in (ITEMS, FILES, MEDIA):
        programs[f"FastAPI {name}"] = (place.reference(name), name)
    for name in samples:
        programs[name] = (place.ours(name), name)
        programs[f"uncompiled {name}"] = (place.ours(name, compiled=False), name)
    starts = {program: Start() for program in programs}
    for _ in range(rounds):
        for program, (code, name) in programs.items():
            starts[program].add(place.run("cold", code, samples[name]))
    floor, whole = starts[FLOOR], starts[f"FastAPI {MEDIA}"]
    rows = []
    for name, sample in samples.items():
        operations = {operation for operation, _, _ in sample.aws}
        needs_files = any("Object" in operation for operation in operations)
        same = MEDIA if needs_livekit(name) else FILES if needs_files else ITEMS
        ours = starts[name].totals
        row = [
            f"`{name}`",
            "yes" if needs_livekit(name) else "",
            f"{median(ours) * 1000:.0f}",
            f"{median(starts[name].imports) / median(ours):.0%}",
            ratio(ours, floor.totals),
            ratio(ours, whole.totals),
            "" if name in _NO_OPERATIONS else ratio(ours, starts[f"FastAPI {same}"].totals),
            ratio(ours, starts[f"uncompiled {name}"].totals),
        ]
        rows.append(row)
    references = [FLOOR, *(f"FastAPI {name}" for name in (ITEMS, FILES, MEDIA))]
    heads = [
        "function",
        "LiveKit",
        "ms",
        "of which import",
        "of the floor",
        "of FastAPI",
        "of a FastAPI that imports no more than it needs",
        "of ours without bytecode",
    ]
    measured = ", ".join(
        f"{each} {median(starts[each].totals) * 1000:.0f} ms" for each in references
    )
    return f"{table(heads, rows)}\n\nThe references: {measured}.\n"


def needs_livekit(function: str) -> bool:
    """True if the template gives a function LiveKit's key."""
    variables = functions()[function].get("Environment", {}).get("Variables", {})
    return "LIVEKIT_SECRET" in variables
