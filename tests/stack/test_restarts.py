"""make run again: with other ports and a changed application, and with all that was stored."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.live import Client
from tools import ROOT, ports
from tools.stack.deployment import aws_session
from tools.stack.local_stack import LocalStack

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHANGED_HANDLER = """
unchanged = handler


def handler(event, context):
    answer = unchanged(event, context)
    answer["multiValueHeaders"]["X-Changed"] = ["yes"]
    return answer
"""


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """A copy of what is deployed, to be changed."""
    copied = tmp_path / "application"
    shutil.copytree(ROOT / "functions", copied / "functions")
    for name in ("template.yaml", "monitoring.yaml"):
        shutil.copyfile(ROOT / name, copied / name)
    return copied


@pytest.fixture
def own_stack(tmp_path: Path, application: Path) -> Iterator[LocalStack]:
    stack = LocalStack(tmp_path / "stack", application=application, say=print)
    yield stack
    stack.stop()


def start_without(stack: LocalStack, *parts: str) -> None:
    """Start the stack while another program has the ports that the parts had."""
    before = stack.ports
    with ExitStack() as others:
        for part in parts:
            kind = socket.SOCK_DGRAM if part == "rtc" else socket.SOCK_STREAM
            other = others.enter_context(socket.socket(socket.AF_INET, kind))
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind((ports.LOOPBACK, before[part]))
            if kind == socket.SOCK_STREAM:
                other.listen()
        stack.start()
    assert {part for part, port in stack.ports.items() if port != before[part]} == set(parts)


def replace_in(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.mark.timeout(900)  # five starts and three deploys
def test_it_starts_again_whatever_port_is_taken_and_whatever_changed(
    own_stack: LocalStack, application: Path
) -> None:
    own_stack.start()
    key = own_stack.api_key
    room = Client(own_stack).create_room(roomNamePrefix="kept")
    clients = aws_session()

    def s3() -> "S3Client":
        return clients.client("s3", endpoint_url=own_stack.aws_endpoint_url)

    bucket = str(own_stack.recordings_bucket)
    s3().put_object(Bucket=bucket, Key="kept.mp4", Body=b"film")

    def everything_works() -> Client:
        assert own_stack.api_key == key
        api = Client(own_stack)
        answer = api.call("GET", f"/rooms/{room['roomName']}")
        assert (answer.status, answer.body["creationDate"]) == (200, room["creationDate"])
        assert answer.body["viewerURL"].startswith(own_stack.origin)
        token = api.token(room, "Ada")
        assert (token.status, token.body["livekitUrl"]) == (200, own_stack.livekit_url)
        assert s3().get_object(Bucket=bucket, Key="kept.mp4")["Body"].read() == b"film"
        return api

    for parts in (("aws",), ("livekit",), ("rtc", "redis")):
        own_stack.stop()
        start_without(own_stack, *parts)
        everything_works()

    own_stack.stop()
    with (application / "functions" / "get_room" / "app.py").open("a") as function:
        function.write(CHANGED_HANDLER)
    replace_in(application / "template.yaml", "MemorySize: 1024", "MemorySize: 1025")
    replace_in(application / "monitoring.yaml", "AlarmDescription: ", "AlarmDescription: Changed. ")
    start_without(own_stack, "api")
    api = everything_works()
    assert api.call("GET", f"/rooms/{room['roomName']}").headers["X-Changed"] == "yes"
    alarms: Any = clients.client("cloudwatch", endpoint_url=own_stack.aws_endpoint_url)
    described = [each["AlarmDescription"] for each in alarms.describe_alarms()["MetricAlarms"]]
    assert sum(text.startswith("Changed. ") for text in described) == 1
    assert len(described) > 1
