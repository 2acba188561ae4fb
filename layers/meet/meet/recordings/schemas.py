"""Request and response bodies about recordings."""

from functools import partial
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field

from meet.clock import DAY
from meet.errors import InvalidRequest
from meet.livekit.recorder import Encoding, Layout
from meet.paging import from_token
from meet.parameters import TRUE_OR_FALSE, Flag, next_page
from meet.powertools import Query
from meet.recordings.errors import RecordingNotFound
from meet.recordings.items import composition_values
from meet.recordings.lifecycle import Status
from meet.recordings.media import MAX_DELETES, Link
from meet.recordings.model import Recording
from meet.recordings.playback import LIFETIME, PARAMETER
from meet.recordings.repository import LIST_KEY
from meet.rooms.recording_options import CompositionOptions
from meet.types import ChosenText, Text, View, WireModel, broken_rule, expected

_ID = "rec_01KX3QZ8V5T7M2N4P6R9S0W1Y3"
_ROOM = "OpenVidu-k3v9x0q2m7t1c8z"
_STARTED, _ENDED = 1_861_920_002_000, 1_861_920_062_000


class RecordingRequest(CompositionOptions):
    """The room to record, and how; what is absent is as the room's preferences say."""

    room_name: Text = Field(description="The room to record.", examples=[_ROOM])


def _texts(value: object) -> object:
    if not isinstance(value, list):
        raise expected("array", value)
    return value


class RecordingIds(WireModel):
    """The recordings to delete."""

    recording_ids: Annotated[list[Text], BeforeValidator(_texts)] = Field(
        min_length=1,
        description=f"At most {MAX_DELETES} different ids.",
        examples=[[_ID]],
    )


def ids_of(body: RecordingIds | None, query: str | None) -> list[str]:
    """Return the ids in the body and the comma-separated query; raises InvalidRequest."""
    ids = list(body.recording_ids) if body else []
    ids += [each.strip() for each in (query or "").split(",") if each.strip()]
    ids = list(dict.fromkeys(ids))
    if not ids:
        raise InvalidRequest(("recordingIds", "Required"))
    if len(ids) > MAX_DELETES:
        raise InvalidRequest(("recordingIds", f"Must have at most {MAX_DELETES} items"))
    return ids


def _statuses(text: str | None) -> str | None:
    for name in [] if text is None else text.split(","):
        if name.strip() not in Status.__members__:
            raise broken_rule(f"Must be one or several of {', '.join(Status)}")
    return text


RecordingPageToken = Annotated[
    str | None, next_page(), AfterValidator(partial(from_token, pattern=LIST_KEY))
]

StatusQuery = Annotated[
    str | None,
    Query(
        alias="status",
        description="Only recordings of this status, or of one of several, comma-separated: "
        f"{', '.join(Status)}.",
        json_schema_extra={"examples": ["STARTING,STARTED"]},
    ),
    AfterValidator(_statuses),
]

RoomFilter = Annotated[
    str | None,
    Query(alias="roomName", description="Only recordings of this room, which may no longer exist."),
]

IdsQuery = Annotated[
    str | None,
    Query(alias="recordingIds", description="Comma-separated ids of the recordings to delete."),
]


def to_statuses(text: str | None) -> frozenset[Status]:
    """Return the statuses that a StatusQuery names; none for None."""
    return frozenset(Status(name.strip()) for name in text.split(",")) if text else frozenset()


MAX_REASON = 500


class HoldRequest(WireModel):
    """Why a recording must not be deleted."""

    reason: Annotated[ChosenText, Field(max_length=MAX_REASON)] = Field(
        description="Why it must not be deleted, for those who will ask.",
        examples=["Case 4711: kept for the court"],
    )


class HoldView(View, title="RecordingHold"):
    """A hold: the recording cannot be deleted, by anyone, until it is lifted."""

    reason: str = Field(
        description="Why it must not be deleted.", examples=["Case 4711: kept for the court"]
    )
    since: int = Field(
        description="Since when, in milliseconds since the Unix epoch.", examples=[_ENDED + DAY]
    )


DeletedFilter = Annotated[
    Flag | None,
    Query(
        alias="deleted",
        description="`true`: those that were deleted and can be restored, instead of the others.",
        json_schema_extra=TRUE_OR_FALSE,
    ),
]


class RecordingView(View, title="OpenViduMeetRecording"):
    """A recording; what is not known yet is absent.

    With `fields`, only the properties that were asked for.
    """

    id: str = Field(description="Identifies the recording.", examples=[_ID])
    room_name: str = Field(description="The room that was recorded.", examples=[_ROOM])
    output_mode: Literal["COMPOSED"] = Field(
        "COMPOSED", description="All participants in one picture.", examples=["COMPOSED"]
    )
    status: Status = Field(
        description="The progress of the recording. It only moves forward; READY and FAILED are "
        "final.",
        examples=["READY"],
    )
    filename: str = Field(description="The name of the file.", examples=[f"{_ID}.mp4"])
    started_at: int | None = Field(
        None,
        description="When recording began, in milliseconds since the Unix epoch.",
        examples=[_STARTED],
    )
    ended_at: int | None = Field(
        None,
        description="When recording ended, in milliseconds since the Unix epoch.",
        examples=[_ENDED],
    )
    duration: float | None = Field(
        None, description="In seconds.", examples=[60], json_schema_extra={"minimum": 0}
    )
    size: int | None = Field(
        None, description="In bytes.", examples=[7_340_032], json_schema_extra={"minimum": 0}
    )
    error: str | None = Field(None, description="Why there is no file; only with FAILED.")
    layout: Layout | None = Field(
        None, description="How the participants are arranged; absent if only sound is recorded."
    )
    encoding: Encoding | None = Field(
        None, description="Height and frame rate of the picture; absent if there is none."
    )
    audio_only: bool | None = Field(
        None, description="True if only sound is recorded; absent otherwise.", examples=[True]
    )
    expiration_date: int | None = Field(
        None,
        description="When the recording is deleted, unless it is held, in milliseconds since the "
        "Unix epoch; absent if it is kept.",
        examples=[_ENDED + 30 * DAY],
    )
    hold: HoldView | None = Field(
        None, description="Why it must not be deleted; absent if it is not held."
    )
    deleted_at: int | None = Field(
        None,
        description="When it was deleted, in milliseconds since the Unix epoch; only if it can be "
        "restored.",
        examples=[_ENDED + DAY],
    )
    restorable_until: int | None = Field(
        None,
        description="Until when it can be restored, in milliseconds since the Unix epoch; only if "
        "it was deleted.",
        examples=[_ENDED + 8 * DAY],
    )

    @classmethod
    def of(cls, recording: Recording) -> Self:
        """Return the view of a recording."""
        hold, trash = recording.hold, recording.trash
        return cls(
            id=recording.id,
            room_name=recording.room_name,
            status=recording.status,
            filename=recording.filename,
            started_at=recording.started_at,
            ended_at=recording.ended_at,
            duration=None if recording.duration is None else float(recording.duration),
            size=recording.size,
            error=recording.error,
            expiration_date=recording.expires_at,
            hold=None if hold is None else HoldView(reason=hold.reason, since=hold.since),
            deleted_at=None if trash is None else trash.deleted_at,
            restorable_until=None if trash is None else trash.until,
            **composition_values(recording.composition),
        )


STARTING = {
    "id": _ID,
    "roomName": _ROOM,
    "outputMode": "COMPOSED",
    "status": "STARTING",
    "filename": f"{_ID}.mp4",
    "layout": "grid",
    "encoding": "H264_720P_30",
}
"""An example: a recording that nothing is known of yet."""


class LinkView(View, title="RecordingLink"):
    """A link to a recording."""

    url: str = Field(
        description="Plays the recording without an API key.",
        examples=[
            f"http://localhost:6080/meet/api/v1/recordings/{_ID}/stream?{PARAMETER}=1861923600.signature"
        ],
        json_schema_extra={"format": "uri"},
    )
    expires_at: int = Field(
        description="When the link expires, in milliseconds since the Unix epoch.",
        examples=[_ENDED + LIFETIME],
    )

    @classmethod
    def of(cls, link: Link) -> Self:
        """Return the view of a link."""
        return cls(url=link.url, expires_at=link.expires_at)


class NotDeleted(View, title="RecordingNotDeleted"):
    """A recording that was not deleted."""

    recording_id: str = Field(description="Its id, as it was sent.", examples=["rec_unknown"])
    error: str = Field(
        description="The reason, as a sentence.", examples=[RecordingNotFound.message]
    )


class DeletionView(View, title="RecordingDeletion"):
    """The result of deleting several recordings."""

    deleted: list[str] = Field(description="The ids of the deleted recordings.", examples=[[_ID]])
    not_deleted: list[NotDeleted] = Field(description="Those that still exist, or never did.")

    @classmethod
    def of(cls, deleted: list[str], errors: dict[str, str]) -> Self:
        """Return the view of the deleted ids, and of the others with their errors."""
        refused = [NotDeleted(recording_id=each, error=error) for each, error in errors.items()]
        return cls(deleted=deleted, not_deleted=refused)
