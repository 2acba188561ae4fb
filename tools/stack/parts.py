"""The processes of a local stack: how each one starts, when it is ready, how it stops."""

import shutil
import signal
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

from tools import ROOT, ports, sam
from tools.processes import Processes
from tools.stack import livekit_server


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


def has_egress() -> bool:
    """True if this checkout has a recorder."""
    return (ROOT / "tools" / "recorder" / "__main__.py").exists()


class Parts:
    """Four processes and what they share: a directory, their ports and LiveKit's keys."""

    origin: str
    aws_endpoint_url: str
    livekit_url: str | None
    livekit_api_key: str
    livekit_api_secret: str
    region = sam.REGION

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.logs = self.directory / "log"
        self.processes = Processes(self.directory / "processes.json", self.logs)
        self.redis_server: Path | None = None
        self.livekit_server: Path | None = None
        self._ports: dict[str, int] = {}
        self.starters = {
            "emulator": self.start_emulator,
            "redis": self.start_redis,
            "livekit": self.start_livekit,
            "egress": self.start_egress,
        }

    @property
    def ports(self) -> dict[str, int]:
        """Which port each part listens on: api, aws, livekit, rtc, redis."""
        return dict(self._ports)

    def use_ports(self, numbers: dict[str, int]) -> None:
        """Decide which ports the parts listen on: api, aws, livekit, rtc, redis."""
        self._ports = numbers
        self.origin = f"http://localhost:{numbers['api']}"
        self.aws_endpoint_url = f"http://{ports.LOOPBACK}:{numbers['aws']}"

    def start_emulator(self) -> None:
        """Start the emulator on its ports, with all it stored; raises StepFailed."""
        aws = self.directory / "aws"
        if not (self.directory / "deployed.json").exists():
            # The first deploy was interrupted: CloudFormation lost its state but the other
            # services kept theirs. Start clean.
            shutil.rmtree(aws, ignore_errors=True)
        temporary = self.directory / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(mode=0o700)
        self.processes.start(
            "emulator",
            [
                *(sys.executable, "-m", "tools.stack.emulator"),
                *("--aws-port", str(self._ports["aws"]), "--api-port", str(self._ports["api"])),
                *("--deployed", self.directory / "deployed.json"),
                *("--function-log", self.logs / "functions.log"),
                *("--layers", self.directory / "layers"),
            ],
            sam.clean_environment(
                AWS_ENDPOINT_URL=self.aws_endpoint_url,
                DOCKER_HOST="unix:///nonexistent",  # it would look for containers to remove
                GATEWAY_PORT=str(self._ports["aws"]),
                IOT_MTLS_ENABLED="0",
                LAMBDA_EXECUTOR="local",
                LAMBDA_WARM_TTL_SECONDS="3600",  # how long a burst's processes are kept
                MINISTACK_REGION=self.region,
                PERSIST_STATE="1",
                S3_DATA_DIR=str(aws / "s3"),
                S3_PERSIST="1",
                SFTP_ENABLED="0",
                STATE_DIR=str(aws / "state"),
                TMPDIR=str(temporary),
            ),
            orphaned=signal.SIGTERM,  # it ends the functions' processes
        )
        health = f"{self.aws_endpoint_url}/_ministack/health"
        self.processes.await_ready("emulator", lambda: _answers(health))

    def stop_emulator(self) -> None:
        """Stop the emulator, which saves everything, and the functions."""
        self.processes.stop("emulator", seconds=20)

    def kill_emulator(self) -> None:
        """End the emulator and the functions with SIGKILL: the latest changes are lost."""
        self.processes.kill("emulator")

    def start_redis(self) -> None:
        """Start Redis, which LiveKit and the recorder talk through; raises StepFailed."""
        assert self.redis_server is not None
        port = self._ports["redis"]
        listen = ("--port", str(port), "--bind", ports.LOOPBACK, "--dir", str(self.directory))
        self.processes.start(
            "redis",
            [self.redis_server, *listen, "--save", "", "--appendonly", "no"],
            sam.clean_environment(),
        )
        self.processes.await_ready("redis", lambda: _accepts(port))

    def start_livekit(self) -> None:
        """Start livekit-server on its ports; raises StepFailed."""
        assert self.livekit_server is not None
        configuration = self.directory / "livekit.yaml"
        livekit_server.write_configuration(
            configuration,
            self._ports,
            (self.livekit_api_key, self.livekit_api_secret),
            f"{self.origin}/meet/livekit/webhook",
            redis=self.redis_server is not None,
        )
        self.processes.start(
            "livekit", [self.livekit_server, "--config", configuration], sam.clean_environment()
        )
        address = f"http://{ports.LOOPBACK}:{self._ports['livekit']}"
        self.processes.await_ready("livekit", lambda: _answers(address))

    def stop_livekit(self) -> None:
        """Stop livekit-server, also during meetings."""
        # The first SIGTERM waits until everyone has left, the second does not.
        self.processes.stop("livekit", seconds=3, twice=True)

    def start_egress(self) -> None:
        """Start the worker that records; raises StepFailed."""
        assert self.livekit_url is not None
        recordings = self.directory / "egress"
        recordings.mkdir(mode=0o700, exist_ok=True)
        log = self.processes.log("egress")
        before = log.stat().st_size if log.exists() else 0
        self.processes.start(
            "egress",
            [sys.executable, "-m", "tools.recorder"],
            sam.clean_environment(
                AWS_ENDPOINT_URL=self.aws_endpoint_url,
                EGRESS_DIRECTORY=str(recordings),
                LIVEKIT_API_KEY=self.livekit_api_key,
                LIVEKIT_API_SECRET=self.livekit_api_secret,
                LIVEKIT_WS_URL=self.livekit_url,
                REDIS_URL=f"redis://{ports.LOOPBACK}:{self._ports['redis']}",
            ),
            orphaned=signal.SIGTERM,
        )
        self.processes.await_ready("egress", lambda: b"ready:" in log.read_bytes()[before:])

    def stop_egress(self) -> None:
        """Stop the worker, which takes up to a minute to finish its recordings."""
        self.processes.stop("egress", seconds=60)

    def stop_all(self) -> None:
        """Stop every part that runs."""
        self.stop_egress()
        self.stop_livekit()
        self.processes.stop("redis")
        self.stop_emulator()
