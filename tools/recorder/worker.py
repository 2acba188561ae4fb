"""Answers LiveKit's requests, and decides how many recordings run at once."""

import asyncio
import datetime
import logging
import shutil
import time
from collections.abc import Coroutine
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from livekit import api
from livekit.protocol.egress import (
    StopEgressRequest,
    UpdateLayoutRequest,
    UpdateStreamRequest,
)

from tools.recorder import recorder, wire
from tools.recorder.psrpc import Peer, Refused
from tools.recorder.recording import STOPPED, Recording
from tools.recorder.request import Job, accept
from tools.recorder.state import Place
from tools.recorder.upload import Credentials

log = logging.getLogger(__name__)

FREE_FLOOR = 1024 * 1024 * 1024
"""Bytes that must be free on the disk before another recording is begun."""
_TOKEN_LIFE = datetime.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings from the environment; times in seconds, zero for no limit."""

    ws_url: str
    api_key: str
    api_secret: str = field(repr=False)
    directory: Path
    at_once: int
    start_timeout: float
    max_duration: float
    assume_role_key: Credentials | None = field(default=None, repr=False)
    """As in the configuration of LiveKit's egress: without it no role is assumed."""


class Worker:
    """Answers LiveKit, and manages the running recordings."""

    def __init__(self, peer: Peer, settings: Settings) -> None:
        self._peer, self._settings = peer, settings
        self._recordings: dict[str, Recording] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._draining = False
        peer.serve(
            "EgressInternal", "StartEgress", wire.StartEgressRequest, self._start, self._has_room
        )
        peer.serve(
            "EgressInternal", "ListActiveEgress", wire.ListActiveEgressRequest, self._list, None
        )
        for method, request, handler in (
            ("StopEgress", StopEgressRequest, self._stop),
            ("UpdateStream", UpdateStreamRequest, self._update_stream),
            ("UpdateLayout", UpdateLayoutRequest, self._update_layout),
        ):
            peer.serve("EgressHandler", method, request, handler, self._is_mine)

    async def drain(self, timeout: float) -> None:
        """Stop all recordings and wait until they are uploaded, `timeout` in seconds."""
        self._draining = True
        for recording in self._recordings.values():
            recording.stop(recorder.KILLED)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout)
        for egress_id in self._recordings:
            log.warning("%s: not finished in time, and lost", egress_id)

    def _has_room(self, _topic: str, _request: Any) -> float:
        if self._draining or len(self._recordings) >= self._settings.at_once:
            return -1.0
        if shutil.disk_usage(self._settings.directory).free < FREE_FLOOR:
            log.error("less than %d MiB free: no new recordings", FREE_FLOOR >> 20)
            return -1.0
        return 1.0

    def _is_mine(self, topic: str, _request: Any) -> float:
        return 1.0 if topic in self._recordings else -1.0

    async def _list(self, _topic: str, _request: Any) -> Message:
        answer: Message = wire.ListActiveEgressResponse(egress_ids=list(self._recordings))
        return answer

    async def _stop(self, topic: str, _request: Any) -> Message:
        recording = self._recordings.get(topic)
        if recording is None:
            raise Refused("not_found", "egress does not exist")
        recording.stop(STOPPED)
        info: Message = recording.info
        return info

    async def _update_stream(self, _topic: str, _request: Any) -> Message:
        raise Refused("invalid_argument", "pipeline has no stream output")

    async def _update_layout(self, _topic: str, _request: Any) -> Message:
        raise Refused("unimplemented", "this local worker has one layout")

    async def _start(self, _topic: str, request: Any) -> Message:
        job = accept(request, time.time_ns(), self._settings.assume_role_key)
        egress_id = str(request.egress_id)
        if egress_id in self._recordings:
            raise Refused("already_exists", "egress already exists")
        if len(self._recordings) >= self._settings.at_once:  # two starts won at the same time
            raise Refused("unavailable", "this local worker is busy")
        place = Place(self._settings.directory, egress_id)
        recording = Recording(self._peer, place, job)
        self._recordings[egress_id] = recording
        try:
            await self._peer.call("IOInfo", "CreateEgress", job.info, Empty)
        except BaseException:
            del self._recordings[egress_id]
            raise
        self._keep(egress_id, recording.run(self._task(job, place)))
        info: Message = recording.info
        return info

    def _keep(self, egress_id: str, life: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(life)
        self._tasks.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            del self._recordings[egress_id]
            if not task.cancelled() and task.exception():
                log.error("%s: given up", egress_id, exc_info=task.exception())

        task.add_done_callback(ended)

    def _task(self, job: Job, place: Place) -> dict[str, Any]:
        """Return the JSON for `recorder.Task`."""
        return {
            "url": job.url or self._settings.ws_url,
            "token": job.token or self._token(job),
            "path": str(place.film),
            "start_timeout": self._settings.start_timeout,
            "max_duration": self._settings.max_duration,
            **asdict(job.form),
        }

    def _token(self, job: Job) -> str:
        grants = api.VideoGrants(
            room_join=True,
            room=job.info.room_name,
            can_subscribe=True,
            can_publish=False,
            can_publish_data=False,
            hidden=True,
            recorder=True,
        )
        token = api.AccessToken(self._settings.api_key, self._settings.api_secret)
        token = token.with_identity(job.info.egress_id).with_kind("egress").with_ttl(_TOKEN_LIFE)
        return str(token.with_grants(grants).to_jwt())
