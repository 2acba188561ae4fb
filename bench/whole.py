"""Whole calls: a handler, the SDK and a real HTTP endpoint, in turn with two references of ours.

The endpoints are processes of their own: DynamoDB Local, and bench/loopback.py.
"""

import base64
import json
import marshal
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any, TypeAlias

import urllib3

from bench import memory
from bench.lambdas import REFERENCES, Code, Place
from bench.table import table
from meet.clock import HOUR, Milliseconds, now
from meet.rooms.model import Preferences, Role, Room
from meet.rooms.repository import RoomRepository
from tests.contract.samples import SAMPLES, given
from tools import ROOT, dynamodb_local, processes
from tools.build.pages import install, npm_command
from tools.memory_aws import create_tables
from tools.openapi.examples import NAME
from tools.template import functions, load_template

ROUNDS = 8
CALLS = 40
"""Of each program in a round."""
WARM_UP = 100
PAGE = 100
STORED = PAGE + 20
"""Rooms."""

_TIMEOUT = load_template()["Globals"]["Function"]["Timeout"]
_MILLISECONDS = 1000
_NODE = REFERENCES / "node"

Event: TypeAlias = dict[str, Any]


@dataclass
class Measured:
    """Seconds of each call."""

    cpu: list[float] = field(default_factory=list)
    in_sdk: list[float] = field(default_factory=list)
    elapsed: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Child:
    """A program of ours that answers lines with lines of JSON."""

    process: "subprocess.Popen[str]"

    def ask(self, what: object) -> Any:
        """Return the answer to a line; ends the measurement if there is none."""
        assert self.process.stdin and self.process.stdout
        print(what, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args!r} ended")
        return json.loads(line)


@contextmanager
def started(
    command: list[str | Path], environment: dict[str, str] | None = None, cwd: Path = ROOT
) -> Iterator[Child]:
    """Run a program while the block runs."""
    process = subprocess.Popen(
        list(map(str, command)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=environment,
        preexec_fn=processes.die_with_parent(signal.SIGKILL),  # noqa: PLW1509
    )
    try:
        yield Child(process)
    finally:
        assert process.stdin and process.stdout
        process.stdin.close()
        process.terminate()
        process.wait()
        process.stdout.close()


@dataclass(frozen=True)
class Surroundings:
    """Where the endpoints are, and a folder."""

    dynamodb: str
    others: str
    directory: Path

    def environment(self, function: str) -> dict[str, str]:
        """Return a function's environment, with these endpoints."""
        return given(function) | {
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL": self.others,
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb,
            "LIVEKIT_URL": self.others.replace("http", "ws"),
        }


@contextmanager
def surroundings(directory: Path) -> Iterator[Surroundings]:
    """Run the endpoints with a page of rooms; raises NotAvailable without DynamoDB Local."""
    with (
        dynamodb_local.running() as dynamodb,
        started([sys.executable, "-m", "bench.loopback"]) as loopback,
    ):
        assert loopback.process.stdout
        port = int(loopback.process.stdout.readline())
        create_tables(dynamodb_local.client_of(dynamodb))
        rooms = RoomRepository(dynamodb_local.our_client_of(dynamodb), "RoomsTable")
        for number in range(STORED):
            rooms.add(_room(NAME if number == 0 else f"OpenVidu-{number:015d}", number))
        yield Surroundings(dynamodb, f"http://127.0.0.1:{port}", directory)


def _room(name: str, number: int) -> Room:
    return Room(
        name=name,
        prefix="OpenVidu",
        created_at=Milliseconds(now() - HOUR + number),
        expires_at=Milliseconds(now() + 1000 * HOUR),
        max_participants=10,
        preferences=Preferences(),
        secrets={role: f"{role}-secret" for role in Role},
    )


@contextmanager
def python(
    place: Surroundings, interpreter: str, code: Code, function: str, event: Event
) -> Iterator[Callable[[int], Measured]]:
    """Run a handler in a process of its own, which is asked for calls."""
    with child(place, interpreter, code, function, event) as asked:

        def calls(count: int) -> Measured:
            found = asked.ask(count)
            return Measured(*(list(each) for each in zip(*found, strict=True)))

        yield calls


@contextmanager
def child(
    place: Surroundings, interpreter: str, code: Code, function: str, event: Event
) -> Iterator[Child]:
    """Run caller.py with a handler."""
    calls = [(code.module, event)]
    environment = place.environment(function)
    timeout = float(functions()[function].get("Timeout", _TIMEOUT))
    with caller(place, interpreter, code, calls, environment=environment, timeout=timeout) as asked:
        yield asked


@contextmanager
def caller(
    place: Surroundings,
    interpreter: str,
    code: Code,
    calls: list[tuple[str, Event]],
    *,
    environment: dict[str, str],
    timeout: float,
) -> Iterator[Child]:
    """Run caller.py with modules and an event for each."""
    with tempfile.NamedTemporaryFile(dir=place.directory, delete=False) as file:
        spec = Path(file.name)
    packed = {
        "calls": calls,
        "path": [str(folder) for folder in code.path],
        "environment": environment,
        "log": str(place.directory / "log"),
        "timeout": timeout,
    }
    spec.write_bytes(marshal.dumps(packed))
    program = Path(__file__).with_name("caller.py")
    with started([interpreter, "-I", "-S", "-B", program, spec]) as asked:
        yield asked


@contextmanager
def node(place: Surroundings) -> Iterator[Callable[[Event, int], Measured]]:
    """Run the reference in Node, which is asked over HTTP for the calls that events are about."""
    npm, environment = npm_command()
    install(npm, environment, place.directory / "npm.log", _NODE)
    ours = place.environment("generate_participant_token")
    path = {"PATH": environment.get("PATH", os.environ["PATH"]), "NODE_ENV": "production"}
    program = shutil.which("node", path=path["PATH"]) or "node"
    with started([program, "server.js"], ours | path, _NODE) as child:
        assert child.process.stdout
        base = f"http://127.0.0.1:{int(child.process.stdout.readline())}"
        http = urllib3.PoolManager()

        def calls(event: Event, count: int) -> Measured:
            url = base + event["path"]
            if query := event["queryStringParameters"]:
                url += "?" + "&".join(f"{name}={value}" for name, value in query.items())
            body = base64.b64decode(event["body"]) if event["body"] else None
            headers = {"content-type": "application/json"}
            http.request("GET", f"{base}/measured")
            for _ in range(count):
                reply = http.request(event["httpMethod"], url, body=body, headers=headers)
                assert reply.status < 300, reply.data
            return Measured(http.request("GET", f"{base}/measured").json())

        yield calls


def events() -> dict[str, Event]:
    """Return function -> the request that is measured."""
    page = deepcopy(SAMPLES["get_rooms"])
    page["queryStringParameters"] = {"maxItems": str(PAGE)}
    page["multiValueQueryStringParameters"] = {"maxItems": [str(PAGE)]}
    creation = deepcopy(SAMPLES["create_room"])
    for headers in (creation["headers"], creation["multiValueHeaders"]):
        del headers["Idempotency-Key"]
    wanted = json.loads(base64.b64decode(creation["body"]))
    wanted["expirationDate"] = now() + 1000 * HOUR
    creation["body"] = base64.b64encode(json.dumps(wanted).encode()).decode()
    return {
        "authorize": SAMPLES["authorize"],
        "get_room": SAMPLES["get_room"],
        "create_room": creation,
        "get_rooms": page,
        "generate_participant_token": SAMPLES["generate_participant_token"],
    }


_NAMES = {
    "authorize": "the authorizer, an API key",
    "get_room": "reading a room",
    "create_room": "creating a room",
    "get_rooms": f"a page of {PAGE} rooms",
    "generate_participant_token": "a token, with a look at who is inside",
}
_GOALS = {
    "authorize": 0.1,
    "get_room": 0.8,
    "create_room": 1.2,
    "get_rooms": 8,
    "generate_participant_token": 1.5,
}


def measure(place: Place) -> str:
    """Return the table; where an endpoint is not available, why."""
    try:
        return _measure(place)
    except dynamodb_local.NotAvailable as reason:
        return f"**Not measured.** {reason}\n"


def _measure(place: Place) -> str:
    rows, cpu = [], {}
    with surroundings(place.directory) as around:
        for function, event in events().items():
            with ExitStack() as stack:
                run = stack.enter_context
                ours = run(python(around, place.python, place.ours(function), function, event))
                programs: dict[str, Callable[[int], Measured]] = {"ours": ours}
                if function != "authorize":
                    fast = place.reference(function)
                    programs["FastAPI"] = run(python(around, place.python, fast, function, event))
                    express = run(node(around))
                    programs["Express"] = lambda count, e=event, ask=express: ask(e, count)  # type: ignore[misc]
                taken = in_turn(programs)
            rows.append(_row(function, taken))
            cpu[function] = median(taken["ours"].cpu)
    heads = [
        *("", "goal", "mean", "p50", "p99", "of which the SDK's", "elapsed, p50"),
        *("FastAPI, mean", "p50", "p99", "of which the SDK's", "Express, mean", "p50", "p99"),
    ]
    return f"{table(heads, rows)}\n\n{memory.report(cpu)}"


def in_turn(programs: dict[str, Callable[[int], Measured]]) -> dict[str, Measured]:
    """Return the measurements of each program, all of them in every round."""
    taken = {name: Measured() for name in programs}
    for calls in programs.values():
        calls(WARM_UP)
    for _ in range(ROUNDS):
        for name, calls in programs.items():
            found = calls(CALLS)
            taken[name].cpu += found.cpu
            taken[name].in_sdk += found.in_sdk
            taken[name].elapsed += found.elapsed
    return taken


def _row(function: str, taken: dict[str, Measured]) -> list[str]:
    ours = taken["ours"]
    row = [_NAMES[function], str(_GOALS[function]), *_milliseconds(ours.cpu), _share(ours)]
    row.append(_milliseconds(ours.elapsed)[1])
    for name in ("FastAPI", "Express"):
        if name not in taken:
            row += [""] * (4 if name == "FastAPI" else 3)
            continue
        row += _milliseconds(taken[name].cpu)
        if name == "FastAPI":
            row.append(_share(taken[name]))
    return row


def _milliseconds(seconds: list[float]) -> list[str]:
    """Return mean, median and 99th percentile in milliseconds.

    The mean is what is paid for: V8 collects garbage in a few long calls, and Python in all.
    """
    found = mean(seconds), median(seconds), quantiles(seconds, n=100)[98]
    return [f"{each * _MILLISECONDS:.2f}" for each in found]


def _share(taken: Measured) -> str:
    return f"{sum(taken.in_sdk) / sum(taken.cpu):.0%}"
