"""Reports one egress to LiveKit: in order, and repeated until LiveKit has received it."""

import asyncio
import logging
from typing import Any

from google.protobuf.empty_pb2 import Empty
from livekit.protocol.egress import EgressInfo, EgressStatus

from tools.recorder.psrpc import Peer, Refused

log = logging.getLogger(__name__)

FIRST_DELAY = 0.25
LAST_DELAY = 30.0


class Reports:
    """The reports about one egress that are still to be sent."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._waiting: asyncio.Queue[EgressInfo | None] = asyncio.Queue()

    def add(self, info: Any) -> None:
        """Queue the current state of the egress."""
        snapshot = EgressInfo()
        snapshot.CopyFrom(info)
        self._waiting.put_nowait(snapshot)

    def close(self) -> None:
        """Close the queue: nothing more will be added."""
        self._waiting.put_nowait(None)

    async def deliver(self) -> None:
        """Send all reports until closed, each until it succeeds."""
        while info := await self._waiting.get():
            delay = FIRST_DELAY
            while not await self._told(info):
                await asyncio.sleep(delay)
                delay = min(2 * delay, LAST_DELAY)

    async def _told(self, info: Any) -> bool:
        try:
            await self._peer.call("IOInfo", "UpdateEgress", info, Empty)
        except Refused as error:
            status = EgressStatus.Name(info.status)
            log.warning("%s: LiveKit was not told %s: %s", info.egress_id, status, error)
            return False
        return True
