"""The operations on recordings."""

from http import HTTPStatus
from typing import Any

from meet.clock import SECOND
from meet.errors import (
    InvalidRequest,
    MediaServerUnavailable,
    OtherRoom,
    RoomNotFound,
    StillRunning,
)
from meet.http import NEXT_PAGE_HEADER
from meet.recordings.byte_range import MAX_LENGTH
from meet.recordings.errors import (
    AlreadyRecording,
    InvalidRangeHeader,
    NobodyPublishing,
    RangeNotSatisfiable,
    RecordingDisabled,
    RecordingFinished,
    RecordingNotFinished,
    RecordingNotFound,
    RecordingNotReady,
)
from meet.recordings.lifecycle import Status
from meet.recordings.media import LINK_LIFETIME
from meet.recordings.playback import LIFETIME, PARAMETER
from meet.recordings.schemas import DeletionView, NotDeleted, RecordingIds, RecordingRequest
from tools.openapi.examples import NAME, READY, RECORDING_ID, STARTING, example
from tools.openapi.row import IN_BODY, Row, Success
from tools.openapi.words import PARAMETERS

_STREAM_PATH = f"/meet/api/v1/recordings/{RECORDING_ID}/stream"


def _link(url: str, lifetime: int) -> dict[str, Any]:
    return {"url": url, "expiresAt": READY["endedAt"] + lifetime}


_VIDEO = {"video/mp4": {"schema": {"type": "string", "format": "binary"}}}
_BUCKET_LINK = {
    "application/json": {
        "schema": {"$ref": "#/components/schemas/RecordingLink"},
        "example": _link(
            f"https://recordings.s3.eu-west-1.amazonaws.com/recordings/{NAME}/{RECORDING_ID}.mp4"
            "?X-Amz-Signature=0123456789abcdef",
            LINK_LIFETIME * SECOND,
        ),
    }
}

ROWS: dict[str, Row] = {
    "create_recording": Row(
        body_examples={"default": {"summary": "A room", "value": example(RecordingRequest)}},
        successes=(Success("WholeOpenViduMeetRecording", STARTING),),
        errors=(
            *IN_BODY,
            RecordingDisabled(),
            OtherRoom(),
            RoomNotFound(),
            AlreadyRecording(),
            NobodyPublishing(),
            StillRunning(),
            InvalidRequest(("roomName", "Required")),
            MediaServerUnavailable(),
        ),
    ),
    "get_recordings": Row(
        successes=(
            Success(
                "OpenViduMeetRecording",
                [READY],
                is_list=True,
                headers=("Link", NEXT_PAGE_HEADER),
            ),
        ),
        errors=(
            OtherRoom(),
            InvalidRequest(
                ("status", f"Must be one or several of {', '.join(Status)}"),
                message="Invalid request",
            ),
        ),
    ),
    "delete_multiple_recordings": Row(
        body_required=False,
        body_examples={"default": {"summary": "One recording", "value": example(RecordingIds)}},
        successes=(
            Success(status=HTTPStatus.NO_CONTENT),
            Success(
                "RecordingDeletion",
                example(DeletionView) | {"notDeleted": [example(NotDeleted)]},
                meaning="Some of them are not deleted",
            ),
        ),
        errors=(*IN_BODY, InvalidRequest(("recordingIds", "Required"))),
    ),
    "get_recording": Row(
        successes=(Success("OpenViduMeetRecording", READY),),
        errors=(RecordingNotFound(),),
    ),
    "stop_recording": Row(
        successes=(Success(status=HTTPStatus.NO_CONTENT),),
        errors=(RecordingNotFound(), RecordingFinished()),
    ),
    "delete_recording": Row(
        successes=(Success(status=HTTPStatus.NO_CONTENT),),
        errors=(RecordingNotFound(), RecordingNotFinished()),
    ),
    "get_recording_stream": Row(
        description=(
            "Sends the recording, or the range of it that was asked for, up to "
            f"{MAX_LENGTH // 1024**2} MiB. What is longer is answered with a redirect into the "
            "bucket, but for a media element (`Sec-Fetch-Dest: video` or `audio`), which gets the "
            "beginning of its range, told by `Content-Range`, and asks for the rest. Several "
            "ranges and other units than bytes count as none. `HEAD` leads into the bucket. To "
            "whoever prefers `application/json` it is a link into the bucket, for 15 minutes."
        ),
        parameters=(
            PARAMETERS["recordingId"]
            | {"name": "recordingId", "in": "path", "required": True, "schema": {"type": "string"}},
            {
                "name": "Range",
                "in": "header",
                "required": False,
                "description": "The bytes to send, such as `bytes=0-1023`, `bytes=1024-` or "
                "`bytes=-1024`.",
                "schema": {"type": "string"},
            },
            {
                "name": "If-Range",
                "in": "header",
                "required": False,
                "description": "An `ETag`: unless it is the file's, `Range` is ignored.",
                "schema": {"type": "string"},
            },
            {
                "name": "Sec-Fetch-Dest",
                "in": "header",
                "required": False,
                "description": "Set by browsers: `video` and `audio` are media elements.",
                "schema": {"type": "string"},
            },
            {
                "name": "download",
                "in": "query",
                "required": False,
                "description": "With `Accept: application/json`, `true` makes the link one that "
                "browsers save as a file instead of playing it.",
                "schema": {"type": "boolean", "default": False},
            },
        ),
        successes=(
            Success(
                headers=("Accept-Ranges", "Content-Disposition", "Content-Length", "ETag", "Vary"),
                content=_VIDEO | _BUCKET_LINK,
            ),
            Success(
                meaning="A range of the recording",
                status=HTTPStatus.PARTIAL_CONTENT,
                headers=(
                    *("Accept-Ranges", "Content-Disposition", "Content-Range"),
                    *("Content-Length", "ETag", "Vary"),
                ),
                content=_VIDEO,
            ),
            Success(
                meaning="Too long for one answer; the link leads to the file in the bucket",
                status=HTTPStatus.TEMPORARY_REDIRECT,
                headers=("Location", "Vary"),
            ),
        ),
        errors=(
            InvalidRangeHeader(),
            RecordingNotFound(),
            RecordingNotReady(),
            RangeNotSatisfiable(READY["size"]),
        ),
    ),
    "get_recording_url": Row(
        successes=(
            Success(
                "RecordingLink",
                _link(
                    f"http://localhost:6080{_STREAM_PATH}?{PARAMETER}=1861923600.signature",
                    LIFETIME,
                ),
            ),
        ),
        errors=(RecordingNotFound(), RecordingNotReady()),
    ),
}
"""What is to be said about each operation, by the folder of its function."""
