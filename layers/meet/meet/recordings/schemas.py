"""Recordings on the wire: request bodies in, views out."""

from functools import partial
from typing import Annotated, Literal, Self

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import AfterValidator, BeforeValidator, Field

from meet.errors import InvalidRequest
from meet.paging import from_token
from meet.recordings.lifecycle import Status
from meet.recordings.media import MAX_DELETES, Link
from meet.recordings.model import Recording
from meet.recordings.repository import LIST_KEY
from meet.types import Text, View, WireModel, broken_rule, expected


class RecordingRequest(WireModel):
    """Body of POST /recordings."""

    room_name: Text


def _texts(value: object) -> object:
    if not isinstance(value, list):
        raise expected("array", value)
    return value


class RecordingIds(WireModel):
    """Body of DELETE /recordings."""

    recording_ids: Annotated[list[Text], BeforeValidator(_texts), Field(min_length=1)]


def ids_of(body: RecordingIds | None, query: str | None) -> list[str]:
    """Return the ids in the body and the comma-separated query; raise InvalidRequest."""
    ids = list(body.recording_ids) if body else []
    ids += [each.strip() for each in (query or "").split(",") if each.strip()]
    ids = list(dict.fromkeys(ids))
    if not ids:
        raise InvalidRequest(("recordingIds", "Required"))
    if len(ids) > MAX_DELETES:
        raise InvalidRequest(("recordingIds", f"Must have at most {MAX_DELETES} items"))
    return ids


def _statuses(text: str) -> str:
    for name in text.split(","):
        if name.strip() not in Status.__members__:
            raise broken_rule(f"Must be one or several of {', '.join(Status)}")
    return text


RecordingPageToken = Annotated[
    str | None, Query(alias="nextPageToken"), AfterValidator(partial(from_token, pattern=LIST_KEY))
]

StatusQuery = Annotated[str, AfterValidator(_statuses)]
"""One or several statuses, comma-separated."""


def to_statuses(text: str | None) -> frozenset[Status]:
    """Return the statuses that a StatusQuery names; none for None."""
    return frozenset(Status(name.strip()) for name in text.split(",")) if text else frozenset()


class RecordingView(View):
    """A recording as the API shows it."""

    id: str
    room_name: str
    output_mode: Literal["COMPOSED"] = "COMPOSED"
    status: Status
    filename: str
    started_at: int | None = None
    ended_at: int | None = None
    duration: float | None = Field(None, description="Seconds.")
    size: int | None = Field(None, description="Bytes.")
    error: str | None = Field(None, description="Why there is no file; only when FAILED.")

    @classmethod
    def of(cls, recording: Recording) -> Self:
        """Return the view of a recording."""
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
        )


class LinkView(View):
    """A link that expires."""

    url: str
    expires_at: int

    @classmethod
    def of(cls, link: Link) -> Self:
        """Return the view of a link."""
        return cls(url=link.url, expires_at=link.expires_at)


class NotDeleted(View):
    """A recording that was not deleted."""

    recording_id: str
    error: str


class DeletionView(View):
    """The result of deleting several recordings."""

    deleted: list[str]
    not_deleted: list[NotDeleted]
