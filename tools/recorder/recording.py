"""The life of one egress: recorder, file, upload, and the reports to LiveKit."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import time
from typing import Any

from livekit.protocol.egress import EgressStatus

from tools import ROOT
from tools.recorder import recorder, upload
from tools.recorder.psrpc import Peer
from tools.recorder.reports import Reports
from tools.recorder.request import Job
from tools.recorder.state import Place
from tools.recorder.upload import UploadFailed

log = logging.getLogger(__name__)

STOPPED_EARLY = "Stop called before pipeline could start"
STOPPED = "StopEgress API"
UPLOAD_SECONDS = 600
"""Longer than any upload of the local stack; boto3 bounds each request, not the whole."""
_RECORDER_ENDS_SECONDS = 30
_CODES: dict[int, int] = {EgressStatus.EGRESS_ABORTED: 412, EgressStatus.EGRESS_LIMIT_REACHED: 413}
_NOT_UPLOADED = 400
_NO_REASON = ""
_INHERITED = ("PATH", "HOME", "LANG", "PYTHONPATH", "TMPDIR", "VIRTUAL_ENV", "XDG_DATA_DIRS")


class Recording:
    """One egress."""

    def __init__(self, peer: Peer, place: Place, job: Job) -> None:
        self._place, self._job = place, job
        self._reports = Reports(peer)
        self._process: asyncio.subprocess.Process | None = None
        self._is_recorded = False
        self._failure = ""
        self._ended_at = 0
        """Nanoseconds."""

    @property
    def info(self) -> Any:
        """The state that LiveKit has or will be told."""
        return self._job.info

    @property
    def _file(self) -> Any:
        return self.info.file_results[0]

    async def run(self, task: dict[str, Any]) -> None:
        """Run a `recorder.Task`; returns when LiveKit was told the end."""
        async with self._reporting():
            try:
                await self._record(task)
            except OSError as error:
                self._failure = f"the recorder could not run: {error.strerror}"
            await self._finish()

    def stop(self, reason: str) -> None:
        """End the egress: abort it while it is starting; do nothing if it is ending."""
        if self.info.status == EgressStatus.EGRESS_STARTING:
            error = STOPPED_EARLY if reason == STOPPED else recorder.NOT_STARTED
            self._conclude(EgressStatus.EGRESS_ABORTED, reason, error)
        elif self.info.status == EgressStatus.EGRESS_ACTIVE:
            self._ending(reason, time.time_ns())
        if self._process and self._process.stdin:
            with contextlib.suppress(OSError, RuntimeError):
                self._process.stdin.write(json.dumps({"stop": reason}).encode() + b"\n")
            self._expect_end()

    @contextlib.asynccontextmanager
    async def _reporting(self) -> Any:
        delivery = asyncio.create_task(self._reports.deliver())
        try:
            yield
            self._reports.close()
            await delivery
        finally:
            delivery.cancel()
            self._place.clear()

    async def _record(self, task: dict[str, Any]) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tools.recorder.recorder",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env={name: os.environ[name] for name in _INHERITED if name in os.environ},
            # Ctrl-C in a terminal is meant only for the worker.
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if self._is_over():  # stopped while the process was starting
            self._process.kill()
        self._process.stdin.write(json.dumps(task).encode() + b"\n")
        try:
            async for line in self._process.stdout:
                self._heard(json.loads(line))
        finally:
            # After any failure here the recorder has to end too.
            self._process.stdin.close()
        self._expect_end()
        code = await self._process.wait()
        if code and not self._is_over():
            died = signal.strsignal(-code) if code < 0 else None
            text = f"signal: {died.lower()}" if died else f"exit status {code}"
            self._conclude(EgressStatus.EGRESS_FAILED, _NO_REASON, text)

    def _expect_end(self) -> None:
        """Kill the recorder if it does not end soon; its recording is then lost."""
        process = self._process

        def kill() -> None:
            if process and process.returncode is None:
                process.kill()

        asyncio.get_running_loop().call_later(_RECORDER_ENDS_SECONDS, kill)

    def _heard(self, event: dict[str, Any]) -> None:
        name = event.pop("event")
        log.info("%s: %s %s", self.info.egress_id, name, event)
        if self._is_over():
            return
        if name == "active" and self.info.status == EgressStatus.EGRESS_STARTING:
            self.info.status = EgressStatus.EGRESS_ACTIVE
            self._file.started_at = event["at"]
            self._changed()
        elif name == "ending":
            self._ending(event["reason"], event["at"])
            self._expect_end()
        elif name == "recorded":
            self._is_recorded = True
        elif name == "aborted":
            self._conclude(EgressStatus.EGRESS_ABORTED, event["reason"], recorder.NOT_STARTED)
        elif name == "failed":
            self._failure = event["error"]

    def _ending(self, reason: str, at: int) -> None:
        if self.info.status != EgressStatus.EGRESS_ACTIVE:
            return
        self.info.status = EgressStatus.EGRESS_ENDING
        self.info.details = f"End reason: {reason}"
        self._ended_at = at
        self._changed()

    async def _finish(self) -> None:
        """Upload the file, and end the egress."""
        if self._is_over():
            return
        if not self._is_recorded:
            text = self._failure or "nothing was recorded"
            self._conclude(EgressStatus.EGRESS_FAILED, "Failure", text)
            return
        reason = self.info.details.removeprefix("End reason: ") or recorder.KILLED
        # By the clock, as LiveKit counts: the file may play a little longer.
        self._file.ended_at = self._ended_at or time.time_ns()
        self._file.duration = self._file.ended_at - self._file.started_at
        self._file.size = self._place.film.stat().st_size
        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                await self._upload()
        except (UploadFailed, TimeoutError) as error:
            text = str(error) or f"S3 upload failed: not done in {UPLOAD_SECONDS} s"
            log.error("%s: %s", self.info.egress_id, text)  # noqa: TRY400
            self._conclude(EgressStatus.EGRESS_FAILED, reason, text, _NOT_UPLOADED)
            return
        if reason in {recorder.LIMIT, recorder.DISK_FULL}:
            self._conclude(EgressStatus.EGRESS_LIMIT_REACHED, reason, reason)
        else:
            self._conclude(EgressStatus.EGRESS_COMPLETE, reason, "")

    async def _upload(self) -> None:
        place, target, credentials = self._place, self._job.target, self._job.credentials
        self._file.location = await asyncio.to_thread(
            upload.put, place.film, "video/mp4", target, credentials
        )
        if not self._job.manifest:
            return
        place.manifest.write_text(json.dumps(self._manifest()))
        beside = target.beside(f"{self.info.egress_id}.json")
        try:
            self.info.manifest_location = await asyncio.to_thread(
                upload.put, place.manifest, "application/json", beside, credentials
            )
        except UploadFailed as error:  # the recording itself is where it should be
            log.warning("%s: no manifest: %s", self.info.egress_id, error)

    def _manifest(self) -> dict[str, Any]:
        return {
            "egress_id": self.info.egress_id,
            "room_id": self.info.room_id,
            "room_name": self.info.room_name,
            "started_at": self._file.started_at,
            "ended_at": self._file.ended_at,
            "files": [{"filename": self._file.filename, "location": self._file.location}],
        }

    def _is_over(self) -> bool:
        return bool(self.info.status >= EgressStatus.EGRESS_COMPLETE)

    def _conclude(self, status: int, reason: str, error: str, code: int = 500) -> None:
        self.info.status = status
        self.info.details = f"End reason: {reason}" if reason else ""
        self.info.error = error
        if error:
            self.info.error_code = _CODES.get(status, code)
        self.info.ended_at = time.time_ns()
        log.info("%s: %s %s", self.info.egress_id, EgressStatus.Name(status), error or reason)
        self._changed()

    def _changed(self) -> None:
        self.info.updated_at = time.time_ns()
        self.info.file.CopyFrom(self._file)
        self._reports.add(self.info)
