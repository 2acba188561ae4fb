"""Request and response bodies about share links."""

from typing import Annotated, Self

from pydantic import Field

from meet.clock import DAY, Milliseconds
from meet.powertools import Body, Path
from meet.recordings.links import PASS, Draft, ShareLink
from meet.recordings.model import Recording
from meet.rooms.schemas import within
from meet.types import Boolean, Integer, PathSegment, Text, Timestamp, View, WireModel

MAX_YEARS = 1
MAX_VIEWS = 1_000_000

_ID = "k3v9x0q2m7t1c8zd"
_RECORDING = "rec_01KX3QZ8V5T7M2N4P6R9S0W1Y3"
_ORIGIN = "http://localhost:6080/meet"
_STREAM = f"{_ORIGIN}/api/v1/recordings/{_RECORDING}/links/{_ID}/stream?{PASS}=1862006400.c2ln"
_MADE = 1_861_920_000_000
_ENDS = _MADE + 30 * DAY

LinkId = Annotated[PathSegment, Path(description="The `linkId` of the share link.")]


class ShareLinkOptions(WireModel, title="ShareLinkOptions"):
    """Options for a new share link."""

    expires_at: Annotated[Timestamp, within(MAX_YEARS)] = Field(
        description="When the link ends, in milliseconds since the Unix epoch: later than now, at "
        f"most {MAX_YEARS} year ahead.",
        examples=[_ENDS],
    )
    max_views: Annotated[Integer, Field(ge=1, le=MAX_VIEWS)] | None = Field(
        None,
        description="How often the recording may be watched by it. Absent: as often as one likes.",
        examples=[25],
    )
    download: Boolean = Field(
        False, description="Whether its page offers the file to be saved.", examples=[True]
    )

    def to_draft(self) -> Draft:
        """Return the draft of the link."""
        return Draft(Milliseconds(self.expires_at), self.max_views, self.download)


NewShareLink = Annotated[ShareLinkOptions, Body()]


class ShareLinkView(View, title="ShareLink"):
    """A link by which anyone can watch one recording."""

    link_id: str = Field(description="Identifies it.", examples=[_ID])
    url: str | None = Field(
        None,
        description="The page that plays the recording: shown only in the answer that made it.",
        examples=[f"{_ORIGIN}/watch/{_RECORDING}#{_ID}.secret"],
        json_schema_extra={"format": "uri"},
    )
    creation_date: int = Field(
        description="When it was made, in milliseconds since the Unix epoch.", examples=[_MADE]
    )
    expires_at: int = Field(
        description="When it ends, in milliseconds since the Unix epoch: at the latest at the "
        "`expirationDate` of its recording, unless that is held.",
        examples=[_ENDS],
    )
    max_views: int | None = Field(
        None, description="How often it may be viewed; absent if not limited.", examples=[25]
    )
    download: bool = Field(
        description="Whether its page offers the file to be saved.", examples=[True]
    )
    views: int = Field(
        description="How often it was viewed. A view lasts as long as an address goes on watching, "
        "with pauses of less than 30 minutes.",
        examples=[3],
        json_schema_extra={"minimum": 0},
    )
    last_viewed_at: int | None = Field(
        None,
        description="When the last view began, in milliseconds since the Unix epoch.",
        examples=[_MADE + DAY],
    )

    @classmethod
    def of(cls, link: ShareLink) -> Self:
        """Return the view of a link, without its URL."""
        return cls(
            link_id=link.id,
            creation_date=link.created_at,
            expires_at=link.draft.expires_at,
            max_views=link.draft.max_views,
            download=link.draft.allows_download,
            views=link.views,
            last_viewed_at=link.last_viewed_at,
        )


class ShareLinksView(View, title="ShareLinks"):
    """The share links of a recording."""

    links: list[ShareLinkView] = Field(description="The links, newest first.")


class LinkToken(WireModel, title="ShareLinkToken"):
    """The token of a share link."""

    token: Text = Field(
        description="The part of the link after `#`.", examples=[f"{_ID}.secret"], max_length=200
    )


class SharedRecordingView(View, title="SharedRecording"):
    """A recording as its share link shows it."""

    room_name: str = Field(
        description="The room that was recorded.", examples=["OpenVidu-k3v9x0q2m7t1c8z"]
    )
    started_at: int = Field(
        description="When recording began, in milliseconds since the Unix epoch.", examples=[_MADE]
    )
    duration: float | None = Field(
        None,
        description="In seconds; absent if it is not known.",
        examples=[60],
        json_schema_extra={"minimum": 0},
    )
    size: int | None = Field(
        None, description="In bytes.", examples=[7_340_032], json_schema_extra={"minimum": 0}
    )
    audio_only: bool | None = Field(
        None, description="True if only sound is recorded; absent otherwise.", examples=[True]
    )
    download: bool = Field(description="Whether the file may be saved.", examples=[True])
    expires_at: int = Field(
        description="When the link ends, in milliseconds since the Unix epoch.", examples=[_ENDS]
    )
    stream_url: str = Field(
        description="Plays the recording, until `streamExpiresAt` or until the link is deleted.",
        examples=[_STREAM],
        json_schema_extra={"format": "uri"},
    )
    stream_expires_at: int = Field(
        description="When to open the link again, in milliseconds since the Unix epoch.",
        examples=[_MADE + DAY],
    )

    @classmethod
    def of(
        cls,
        recording: Recording,
        link: ShareLink,
        *,
        stream_url: str,
        stream_expires_at: Milliseconds,
    ) -> Self:
        """Return the view of a recording for those who have a link."""
        return cls(
            room_name=recording.room_name,
            started_at=recording.started_at or recording.created_at,
            duration=None if recording.duration is None else float(recording.duration),
            size=recording.size,
            audio_only=recording.composition.audio_only or None,
            download=link.draft.allows_download,
            expires_at=link.draft.expires_at,
            stream_url=stream_url,
            stream_expires_at=stream_expires_at,
        )
