"""LiveKit's egress: records a room into a file in the bucket.

https://docs.livekit.io/home/egress/api/ says what each call asks and answers; the surprises
below were met with livekit-server 1.9.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from livekit.protocol.egress import (
    EgressInfo,
    EgressStatus,
    EncodedFileOutput,
    EncodedFileType,
    EncodingOptionsPreset,
    FileInfo,
    ListEgressRequest,
    ListEgressResponse,
    RoomCompositeEgressRequest,
    S3Upload,
    StopEgressRequest,
)

from meet.clock import Milliseconds
from meet.recordings.lifecycle import Evidence
from meet.twirp import Refused, TwirpClient

START_TIMEOUT = 8.0
"""Seconds. Without a free egress LiveKit answers after 21 to 24, close to the gateway's 29."""

_GRANTS = {"roomRecord": True}
_KNOWN = frozenset(EgressStatus.values())
_NANOSECONDS = Decimal(10**9)
_NANOSECONDS_IN_MILLISECOND = 10**6


@dataclass(frozen=True, slots=True)
class Egress:
    """What LiveKit says about one recording."""

    id: str
    room_name: str
    evidence: Evidence
    object_key: str
    started_at: Milliseconds | None
    ended_at: Milliseconds | None
    updated_at: Milliseconds | None
    duration: Decimal | None
    """Seconds."""
    error: str
    """LiveKit's words: for logs, not for callers."""
    bucket: str = ""
    """Empty where LiveKit does not repeat the request."""

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will come from it."""
        return self.evidence not in _UNDER_WAY


class Recorder(Protocol):
    """What Meet asks of egress; each raises MediaServerUnavailable when it cannot be had."""

    def start(self, room: str, object_key: str) -> Egress:
        """Record a room; OutcomeUnknown when it may have started all the same."""

    def stop(self, egress_id: str) -> None:
        """End a recording; do nothing if it is over."""

    def under_way(self) -> list[Egress]:
        """Return every recording that LiveKit takes for going on, also of dead workers."""

    def in_room(self, room: str) -> list[Egress]:
        """Return a room's recordings of the last 24 hours; LiveKit forgets older ones."""


_UNDER_WAY = {Evidence.EGRESS_STARTING, Evidence.EGRESS_ACTIVE, Evidence.EGRESS_ENDING}


@dataclass(frozen=True)
class LiveKitEgress:
    """LiveKit's egress, writing to one bucket."""

    client: TwirpClient
    upload: Callable[[], S3Upload]

    def start(self, room: str, object_key: str) -> Egress:
        """Record a room; OutcomeUnknown when it may have started all the same."""
        output = EncodedFileOutput(
            file_type=EncodedFileType.MP4,
            filepath=object_key,
            disable_manifest=True,  # else a JSON file is written beside the video
            s3=self.upload(),
        )
        request = RoomCompositeEgressRequest(
            room_name=room,
            layout="grid",
            preset=EncodingOptionsPreset.H264_720P_30,
            file_outputs=[output],
        )
        try:
            info = self.client.call(
                "Egress/StartRoomCompositeEgress",
                request,
                EgressInfo,
                grants=_GRANTS,
                timeout=START_TIMEOUT,
                repeatable=False,
            )
        except Refused as refused:
            raise self.client.unavailable(refused) from refused
        return to_egress(info)

    def stop(self, egress_id: str) -> None:
        """End a recording; do nothing if it is over."""
        request = StopEgressRequest(egress_id=egress_id)
        try:
            self.client.call("Egress/StopEgress", request, EgressInfo, grants=_GRANTS)
        except Refused as refused:
            if refused.code not in {"not_found", "failed_precondition"}:
                raise self.client.unavailable(refused) from refused

    def under_way(self) -> list[Egress]:
        """Return every recording that LiveKit takes for going on, also of dead workers."""
        return self._list(ListEgressRequest(active=True))

    def in_room(self, room: str) -> list[Egress]:
        """Return a room's recordings of the last 24 hours; LiveKit forgets older ones."""
        return self._list(ListEgressRequest(room_name=room))

    def _list(self, request: ListEgressRequest) -> list[Egress]:
        try:
            reply = self.client.call(
                "Egress/ListEgress", request, ListEgressResponse, grants=_GRANTS
            )
        except Refused as refused:
            raise self.client.unavailable(refused) from refused
        return [to_egress(info) for info in reply.items if info.status in _KNOWN]


def to_egress(info: EgressInfo) -> Egress:
    """Return what an EgressInfo tells, from an answer or a webhook.

    Raises ValueError for a status that this version of LiveKit's protocol does not know.
    """
    file = _file(info)
    evidence = Evidence(EgressStatus.Name(info.status))
    # Before ACTIVE, started_at is when the request came, not when recording began.
    began = None if evidence is Evidence.EGRESS_STARTING else file.started_at or info.started_at
    over = evidence not in _UNDER_WAY
    return Egress(
        id=info.egress_id,
        room_name=info.room_name,
        evidence=evidence,
        object_key=file.filename or _output(info).filepath,
        started_at=_moment(began),
        ended_at=_moment(file.ended_at or info.ended_at) if over else None,
        updated_at=_moment(info.updated_at),
        duration=_duration(file) if over else None,
        error=info.error,
        bucket=_output(info).s3.bucket,
    )


def _file(info: EgressInfo) -> FileInfo:
    """Return the file's facts; some deployments fill only the deprecated field."""
    return info.file_results[0] if info.file_results else info.file


def _output(info: EgressInfo) -> EncodedFileOutput:
    outputs = info.room_composite.file_outputs
    return outputs[0] if outputs else EncodedFileOutput()


def _moment(nanoseconds: int | None) -> Milliseconds | None:
    if not nanoseconds or nanoseconds < 0:
        return None
    return Milliseconds(nanoseconds // _NANOSECONDS_IN_MILLISECOND)


def _duration(file: FileInfo) -> Decimal | None:
    """Return seconds; a recording that never ran has a negative or no duration."""
    if file.duration <= 0:
        return None
    return (Decimal(file.duration) / _NANOSECONDS).quantize(Decimal("0.001"))
