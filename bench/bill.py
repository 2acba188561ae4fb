"""What an invocation costs: its calls, its time, its log lines, and the request that it answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import ceil

from bench import prices
from bench.calls import TABLE, UNITS
from meet.dynamodb import SHARDS
from tools.template import functions, load_template

COLD = 0.1
"""Of all invocations; with few meetings nearly all, with many next to none."""
COLD_GB_SECONDS = 0.5
"""All of it processor time, so with half the memory it takes twice as long and costs the same."""
SECONDS = 0.005
AWS_SECONDS = 0.010
LIVEKIT_SECONDS = 0.050
LOG_BYTES = 800
"""Of an invocation, Lambda's own lines included."""
ANSWER_KB = 2
ENDPOINT_SECONDS = 0.1
QUEUE_REQUESTS = 3
"""Send, receive, delete."""
DEFAULT_PATH = "its sample event"

_AT_ONCE = re.compile(r"dynamodb Query \w+, \w+|lambda \w+")

_OPEN = {"generate_participant_token", "receive_livekit_webhook", "web", "console_session"}
"""Functions without an authorizer."""
_BY_STREAM_OR_QUEUE = {"log_events", "dispatch_events", "deliver_webhook"}
"""Functions whose records Lambda fetches; only the requests to queues cost something."""
_BY_SCHEDULE = {"sweep_rooms", "sweep_recordings", "sweep_webhooks"}
BY_EVENT = {"recording_uploaded", "faststart_recording"} | _BY_SCHEDULE | _BY_STREAM_OR_QUEUE
"""Functions that no request invokes."""


@dataclass
class Bill:
    """Costs in USD, by purpose."""

    lines: dict[str, float] = field(default_factory=dict)

    def add(self, what: str, dollars: float) -> None:
        """Add a cost."""
        self.lines[what] = self.lines.get(what, 0.0) + dollars

    @property
    def total(self) -> float:
        """USD."""
        return sum(self.lines.values())

    def times(self, factor: float) -> "Bill":
        """Return the bill times a number."""
        return Bill({what: dollars * factor for what, dollars in self.lines.items()})

    def rows(self) -> list[list[str]]:
        """Return the rows of a table, the dearest first."""
        dearest = sorted(self.lines.items(), key=lambda line: -line[1])
        lines = [[what, f"{dollars:.2f}"] for what, dollars in dearest]
        return [*lines, ["**together**", f"**{self.total:.2f}**"]]


@cache
def _memory() -> dict[str, int]:
    """Return the megabytes of each function, as the template has them."""
    default = load_template()["Globals"]["Function"]["MemorySize"]
    return {name: each.get("MemorySize", default) for name, each in functions().items()}


def megabytes(function: str) -> int:
    """Return a function's memory."""
    return _memory()[function]


def gigabytes(function: str) -> float:
    """Return a function's memory, in the unit of Lambda's price."""
    return megabytes(function) / 1024


def comes_from_memory(call: str) -> bool:
    """True if a function keeps the answer for minutes: that of a secret or a signing key."""
    return call.startswith("secretsmanager ") or call == "dynamodb GetItem SigningKeysTable"


def invocations(bill: Bill, function: str, path: str, count: float) -> None:
    """Charge invocations with all that they call; secrets and signing keys come from memory."""
    waited = SECONDS + waiting(TABLE[function][path])
    for call, times in TABLE[function][path].items():
        if comes_from_memory(call):
            continue
        service = call.partition(" ")[0]
        if service == "dynamodb":
            bill.add("DynamoDB", count * times * _reading(call))
        elif service == "s3":
            price = prices.S3_PUT if "Upload" in call else prices.S3_GET
            bill.add("S3 requests", count * times * price)
    if function == "deliver_webhook":
        waited += ENDPOINT_SECONDS
        bill.add("SQS", count * QUEUE_REQUESTS * prices.SQS)
    bill.add("DynamoDB", count * UNITS[function][path] * prices.WRITE_UNIT)
    cold = COLD * COLD_GB_SECONDS if function not in BY_EVENT else 0
    duration = (waited * gigabytes(function) + cold) * prices.LAMBDA_GB_SECOND
    bill.add("Lambda", count * (prices.LAMBDA_REQUEST + duration))
    bill.add("CloudWatch Logs", count * LOG_BYTES / 1e9 * prices.LOG_GB)
    if function in _BY_STREAM_OR_QUEUE:
        return
    if function in BY_EVENT:
        if function not in _BY_SCHEDULE:  # whose rules are free
            bill.add("EventBridge", count * prices.S3_EVENT)
    elif function != "authorize":
        bill.add("API Gateway", count * prices.GATEWAY_REQUEST)
        bill.add("traffic", count * ANSWER_KB / 1e6 * prices.TRAFFIC_GB)
        if function not in _OPEN:
            invocations(bill, "authorize", DEFAULT_PATH, count)


def waiting(calls: Mapping[str, int]) -> float:
    """Return the seconds in which calls are waited for; secrets and signing keys are in memory.

    The queries of an index go out together, as many as it has shards, and so do the calls of
    Lambda about the two queues of deliveries.
    """
    waited = 0.0
    for call, times in calls.items():
        if comes_from_memory(call):
            continue
        if call.startswith("LiveKit "):
            waited += times * LIVEKIT_SECONDS
        elif _AT_ONCE.fullmatch(call):
            waited += ceil(times / len(SHARDS)) * AWS_SECONDS
        else:
            waited += times * AWS_SECONDS
    return waited


def _reading(call: str) -> float:
    """Return the cost of a DynamoDB call that reads items below 1 KB; 0 for one that writes."""
    operation = call.split(" ")[1]
    if operation in {"GetItem", "BatchGetItem"}:
        return prices.READ_UNIT
    return prices.READ_UNIT / 2 if operation in {"Query", "Scan"} else 0


def of(work: dict[tuple[str, str], float]) -> Bill:
    """Return the bill for some invocations."""
    bill = Bill()
    for (function, path), count in work.items():
        invocations(bill, function, path, count)
    return bill
