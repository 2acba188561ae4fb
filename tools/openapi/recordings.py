"""The operations on recordings."""

from http import HTTPStatus
from typing import Any

from meet.clock import SECOND
from meet.errors import (
    AlreadyRecording,
    InvalidRangeHeader,
    InvalidRequest,
    MediaServerUnavailable,
    NobodyPublishing,
    OtherRoom,
    RangeNotSatisfiable,
    RecordingDisabled,
    RecordingFinished,
    RecordingNotFinished,
    RecordingNotFound,
    RecordingNotReady,
    RoomNotFound,
    StillRunning,
)
from meet.http import NEXT_PAGE_HEADER
from meet.recordings.byte_range import MAX_LENGTH
from meet.recordings.lifecycle import Status
from meet.recordings.media import LINK_LIFETIME
from meet.recordings.playback import LIFETIME, PARAMETER
from meet.recordings.schemas import DeletionView, NotDeleted, RecordingIds, RecordingRequest
from tools.openapi.examples import NAME, READY, RECORDING_ID, STARTING, example
from tools.openapi.row import IN_BODY, Row, Success
from tools.openapi.words import PARAMETERS, RECORDINGS_TAG, STREAM_TAG

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
        tag=RECORDINGS_TAG,
        summary="Create a new OpenVidu Meet recording",
        description=(
            "Starts to record a room that somebody publishes in, and answers at once: the "
            "recording is on its way. A room has one recording at a time."
        ),
        body="Which room to record.",
        body_examples={"default": {"summary": "A room", "value": example(RecordingRequest)}},
        successes=(Success("The new recording", "WholeOpenViduMeetRecording", STARTING),),
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
        tag=RECORDINGS_TAG,
        summary="Get a list of OpenVidu Meet recordings",
        description="Lists the recordings, newest first, in pages of `maxItems`.",
        successes=(
            Success(
                "The recordings; empty if there is none",
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
        tag=RECORDINGS_TAG,
        summary="Delete multiples OpenVidu Meet recordings",
        description=(
            "Deletes finished recordings and their files. The ids come in the body, in "
            "`recordingIds` of the query for those who cannot send a body with DELETE, or in both."
        ),
        body="The recordings to delete.",
        body_required=False,
        body_examples={"default": {"summary": "One recording", "value": example(RecordingIds)}},
        successes=(
            Success("All of them are deleted", status=HTTPStatus.NO_CONTENT),
            Success(
                "Some of them are not deleted",
                "RecordingDeletion",
                example(DeletionView) | {"notDeleted": [example(NotDeleted)]},
            ),
        ),
        errors=(*IN_BODY, InvalidRequest(("recordingIds", "Required"))),
    ),
    "get_recording": Row(
        tag=RECORDINGS_TAG,
        summary="Get details of an OpenVidu Meet recording",
        description="Shows a recording, or the properties of it that `fields` names.",
        successes=(Success("The recording", "OpenViduMeetRecording", READY),),
        errors=(RecordingNotFound(),),
    ),
    "stop_recording": Row(
        tag=RECORDINGS_TAG,
        summary="Stop an OpenVidu Meet recording",
        description=(
            "Stops a recording, also one that is just starting. Stopping it again before it has "
            "stopped changes nothing."
        ),
        successes=(Success("The recording is stopping", status=HTTPStatus.NO_CONTENT),),
        errors=(RecordingNotFound(), RecordingFinished()),
    ),
    "delete_recording": Row(
        tag=RECORDINGS_TAG,
        summary="Delete an OpenVidu Meet recording",
        description="Deletes a finished recording and its file for good.",
        successes=(Success("The recording is deleted", status=HTTPStatus.NO_CONTENT),),
        errors=(RecordingNotFound(), RecordingNotFinished()),
    ),
    "get_recording_stream": Row(
        tag=STREAM_TAG,
        summary="Stream an OpenVidu Meet recording",
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
                "The whole recording; or a link to it, for those who prefer JSON",
                headers=("Accept-Ranges", "Content-Disposition", "Content-Length", "ETag", "Vary"),
                content=_VIDEO | _BUCKET_LINK,
            ),
            Success(
                "A range of the recording",
                status=HTTPStatus.PARTIAL_CONTENT,
                headers=(
                    *("Accept-Ranges", "Content-Disposition", "Content-Range"),
                    *("Content-Length", "ETag", "Vary"),
                ),
                content=_VIDEO,
            ),
            Success(
                "What was asked for is too long for one answer, and in the bucket",
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
        tag=RECORDINGS_TAG,
        summary="Get a link that plays an OpenVidu Meet recording",
        description=(
            "Gives a link to the stream of this recording alone, for players that can send no "
            "API key. Whoever has it may watch, until it expires or the recording is deleted."
        ),
        successes=(
            Success(
                "The link",
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
