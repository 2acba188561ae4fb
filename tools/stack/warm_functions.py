"""Functions in the emulator as in Lambda: they start quickly, stay warm, and log to one file.

Every function here replaces a part of the emulator that has no switch for it.
"""

import hashlib
import os
import shutil
import sys
import threading
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_KEPT = 3
"""Number of layers that stay unpacked: the deployed one and its predecessors."""


def log_to(log: Path) -> None:
    """Send what the functions print to a file.

    The emulator would keep it in memory for good, in a CloudWatch Logs stream per invocation.
    """

    def emit(
        function: dict[str, Any], request_id: str, text: str, error: bool, duration: int, **_: Any
    ) -> None:
        name = (function.get("config") or function).get("FunctionName", "unknown")
        outcome = "failed" if error else "ended"
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with log.open("a") as file:
            file.write(f"{now} {name} {request_id} {outcome} after {duration} ms\n")
            file.writelines(f"  {line}\n" for line in text.splitlines())

    lambda_svc._emit_lambda_logs = emit


def wait_less_for_logs() -> None:
    """Wait 10 ms, not 50, for the first line of a function that prints nothing.

    The authorizer is such a function, and runs before every call.
    """
    drain = lambda_runtime.Worker._drain_stderr_bounded
    lambda_runtime.Worker._drain_stderr_bounded = lambda worker: drain(worker, 0.01)


def keep_workers_whose_handler_raised() -> None:
    """Keep a function's process after an exception, as Lambda does.

    The emulator would end it, and the authorizer raises for each request that it refuses.
    """
    runtime = lambda_runtime
    invoke, signal, collect = runtime.Worker.invoke, runtime._signal, runtime._collect
    asked = threading.local()

    def signal_later(process: Any) -> None:
        if getattr(asked, "inside", False):
            asked.process = process
        else:
            signal(process)

    def collect_later(process: Any, deadline: float) -> None:
        if not getattr(asked, "inside", False):
            collect(process, deadline)

    def invoke_and_decide(worker: Any, *arguments: Any, **options: Any) -> Any:
        asked.inside, asked.process = True, None
        try:
            response = invoke(worker, *arguments, **options)
        finally:
            asked.inside = False
        process = asked.process
        if process is not None and "trace" in response:  # the handler's, told by the process itself
            worker._proc = process
        elif process is not None:
            signal(process)
            collect(process, time.monotonic() + runtime._REAP_GRACE)
        return response

    runtime._signal, runtime._collect = signal_later, collect_later
    runtime.Worker.invoke = invoke_and_decide


class SharedLayers:
    """Layers, each unpacked once; every process of a function gets a link to the files.

    The emulator would unpack the layer for each process.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unpacking = threading.Lock()

    def link(self, archive: Path, target: Path) -> None:
        """Link the archive's top-level entries into the target."""
        for entry in self._unpacked(archive).iterdir():
            (target / entry.name).symlink_to(entry)

    def _unpacked(self, archive: Path) -> Path:
        folder = self._folder / hashlib.sha256(archive.read_bytes()).hexdigest()[:32]
        with self._unpacking:
            if not folder.exists():
                self._forget_all_but(_KEPT - 1)
                building = folder.with_suffix(".new")
                with zipfile.ZipFile(archive) as content:
                    content.extractall(building)
                building.rename(folder)
            os.utime(folder)
        return folder

    def _forget_all_but(self, latest: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        newest_first = sorted(
            self._folder.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True
        )
        for folder in newest_first[latest:]:
            shutil.rmtree(folder, ignore_errors=True)


def unpack_layers_once(folder: Path) -> None:
    """Share the unpacked layers between the processes of all functions."""
    layers = SharedLayers(folder)

    class Archive(zipfile.ZipFile):
        def __init__(self, file: str) -> None:
            super().__init__(file)
            self._file = Path(file)
            self._is_layer = self._file.name.startswith("layer_")

        def namelist(self) -> list[str]:
            # The emulator resolves each name, which takes longer than unpacking.
            return [] if self._is_layer else super().namelist()

        def extractall(self, path: Any = None, *arguments: Any, **options: Any) -> None:
            if self._is_layer:
                layers.link(self._file, Path(path))
            else:
                super().extractall(path, *arguments, **options)

    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=Archive,
        BadZipFile=zipfile.BadZipFile,
        LargeZipFile=zipfile.LargeZipFile,
        LargeFileError=zipfile.LargeZipFile,  # the emulator's name for it
    )


def run_isolated(folder: Path) -> None:
    """Let functions see the standard library and their layer alone, as in Lambda.

    The emulator runs them in its own environment, where botocore finds and imports packages that
    the layer does not have: a third of an authorizer's start.
    """
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys._base_executable}" -I -S "$@"\n')  # type: ignore[attr-defined]
    python.chmod(0o700)
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime._detect_runtime_binary = lambda _runtime: (str(python), script)
