"""A participant of a meeting, as LiveKit describes them, and what LiveKit lets them do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from livekit.protocol.models import ParticipantInfo, ParticipantPermission, TrackInfo, TrackSource

from meet.clock import SECOND, Milliseconds
from meet.livekit.tokens import issued

MAX_IDENTITY_BYTES = 256
"""LiveKit's limit."""

_UNKNOWN = Milliseconds(0)
_PEOPLE = {ParticipantInfo.Kind.STANDARD, ParticipantInfo.Kind.SIP}


class Source(StrEnum):
    """What a track carries."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SCREEN_SHARE = "screenShare"
    SCREEN_SHARE_AUDIO = "screenShareAudio"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Track:
    """A published track."""

    sid: str
    source: Source
    is_muted: bool = False


@dataclass(frozen=True, slots=True)
class Permission:
    """What LiveKit lets a participant do. Nobody of ours may do anything else."""

    can_publish: bool
    can_publish_data: bool
    can_subscribe: bool = True

    def to_grants(self) -> dict[str, bool]:
        """Return the grants of a token."""
        return {
            "canSubscribe": self.can_subscribe,
            "canPublish": self.can_publish,
            "canPublishData": self.can_publish_data,
        }

    def to_message(self) -> ParticipantPermission:
        """Return the permission that a token with the grants gives; a missing field means no."""
        return ParticipantPermission(
            can_subscribe=self.can_subscribe,
            can_publish=self.can_publish,
            can_publish_data=self.can_publish_data,
        )


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant who is connected to a meeting."""

    identity: str
    name: str = ""
    is_recorder: bool = False
    is_publishing: bool = False
    issued_at: Milliseconds | None = None
    """When their token was issued; None if it is not one of ours."""
    sid: str = ""
    """Identifies the connection: a participant who comes back has another one."""
    is_agent: bool = False
    """True for agents, ingress and the like, which are neither people nor recorders."""
    joined_at: Milliseconds = _UNKNOWN
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    tracks: tuple[Track, ...] = ()

    @property
    def is_person(self) -> bool:
        """True unless it is a recorder, an agent or an ingress."""
        return not self.is_recorder and not self.is_agent

    def publishes(self, *sources: Source) -> bool:
        """True if a track from one of these sources is published and not muted."""
        return any(each.source in sources and not each.is_muted for each in self.tracks)


_SOURCES = {
    TrackSource.CAMERA: Source.CAMERA,
    TrackSource.MICROPHONE: Source.MICROPHONE,
    TrackSource.SCREEN_SHARE: Source.SCREEN_SHARE,
    TrackSource.SCREEN_SHARE_AUDIO: Source.SCREEN_SHARE_AUDIO,
}


def is_identity(text: str) -> bool:
    """True if LiveKit can have a participant with this identity."""
    try:
        return 0 < len(text.encode()) <= MAX_IDENTITY_BYTES
    except UnicodeEncodeError:  # half a surrogate pair, from a path that is not UTF-8
        return False


def to_participant(info: ParticipantInfo) -> Participant:
    """Read a ParticipantInfo, from an answer or a webhook."""
    is_recorder = info.kind == ParticipantInfo.Kind.EGRESS or info.permission.recorder
    return Participant(
        identity=info.identity,
        name=info.name,
        is_recorder=is_recorder,
        is_publishing=bool(info.tracks),
        issued_at=issued(info.attributes),
        sid=info.sid,
        is_agent=not is_recorder and (info.kind not in _PEOPLE or info.permission.agent),
        joined_at=Milliseconds(info.joined_at_ms or info.joined_at * SECOND),
        metadata=info.metadata,
        attributes=dict(info.attributes),
        tracks=tuple(map(_to_track, info.tracks)),
    )


def _to_track(info: TrackInfo) -> Track:
    return Track(info.sid, _SOURCES.get(info.source, Source.UNKNOWN), info.muted)
