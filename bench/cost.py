"""What meetings and an idle month cost, from the calls table and list prices, into docs/cost.md."""

from collections.abc import Iterator

from bench import prices
from bench.bill import (
    ANSWER_KB,
    AWS_SECONDS,
    BY_EVENT,
    COLD,
    COLD_GB_SECONDS,
    DEFAULT_PATH,
    LIVEKIT_SECONDS,
    LOG_BYTES,
    SECONDS,
    Bill,
    gigabytes,
    invocations,
    of,
)
from bench.calls import TABLE
from bench.document import replace_part
from bench.table import table
from tools import ROOT
from tools.template import functions, resources

DOCUMENT = ROOT / "docs" / "cost.md"

PEOPLE = 5
MINUTES = 45
RECORDED = 0.2
"""Of all meetings."""
PLAYED = 2
"""Times that a recording is watched in whole, by the presigned link."""
RECORDING_GB = 3.1 / 8 * 60 * MINUTES / 1000
"""LiveKit's 720p preset: 3 Mbit/s of video and 0.1 of sound."""
STORED_MONTHS = 1
REPLACED_MONTHS = 1.5 / 30
"""How long the bucket keeps the file whose index was at its end."""
COPY_SECONDS = 5
"""What a function waits for S3 to copy a recording, on a cautious guess."""
PART_MB = 5
"""What LiveKit uploads in one request."""
COPIED_GB = 0.268
"""What S3 copies in one call."""
PAGE_FILES = 2
"""Files of the meeting page that a browser loads which has none of them."""
PAGE_MB = 0.27
"""Their size, compressed. A test compares both with what is built."""
NEW_BROWSERS = 0.5
TOKENS = 1 + NEW_BROWSERS
"""Of a person: one at the door, and one to join unless the browser remembers the name."""
MONTH_MINUTES = 60 * prices.MONTH_HOURS
SECRETS_MINUTES = 5
NODE_DISK_GB = 50

TRACKS = 2 * PEOPLE
"""Published. LiveKit reports them where recordings begin automatically, see docs/deploy.md."""
WEBHOOKS = 2 + 2 * PEOPLE
"""room_started, room_finished; for each person joined and left."""
EVENTS = 4 + 2 * PEOPLE
"""Room created and deleted, meeting started and ended; for each person joined and left."""

MEETING: dict[tuple[str, str], float] = {
    ("create_room", "no Idempotency-Key"): 1,
    ("get_room", DEFAULT_PATH): 1,
    ("web", DEFAULT_PATH): PEOPLE,
    ("web", "a file"): PEOPLE * NEW_BROWSERS * PAGE_FILES,
    ("generate_participant_token", DEFAULT_PATH): TOKENS * PEOPLE,
    ("receive_livekit_webhook", "a meeting begins"): 1,
    ("receive_livekit_webhook", "a participant joins others"): PEOPLE,
    ("receive_livekit_webhook", "a participant leaves"): PEOPLE,
    ("receive_livekit_webhook", "a meeting ends"): 1,
    ("log_events", DEFAULT_PATH): EVENTS,
    ("delete_room", DEFAULT_PATH): 1,
}
RECORDING: dict[tuple[str, str], float] = {
    ("create_recording", "no Idempotency-Key"): 1,
    ("stop_recording", DEFAULT_PATH): 1,
    ("receive_livekit_webhook", "egress goes on"): 4,
    ("receive_livekit_webhook", "egress ended"): 1,
    ("recording_uploaded", "of a recording that waits for it"): 1,
    ("faststart_recording", "an index at the end"): 1,
    ("recording_uploaded", DEFAULT_PATH): 1,
    ("faststart_recording", DEFAULT_PATH): 1,
    ("get_recordings", "of a room"): 1,
    ("get_recording_stream", "a link"): PLAYED,
}
IDLE: dict[tuple[str, str], float] = {
    ("sweep_rooms", DEFAULT_PATH): MONTH_MINUTES,
    ("sweep_recordings", "nothing due"): MONTH_MINUTES,
    ("sweep_webhooks", "no webhooks, nine minutes of ten"): MONTH_MINUTES,
}
DELIVERY: dict[tuple[str, str], float] = {
    ("dispatch_events", DEFAULT_PATH): 1 / 10,
    ("deliver_webhook", DEFAULT_PATH): 1,
}
"""One event to one webhook: events are dispatched in batches, of ten on average."""
POLLERS = 5
"""Connections with which Lambda waits at a queue."""
POLL_SECONDS = 20


def meeting() -> Bill:
    """Return the bill for one meeting, recordings in their share."""
    bill, recording = of(MEETING), of(RECORDING)
    bill.add("traffic", PEOPLE * NEW_BROWSERS * PAGE_MB / 1000 * prices.TRAFFIC_GB)
    months = STORED_MONTHS + REPLACED_MONTHS
    recording.add("recordings: storage", RECORDING_GB * months * prices.S3_GB_MONTH)
    recording.add("S3 requests", (RECORDING_GB / COPIED_GB - 1) * prices.S3_PUT)
    copying = COPY_SECONDS * gigabytes("faststart_recording")
    recording.add("Lambda", copying * prices.LAMBDA_GB_SECOND)
    recording.add("recordings: traffic", RECORDING_GB * PLAYED * prices.TRAFFIC_GB)
    recording.add("recordings: upload", RECORDING_GB * 1000 / PART_MB * prices.S3_PUT)
    for what, dollars in recording.times(RECORDED).lines.items():
        bill.add(what, dollars)
    return bill


def idle() -> Bill:
    """Return the bill for a month without meetings and webhooks."""
    bill = of(IDLE)
    secrets = len(resources("AWS::SecretsManager::Secret"))
    asked = MONTH_MINUTES / SECRETS_MINUTES  # by the sweep of the rooms
    bill.add("Secrets Manager", secrets * prices.SECRET_MONTH + asked * prices.SECRET_CALL)
    return bill


def polling() -> float:
    """Return the USD for which Lambda waits at the queues of webhooks for a month."""
    queues = functions()["deliver_webhook"]["Events"]
    polls = len(queues) * POLLERS * MONTH_MINUTES * 60 / POLL_SECONDS
    return polls * prices.SQS


def watched() -> Bill:
    """Return the bill of a month of alarms and the dashboard, in stacks that have them."""
    bill = Bill()
    bill.add("CloudWatch alarms", _count("AWS::CloudWatch::Alarm") * prices.ALARM_MONTH)
    dashboards = _count("AWS::CloudWatch::Dashboard")
    bill.add("CloudWatch dashboard", dashboards * prices.DASHBOARD_MONTH)
    return bill


def node(kind: str) -> float:
    """Return the monthly cost of an always-on node: machine, disk and address."""
    hourly = prices.NODES[kind] + prices.ADDRESS_HOUR
    return hourly * prices.MONTH_HOURS + NODE_DISK_GB * prices.DISK_GB_MONTH


def without_files(bill: Bill) -> Bill:
    """Return a bill without the costs of recordings that every back end has."""
    kept = {k: v for k, v in bill.lines.items() if not k.startswith("recordings:")}
    return Bill(kept)


def streamed_gigabyte() -> tuple[float, float]:
    """Return the extra cost of a gigabyte by the stream operation and by a presigned link."""
    pieces = 1000 / 4.194304
    bill = Bill()
    invocations(bill, "get_recording_stream", DEFAULT_PATH, pieces)
    bill.lines.pop("traffic")
    reading = 0.1  # seconds for 4 MiB from S3 and as many to the gateway, on a cautious guess
    memory = gigabytes("get_recording_stream")
    bill.add("Lambda", pieces * reading * memory * prices.LAMBDA_GB_SECOND)
    return bill.total, pieces * prices.S3_GET


def operations() -> Iterator[tuple[tuple[str, str], float]]:
    """Yield function and path, and the USD of one invocation."""
    for function, paths in sorted(TABLE.items()):
        for path in paths:
            yield (function, path), of({(function, path): 1}).total


def each() -> str:
    """Return the table of a million invocations, path by path."""
    heads = ["function", "path", "USD a million"]
    rows = [
        [f"`{function}`", path, f"{dollars * 10**6:.2f}"]
        for (function, path), dollars in operations()
    ]
    return table(heads, rows) + "\n"


def report() -> str:
    """Return the tables of docs/cost.md."""
    one, empty = meeting(), idle()
    service = without_files(one)
    tracks = of({("receive_livekit_webhook", "a track is published"): TRACKS}).total
    nodes = {kind: node(kind) for kind in prices.NODES}
    even = [
        [f"`{kind}`", f"{dollars:.2f}", f"{(dollars - empty.total) / service.total:,.0f}"]
        for kind, dollars in nodes.items()
    ]
    call = of({("get_room", DEFAULT_PATH): 1}).total
    smallest = min(nodes.values())
    rate = (smallest - empty.total) / call / (prices.MONTH_HOURS * 3600)
    stream, link = streamed_gigabyte()
    requests = sum(
        count
        for (function, _), count in [
            *MEETING.items(),
            *((k, v * RECORDED) for k, v in RECORDING.items()),
        ]
        if function not in BY_EVENT
    )
    return "\n".join(
        [
            f"### 1,000 meetings\n\n{table(['what', 'USD'], one.times(1000).rows())}\n",
            f"{requests:.0f} requests each. Without the files of recordings, which cost the same "
            f"behind any back end: {service.total * 1000:.2f} USD.\n",
            "Where LiveKit reports published tracks, for recordings that begin automatically: "
            f"{requests + TRACKS:.0f} requests, {(service.total + tracks) * 1000:.2f} USD. LiveKit "
            f"Cloud reports their ends, too: {requests + 2 * TRACKS:.0f} requests, "
            f"{(service.total + 2 * tracks) * 1000:.2f} USD.\n",
            "### A million events to one webhook\n\n"
            + table(["what", "USD"], of(DELIVERY).times(10**6).rows())
            + "\n",
            f"### An idle month\n\n{table(['what', 'USD'], empty.rows())}\n",
            "With a webhook, for Lambda waiting at the queues of deliveries, "
            f"{polling():.2f} USD more. With `AlarmEmail`, for alarms and a dashboard, "
            f"{watched().total:.2f} USD more.\n",
            "### An always-on node\n\n"
            + table(["node", "USD a month", "meetings a month that cost as much here"], even)
            + "\n",
            "### Where serverless is the worse choice\n",
            f"- **Many calls.** `GET /rooms/{{roomName}}` costs {call * 1e6:.2f} USD a million "
            f"with its authorizer. {rate:.1f} calls a second, day and night, cost as much as the "
            "smallest of the nodes.",
            f"- **Polling.** A back end that asks every second for one room costs "
            f"{call * 3600 * prices.MONTH_HOURS:.2f} USD a month: wait for webhooks instead.",
            f"- **Video through Lambda.** The stream operation adds {stream:.4f} USD to a "
            f"gigabyte, a presigned link {link:.4f}: {stream / link:.0f} times as much. Traffic "
            f"costs {prices.TRAFFIC_GB} either way.\n",
        ]
    )


def assumptions() -> str:
    """Return the table of assumptions."""
    rows = [
        ["people in a meeting, its length", f"{PEOPLE}, {MINUTES} minutes"],
        ["meetings recorded, times each recording is watched", f"{RECORDED:.0%}, {PLAYED}"],
        ["a recording, and how long it is kept", f"{RECORDING_GB:.2f} GB, {STORED_MONTHS} month"],
        ["webhooks of a meeting, of a recording", f"{WEBHOOKS}, 5"],
        ["tokens a person", "1, and another one in browsers that do not know the name"],
        [
            "browsers without the page's files",
            f"{NEW_BROWSERS:.0%}, {PAGE_FILES} files, {PAGE_MB} MB",
        ],
        [
            "a handler, a call of AWS, a call of LiveKit",
            f"{SECONDS * 1000:.0f}, {AWS_SECONDS * 1000:.0f}, {LIVEKIT_SECONDS * 1000:.0f} ms",
        ],
        ["cold starts", f"{COLD:.0%} of requests, {COLD_GB_SECONDS} GB-seconds each"],
        ["items", "below 1 KB; writes of indexes are counted, in a transaction double"],
        ["logs of an invocation, answer of a request", f"{LOG_BYTES} bytes, {ANSWER_KB} KB"],
        ["disk of a node", f"{NODE_DISK_GB} GB"],
        ["KMS", "nothing: all keys are AWS's own"],
    ]
    return table(["assumed", "value"], rows) + "\n"


def _count(kind: str) -> int:
    """Return the number of resources of a type in all templates."""
    return sum(file.read_text().count(f"Type: {kind}\n") for file in ROOT.glob("*.yaml"))


def parts() -> dict[str, str]:
    """Return the parts of docs/cost.md that are computed, by name."""
    return {
        "cost": report(),
        "operations": each(),
        "assumptions": assumptions(),
        "prices": prices.listed(),
    }


def main() -> None:
    """Write the numbers into docs/cost.md."""
    for name, text in parts().items():
        replace_part(DOCUMENT, name, text)


if __name__ == "__main__":
    main()
