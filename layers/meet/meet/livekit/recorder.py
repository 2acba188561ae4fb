"""The recorder as the rest of the package sees it, without LiveKit's messages."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from meet.clock import Milliseconds


class EgressState(StrEnum):
    """The status of an egress, in LiveKit's words."""

    STARTING = "EGRESS_STARTING"
    ACTIVE = "EGRESS_ACTIVE"
    ENDING = "EGRESS_ENDING"
    COMPLETE = "EGRESS_COMPLETE"
    LIMIT_REACHED = "EGRESS_LIMIT_REACHED"
    FAILED = "EGRESS_FAILED"
    ABORTED = "EGRESS_ABORTED"


UNDER_WAY = frozenset({EgressState.STARTING, EgressState.ACTIVE, EgressState.ENDING})


class Layout(StrEnum):
    """How the participants are arranged in the picture."""

    GRID = "grid"
    SPEAKER = "speaker"
    SINGLE_SPEAKER = "single-speaker"


class Encoding(StrEnum):
    """Size and frame rate of the picture: LiveKit's presets."""

    H264_720P_30 = "H264_720P_30"
    H264_720P_60 = "H264_720P_60"
    H264_1080P_30 = "H264_1080P_30"
    H264_1080P_60 = "H264_1080P_60"
    PORTRAIT_H264_720P_30 = "PORTRAIT_H264_720P_30"
    PORTRAIT_H264_720P_60 = "PORTRAIT_H264_720P_60"
    PORTRAIT_H264_1080P_30 = "PORTRAIT_H264_1080P_30"
    PORTRAIT_H264_1080P_60 = "PORTRAIT_H264_1080P_60"


@dataclass(frozen=True, slots=True)
class Composition:
    """What a recording contains; without a picture, layout and encoding do not count."""

    layout: Layout = Layout.GRID
    encoding: Encoding = Encoding.H264_720P_30
    audio_only: bool = False


DEFAULT_COMPOSITION = Composition()


class CompositionRefused(Exception):
    """The recorder does not know the layout or the encoding."""


@dataclass(frozen=True, slots=True)
class Egress:
    """One recording, as LiveKit tells of it."""

    id: str
    room_name: str
    state: EgressState
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
    details: str = ""
    """LiveKit's words for why it ended, such as "End reason: StopEgress API": for logs, too."""
    error_code: int = 0
    """An HTTP status; 0 for none."""
    location: str = ""
    """Where egress says that the file is: a URL, or a path in its backup storage."""
    is_in_backup: bool = False
    """True if the file is in egress's backup storage, since the bucket did not take it."""

    @property
    def is_over(self) -> bool:
        """True if it has ended."""
        return self.state not in UNDER_WAY


class Recorder(Protocol):
    """LiveKit's egress; each method raises MediaServerUnavailable if it cannot be asked."""

    def start(
        self, room: str, object_key: str, composition: Composition = DEFAULT_COMPOSITION
    ) -> Egress:
        """Record a room; raises OutcomeUnknown if it may have started after all.

        Raises CompositionRefused if the recorder cannot record it so.
        """

    def stop(self, egress_id: str) -> None:
        """Stop a recording; do nothing if it has ended."""

    def is_alive(self, egress_id: str) -> bool:
        """True if the process that records answers, whatever it says."""

    def under_way(self) -> list[Egress]:
        """Return every recording that LiveKit lists as active, those of dead workers too."""

    def in_room(self, room: str) -> list[Egress]:
        """Return a room's recordings of the last 24 hours; LiveKit forgets older ones."""
