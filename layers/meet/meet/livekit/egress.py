"""LiveKit's egress: records a room into a file in the bucket.

https://docs.livekit.io/home/egress/api/ documents the calls. The comments below note where
livekit-server 1.9 and 1.13 and livekit/egress 1.14 behave differently.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

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
    UpdateStreamRequest,
)

from meet.clock import Milliseconds
from meet.errors import MediaServerUnavailable
from meet.livekit.recorder import (
    DEFAULT_COMPOSITION,
    UNDER_WAY,
    Composition,
    CompositionRefused,
    Egress,
    EgressState,
)
from meet.livekit.twirp import Refused, TwirpClient

START_TIMEOUT = 8.0
"""Seconds. If no egress is free, LiveKit answers after 21 to 24, close to the gateway's 29."""

_GRANTS = {"roomRecord": True}
_NOBODY = {"unavailable", "deadline_exceeded"}
"""LiveKit's error codes when no egress worker answered."""
_KNOWN = frozenset(EgressStatus.values())
_NANOSECONDS = Decimal(10**9)
_NANOSECONDS_IN_MILLISECOND = 10**6


@dataclass(frozen=True)
class LiveKitEgress:
    """LiveKit's egress, writing to one bucket."""

    client: TwirpClient
    upload: Callable[[], S3Upload]

    def start(
        self, room: str, object_key: str, composition: Composition = DEFAULT_COMPOSITION
    ) -> Egress:
        """Start recording a room; raises OutcomeUnknown if it may have started all the same.

        Raises CompositionRefused.
        """
        output = EncodedFileOutput(
            file_type=EncodedFileType.MP4,
            filepath=object_key,
            disable_manifest=True,  # else a JSON file is written beside the video
            s3=self.upload(),
        )
        request = RoomCompositeEgressRequest(room_name=room, file_outputs=[output])
        if composition.audio_only:
            request.audio_only = True  # with a layout it would need a browser
        else:
            request.layout = composition.layout
            preset = EncodingOptionsPreset.Value(composition.encoding)
            request.preset = cast(EncodingOptionsPreset, preset)
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
            if refused.code == "invalid_argument" and composition != DEFAULT_COMPOSITION:
                raise CompositionRefused(refused) from refused
            raise self.client.unavailable(refused) from refused
        return to_egress(info)

    def stop(self, egress_id: str) -> None:
        """Stop a recording; do nothing if it has ended."""
        request = StopEgressRequest(egress_id=egress_id)
        try:
            self.client.call("Egress/StopEgress", request, EgressInfo, grants=_GRANTS)
        except Refused as refused:
            if refused.code not in {"not_found", "failed_precondition"}:
                raise self.client.unavailable(refused) from refused

    def is_alive(self, egress_id: str) -> bool:
        """True if the process that records still answers.

        Asks it to change its streams: a recording to a file has none, so a live process refuses
        and nothing changes; for a dead one LiveKit finds no worker. Raises MediaServerUnavailable
        if LiveKit itself cannot be asked.
        """
        request = UpdateStreamRequest(egress_id=egress_id)
        try:
            self.client.call("Egress/UpdateStream", request, EgressInfo, grants=_GRANTS)
        except Refused as refused:
            return refused.code != "not_found"
        except MediaServerUnavailable as error:
            if error.code in _NOBODY:
                return False
            raise
        return True

    def under_way(self) -> list[Egress]:
        """Return all recordings that LiveKit lists as active, including those of dead workers."""
        return self._list(ListEgressRequest(active=True))

    def in_room(self, room: str) -> list[Egress]:
        """Return a room's recordings of the last 24 hours: LiveKit forgets older ones."""
        return self._list(ListEgressRequest(room_name=room))

    def _list(self, request: ListEgressRequest) -> list[Egress]:
        found: list[EgressInfo] = []
        more = True
        while more:
            try:
                reply = self.client.call(
                    "Egress/ListEgress", request, ListEgressResponse, grants=_GRANTS
                )
            except Refused as refused:
                raise self.client.unavailable(refused) from refused
            found += reply.items
            more = bool(reply.items and reply.next_page_token.token)
            request.page_token.CopyFrom(reply.next_page_token)
        return [to_egress(info) for info in found if info.status in _KNOWN]


def to_egress(info: EgressInfo) -> Egress:
    """Read an EgressInfo, from an answer or a webhook.

    Raises ValueError for a status that this version of LiveKit's protocol does not know.
    """
    file, (asked_for, bucket) = _file(info), _asked_for(info)
    state = EgressState(EgressStatus.Name(info.status))
    over = state not in UNDER_WAY
    return Egress(
        id=info.egress_id,
        room_name=info.room_name,
        state=state,
        object_key=file.filename or asked_for,
        started_at=_moment(file.started_at) if _has_run(state, file) else None,
        ended_at=_moment(file.ended_at or info.ended_at) if over else None,
        updated_at=_moment(info.updated_at),
        duration=_duration(file) if over else None,
        error=info.error,
        bucket=bucket,
        details=info.details,
        error_code=info.error_code,
        location=file.location,
        is_in_backup=info.backup_storage_used,
    )


def _has_run(state: EgressState, file: FileInfo) -> bool:
    """True if file.started_at is when recording began.

    An EgressInfo has a started_at of its own, which differs from webhook to webhook and is never
    when recording began. If nothing was recorded, the file may begin at the moment it ends.
    """
    if state in {EgressState.STARTING, EgressState.ABORTED}:
        return False
    return state is not EgressState.FAILED or file.ended_at != file.started_at


def _file(info: EgressInfo) -> FileInfo:
    """Return the file's data; some deployments fill only the deprecated field."""
    return info.file_results[0] if info.file_results else info.file


def _asked_for(info: EgressInfo) -> tuple[str, str]:
    """Return path and bucket from the request that LiveKit's answer includes; empty if it does not.

    The request has two forms: `egress` belongs to LiveKit's newer API, and LiveKit may convert
    ours to it.
    """
    if info.HasField("egress"):
        request = info.egress
        for output in request.outputs:
            storage = output.storage if output.HasField("storage") else request.storage
            return output.file.filepath, storage.s3.bucket
        return "", request.storage.s3.bucket
    for file in info.room_composite.file_outputs:
        return file.filepath, file.s3.bucket
    return "", ""


def _moment(nanoseconds: int | None) -> Milliseconds | None:
    if not nanoseconds or nanoseconds < 0:
        return None
    return Milliseconds(nanoseconds // _NANOSECONDS_IN_MILLISECOND)


def _duration(file: FileInfo) -> Decimal | None:
    """Return seconds; None if nothing was recorded (the duration is then negative or 0)."""
    if file.duration <= 0:
        return None
    return (Decimal(file.duration) / _NANOSECONDS).quantize(Decimal("0.001"))
