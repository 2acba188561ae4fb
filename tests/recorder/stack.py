"""What tests ask of the servers and of the worker that runs beside them."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import boto3
from livekit import api

from tests.recorder.waiting import end, until
from tests.recorder.webhooks import KEY, SECRET, Webhooks

ROOT = Path(__file__).parents[2]
BUCKET = "recordings"
AWS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing-secret-of-the-worker",
    "AWS_DEFAULT_REGION": "eu-west-1",
}
_Result = TypeVar("_Result")


@dataclass
class Stack:
    """Everything that runs, and what tests ask of it."""

    directory: Path
    redis_port: int
    livekit_port: int
    s3_url: str
    webhooks: Webhooks
    processes: list[subprocess.Popen[Any]] = field(default_factory=list)
    worker: subprocess.Popen[Any] | None = None

    @property
    def egress_directory(self) -> Path:
        return self.directory / "egress"

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.livekit_port}"

    def spawn(self, name: str, *command: Any, **options: Any) -> subprocess.Popen[Any]:
        with (self.directory / f"{name}.log").open("ab") as log:
            options = {"stdout": log, "stderr": log, **options}
            process = subprocess.Popen([str(part) for part in command], **options)
        self.processes.append(process)
        return process

    def start_worker(self, **environment: str) -> None:
        self.worker = self.spawn(
            "worker",
            sys.executable,
            "-m",
            "tools.recorder",
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                **AWS,
                "AWS_ENDPOINT_URL": self.s3_url,
                "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}",
                "LIVEKIT_WS_URL": self.url,
                "LIVEKIT_API_KEY": KEY,
                "LIVEKIT_API_SECRET": SECRET,
                "EGRESS_DIRECTORY": str(self.egress_directory),
                **environment,
            },
        )
        ready = self.worker_log().count("ready:")
        until("worker ready", lambda: self.worker_log().count("ready:") > ready)

    def worker_log(self) -> str:
        path = self.directory / "worker.log"
        return path.read_text() if path.exists() else ""

    def end_worker(self, signum: int = signal.SIGTERM, seconds: float = 60) -> int:
        assert self.worker is not None
        self.worker.send_signal(signum)
        code = self.worker.wait(seconds)
        self.worker = None
        return code

    def recorder(self, egress_id: str) -> int:
        """Return the pid of the recorder of an egress: the one that holds its lock."""
        path = self.egress_directory / f"{egress_id}.lock"
        inode = str(path.stat().st_ino)
        for line in Path("/proc/locks").read_text().splitlines():
            fields = line.split()
            if fields[1] == "FLOCK" and fields[5].split(":")[2] == inode:
                return int(fields[4])
        raise AssertionError(f"no recorder has {path}")

    def ask(self, call: Callable[[api.LiveKitAPI], Awaitable[_Result]]) -> _Result:
        async def asking() -> _Result:
            url = self.url.replace("ws", "http", 1)
            async with api.LiveKitAPI(url, KEY, SECRET) as livekit, asyncio.timeout(30):
                return await call(livekit)

        return asyncio.run(asking())

    def start(self, room: str, **request: Any) -> str:
        """Start recording to `room`.mp4 and return the egress id."""
        output = api.EncodedFileOutput(
            filepath=f"{room}.mp4",
            disable_manifest=True,
            s3=api.S3Upload(bucket=request.pop("bucket", BUCKET), region="eu-west-1"),
        )
        composite = api.RoomCompositeEgressRequest(
            **{"room_name": room, "file_outputs": [output], **request}
        )
        info = self.ask(lambda livekit: livekit.egress.start_room_composite_egress(composite))
        return str(info.egress_id)

    def stop(self, egress_id: str) -> Any:
        request = api.StopEgressRequest(egress_id=egress_id)
        return self.ask(lambda livekit: livekit.egress.stop_egress(request))

    def make_room(self, room: str) -> None:
        request = api.CreateRoomRequest(name=room)
        self.ask(lambda livekit: livekit.room.create_room(request))

    def info(self, egress_id: str) -> Any:
        request = api.ListEgressRequest(egress_id=egress_id)
        return self.ask(lambda livekit: livekit.egress.list_egress(request)).items[0]

    def reaches(self, egress_id: str, status: str, seconds: float = 20) -> Any:
        """Wait for a status and return the egress."""
        wanted = api.EgressStatus.Value(f"EGRESS_{status}")

        def reached() -> Any:
            info = self.info(egress_id)
            assert info.status <= max(wanted, 2), f"{api.EgressStatus.Name(info.status)}: {info}"
            return info if info.status == wanted else None

        return until(f"{egress_id} {status}", reached, seconds)

    def s3(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.s3_url,
            region_name="eu-west-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def fetch(self, key: str) -> Path:
        path = self.directory / f"fetched-{key.replace('/', '_')}"
        self.s3().download_file(BUCKET, key, str(path))
        return path

    @contextmanager
    def people(self, room: str, *people: dict[str, Any]) -> Iterator[None]:
        """Have participants publish in a room that is made for them."""
        self.make_room(room)
        process = self.spawn(
            "publisher",
            sys.executable,
            ROOT / "tools" / "demo" / "people.py",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        task = {"url": self.url, "key": KEY, "secret": SECRET, "room": room, "people": people}
        process.stdin.write(json.dumps(task).encode() + b"\n")
        process.stdin.flush()
        try:
            assert process.stdout.readline() == b"joined\n", "publishers could not join"
            yield
        finally:
            process.stdin.close()
            end(process, 5)
            process.stdout.close()
