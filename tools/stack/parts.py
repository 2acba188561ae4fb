"""The processes of a local stack: how each one starts, when it is ready, how it stops."""

import shutil
import signal
import socket
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from tools import ports, sam
from tools.processes import Processes
from tools.stack import livekit_server


@dataclass(frozen=True)
class Site:
    """What the parts of a stack share: a directory, the record of processes, and ports."""

    directory: Path
    processes: Processes
    ports: dict[str, int]
    """Where the parts listen: api, aws, livekit, rtc, redis."""

    @property
    def origin(self) -> str:
        """The origin of the API and the pages."""
        return f"http://localhost:{self.ports['api']}"

    @property
    def aws_endpoint_url(self) -> str:
        """The address of the emulated AWS."""
        return f"http://{ports.LOOPBACK}:{self.ports['aws']}"


class Part(Protocol):
    """One process of a stack."""

    name: ClassVar[str]

    def start(self) -> None:
        """Start the process and wait until it is ready; raises StepFailed."""

    def stop(self) -> None:
        """Stop the process, if it runs."""


@dataclass(frozen=True)
class Emulator:
    """The emulator of AWS, which also serves the API and runs the functions."""

    name: ClassVar = "emulator"
    site: Site

    def start(self) -> None:
        """Start with everything that was stored; raises StepFailed."""
        site, aws = self.site, self.site.directory / "aws"
        deployed = site.directory / "deployed.json"
        if not deployed.exists():
            # The first deploy was interrupted: CloudFormation lost its state but the other
            # services kept theirs. Start clean.
            shutil.rmtree(aws, ignore_errors=True)
        temporary = site.directory / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(mode=0o700)
        site.processes.start(
            self.name,
            [
                *(sys.executable, "-m", "tools.stack.emulator"),
                *("--aws-port", str(site.ports["aws"]), "--api-port", str(site.ports["api"])),
                *("--deployed", deployed),
                *("--function-log", site.processes.log("functions")),
                *("--layers", site.directory / "layers"),
            ],
            sam.clean_environment(
                AWS_ENDPOINT_URL=site.aws_endpoint_url,
                DOCKER_HOST="unix:///nonexistent",  # it would look for containers to remove
                GATEWAY_PORT=str(site.ports["aws"]),
                IOT_MTLS_ENABLED="0",
                LAMBDA_EXECUTOR="local",
                LAMBDA_WARM_TTL_SECONDS="3600",  # how long a burst's processes are kept
                MINISTACK_REGION=sam.REGION,
                PERSIST_STATE="1",
                S3_DATA_DIR=str(aws / "s3"),
                S3_PERSIST="1",
                SFTP_ENABLED="0",
                STATE_DIR=str(aws / "state"),
                TMPDIR=str(temporary),
            ),
            orphaned=signal.SIGTERM,  # it ends the functions' processes
        )
        health = f"{site.aws_endpoint_url}/_ministack/health"
        site.processes.await_ready(self.name, lambda: _answers(health))

    def stop(self) -> None:
        """Stop the emulator, which saves everything, and the functions."""
        self.site.processes.stop(self.name, seconds=20)

    def kill(self) -> None:
        """End the emulator and the functions with SIGKILL: the latest changes are lost."""
        self.site.processes.kill(self.name)


@dataclass(frozen=True)
class Redis:
    """Redis, through which LiveKit and the recorder communicate."""

    name: ClassVar = "redis"
    site: Site
    program: Path

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"redis://{ports.LOOPBACK}:{self.site.ports[self.name]}"

    def start(self) -> None:
        """Start empty; raises StepFailed."""
        port = self.site.ports[self.name]
        listen = ("--port", str(port), "--bind", ports.LOOPBACK, "--dir", str(self.site.directory))
        self.site.processes.start(
            self.name,
            [self.program, *listen, "--save", "", "--appendonly", "no"],
            sam.clean_environment(),
        )
        self.site.processes.await_ready(self.name, lambda: _accepts(port))

    def stop(self) -> None:
        """Stop Redis."""
        self.site.processes.stop(self.name)


@dataclass(frozen=True)
class LiveKit:
    """livekit-server, which sends its webhooks to the stack."""

    name: ClassVar = "livekit"
    site: Site
    program: Path
    key_pair: tuple[str, str]
    has_redis: bool

    @property
    def url(self) -> str:
        """The WebSocket URL that participants connect to."""
        return f"ws://{ports.LOOPBACK}:{self.site.ports[self.name]}"

    def start(self) -> None:
        """Write the configuration and start; raises StepFailed."""
        configuration = self.site.directory / "livekit.yaml"
        livekit_server.write_configuration(
            configuration,
            self.site.ports,
            self.key_pair,
            f"{self.site.origin}/meet/livekit/webhook",
            redis=self.has_redis,
        )
        self.site.processes.start(
            self.name, [self.program, "--config", configuration], sam.clean_environment()
        )
        address = self.url.replace("ws:", "http:")
        self.site.processes.await_ready(self.name, lambda: _answers(address))

    def stop(self) -> None:
        """Stop livekit-server, also during meetings."""
        # The first SIGTERM waits until everyone has left, the second does not.
        self.site.processes.stop(self.name, seconds=3, twice=True)


@dataclass(frozen=True)
class Recorder:
    """The worker that records, in place of LiveKit's egress."""

    name: ClassVar = "egress"
    site: Site
    livekit: LiveKit
    redis: Redis

    def start(self) -> None:
        """Start and wait until it takes requests; raises StepFailed."""
        processes = self.site.processes
        recordings = self.site.directory / "egress"
        recordings.mkdir(mode=0o700, exist_ok=True)
        log = processes.log(self.name)
        before = log.stat().st_size if log.exists() else 0
        key, secret = self.livekit.key_pair
        processes.start(
            self.name,
            [sys.executable, "-m", "tools.recorder"],
            sam.clean_environment(
                AWS_ENDPOINT_URL=self.site.aws_endpoint_url,
                EGRESS_DIRECTORY=str(recordings),
                LIVEKIT_API_KEY=key,
                LIVEKIT_API_SECRET=secret,
                LIVEKIT_WS_URL=self.livekit.url,
                REDIS_URL=self.redis.url,
            ),
            orphaned=signal.SIGTERM,
        )
        processes.await_ready(self.name, lambda: b"ready:" in log.read_bytes()[before:])

    def stop(self) -> None:
        """Stop the worker, which takes up to a minute to finish its recordings."""
        self.site.processes.stop(self.name, seconds=60)


def _answers(url: str) -> bool:
    """True if an HTTP server answers at the URL, with any status."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((ports.LOOPBACK, port)) == 0
