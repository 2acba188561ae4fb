"""Starts a real livekit-server with Redis, an emulated S3 and a webhook receiver."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

from tests.recorder.stack import BUCKET, Stack
from tests.recorder.waiting import end, until
from tests.recorder.webhooks import KEY, SECRET, Webhooks
from tools import programs


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def non_loopback_address() -> str:
    """Return an address of ours beyond loopback, without which LiveKit's clients never connect."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return ""
        address = str(probe.getsockname()[0])
    return "" if address.startswith("127.") else address


@contextmanager
def running(directory: Path, livekit: Path, redis_server: Path) -> Iterator[Stack]:
    """Run the stack, without a worker yet, on free ports of loopback."""
    webhooks = Webhooks()
    s3_port = free_port()
    stack = Stack(directory, free_port(), free_port(), f"http://127.0.0.1:{s3_port}", webhooks)
    try:
        start_s3(stack, s3_port)
        start_redis(stack, redis_server)
        configuration = directory / "livekit.yaml"
        configuration.write_text(json.dumps(livekit_configuration(stack)))
        stack.spawn("livekit", livekit, "--config", configuration)
        until("livekit-server", lambda: _accepts(stack.livekit_port))
        until("S3", lambda: _accepts(s3_port))
        location = {"LocationConstraint": "eu-west-1"}
        stack.s3().create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)
        yield stack
    finally:
        if stack.worker:
            stack.worker.terminate()
            end(stack.worker, 20)
        for process in reversed(stack.processes):
            process.terminate()
        for process in stack.processes:
            end(process, 1)  # livekit-server would wait for everybody to leave
        webhooks.close()


def start_s3(stack: Stack, port: int) -> None:
    scratch = stack.directory / "s3"
    scratch.mkdir()
    stack.spawn(
        "s3",
        *(sys.executable, "-m", "hypercorn", "ministack.app:app"),
        *("--bind", f"127.0.0.1:{port}", "--graceful-timeout", "1"),
        cwd=scratch,
        env={
            "PATH": os.environ["PATH"],
            "TMPDIR": str(scratch),
            "DOCKER_HOST": "unix:///nonexistent",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "LAMBDA_EXECUTOR": "local",
            "MINISTACK_REGION": "eu-west-1",
            "SERVICES": "s3,sts",
            "SFTP_ENABLED": "0",
        },
    )


def start_redis(stack: Stack, redis_server: Path) -> subprocess.Popen[Any]:
    listen = ("--port", stack.redis_port, "--bind", "127.0.0.1", "--dir", stack.directory)
    process = stack.spawn("redis", redis_server, *listen, "--save", "", "--appendonly", "no")

    def answers() -> bool:
        try:
            return bool(redis.Redis(port=stack.redis_port).ping())
        except redis.ConnectionError:
            return False

    until("redis-server", answers)
    return process


def livekit_configuration(stack: Stack) -> dict[str, Any]:
    return {
        "port": stack.livekit_port,
        "bind_addresses": ["127.0.0.1"],
        "rtc": {
            "tcp_port": 0,
            "udp_port": free_port(),
            "use_external_ip": False,
            "node_ip": "127.0.0.1",
            "enable_loopback_candidate": True,
            "interfaces": {"includes": ["lo"]},
            "ips": {"includes": ["127.0.0.1/32"]},
            "stun_servers": ["127.0.0.1:3478"],
        },
        "redis": {"address": f"127.0.0.1:{stack.redis_port}"},
        "keys": {KEY: SECRET},
        "webhook": {"api_key": KEY, "urls": [stack.webhooks.url]},
        "room": {"auto_create": False},
        "psrpc": {"max_attempts": 1},
    }


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def find_servers(logs: Path) -> tuple[Path, Path]:
    """Return livekit-server and redis-server, built if missing; raises Unavailable."""
    livekit = programs.find_livekit() or programs.make_livekit(logs / "build.log")
    redis_server = programs.find("redis-server") or programs.make_redis()
    if not non_loopback_address():
        text = "LiveKit's Python client ignores loopback and there is no other interface"
        raise programs.Unavailable(text)
    return livekit, redis_server
