"""Playing recordings: throughput on the local stack, and memory per piece."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median

import boto3
import urllib3
from botocore.config import Config

from bench.answers import Sample, sample_of
from bench.lambdas import Place
from bench.table import ratio, table
from meet import dynamodb
from meet.recordings.byte_range import MAX_LENGTH
from meet.recordings.lifecycle import Status
from tests.contract.samples import READY
from tools import ROOT
from tools.stack.local_stack import LocalStack

FUNCTION = "get_recording_stream"
PIECES = 8
ROUNDS = 5
INVOCATIONS = 200

_WHOLE = f"bytes=0-{MAX_LENGTH - 1}"


def measure(place: Place) -> str:
    """Return the tables of memory and time per piece."""
    return f"{_memory(place)}\n{_throughput()}"


def _memory(place: Place) -> str:
    with _bucket() as url:
        sample = _of_a_whole_piece(url)
        code = place.ours(FUNCTION)
        numbers = place.run("memory", code, sample, invocations=INVOCATIONS)
    traced, before, after_one, after_all = numbers
    rows = [
        ["traced by `tracemalloc`, at most", f"{traced / MAX_LENGTH:.1f}"],
        ["resident, more after the first piece", f"{(after_one - before) / MAX_LENGTH:.1f}"],
        [f"resident, more after {INVOCATIONS}", f"{(after_all - before) / MAX_LENGTH:.1f}"],
    ]
    return table(["memory of a piece of 4 MiB", "pieces"], rows) + "\n"


def _of_a_whole_piece(url: str) -> Sample:
    """Return the sample of the stream, about a large file, for its first 4 MiB."""
    sample = sample_of(FUNCTION)
    headers = sample.event["headers"] | {"Range": _WHOLE, "Sec-Fetch-Dest": "video"}
    several = {name: [value] for name, value in headers.items()}
    aws = []
    for operation, status, answer in sample.aws:
        if operation == "GetItem":
            answer["Item"]["size"] = {"N": str(2 * MAX_LENGTH)}
        aws.append((operation, status, answer))
    return replace(
        sample,
        event=sample.event | {"headers": headers, "multiValueHeaders": several},
        environment=sample.environment | {"AWS_ENDPOINT_URL_S3": url},
        aws=aws,
    )


@contextmanager
def _bucket() -> Iterator[str]:
    """Serve a file of bytes, in ranges, in the place of S3."""

    class File(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            first, last = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
            body = b"x" * (last - first + 1)
            self.send_response(206)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Range", f"bytes {first}-{last}/{2 * MAX_LENGTH}")
            self.send_header("ETag", '"e"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), File) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _throughput() -> str:
    directory = ROOT / ".local" / "bench"
    shutil.rmtree(directory, ignore_errors=True)
    with LocalStack(directory) as stack:
        _store(stack)
        stream = f"{stack.api_url}/recordings/{READY.id}/stream"
        key = {"X-API-KEY": stack.api_key}
        http = urllib3.PoolManager()
        asked = http.request("GET", stream, headers={**key, "Accept": "application/json"})
        link = asked.json()["url"]
        _seconds(http, stream, key)  # the first starts the function
        took: dict[str, list[float]] = {stream: [], link: []}
        for _ in range(ROUNDS):
            took[stream].append(_seconds(http, stream, key))
            took[link].append(_seconds(http, link, {}))
    rate = PIECES * MAX_LENGTH / 2**20
    rows = [
        ["the stream operation", f"{rate / median(took[stream]):.0f}"],
        ["the presigned URL", f"{rate / median(took[link]):.0f}"],
        ["of the link's time, the stream takes", ratio(took[stream], took[link])],
    ]
    return table(["pieces of 4 MiB on the local stack", "MiB/s"], rows) + "\n"


def _store(stack: LocalStack) -> None:
    """Put a large file and its recording there."""
    size = PIECES * MAX_LENGTH
    session = boto3.Session("test", "test", region_name=stack.region)
    s3 = session.client(
        "s3",
        endpoint_url=stack.aws_endpoint_url,
        config=Config(s3={"addressing_style": "path"}),
    )
    assert stack.recordings_bucket
    assert stack.recordings_table
    s3.put_object(Bucket=stack.recordings_bucket, Key=READY.object_key, Body=b"x" * size)
    item = {
        "recordingId": READY.id,
        "roomName": READY.room_name,
        "status": Status.READY,
        "createdAt": READY.created_at,
        "size": size,
        "etag": '"e"',
    }
    session.client("dynamodb", endpoint_url=stack.aws_endpoint_url).put_item(
        TableName=stack.recordings_table, Item=dynamodb.to_item(item)
    )


def _seconds(http: urllib3.PoolManager, url: str, headers: dict[str, str]) -> float:
    """Return the time for all pieces, one after the other."""
    began = time.perf_counter()
    for number in range(PIECES):
        first = number * MAX_LENGTH
        part = {"Range": f"bytes={first}-{first + MAX_LENGTH - 1}"}
        answer = http.request("GET", url, headers={**headers, **part}, redirect=False)
        assert (answer.status, len(answer.data)) == (206, MAX_LENGTH), answer.status
    return time.perf_counter() - began
