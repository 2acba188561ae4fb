"""The answers and parameters of the bytes of a recording, whose code reads the raw request.

Powertools would refuse its bytes, so its validation is off, and with it every parameter that could
be declared in the signature.
"""

from typing import Any, TypeAlias

from meet.clock import SECOND
from meet.recordings.byte_range import MAX_LENGTH
from meet.recordings.links import PASS
from meet.recordings.media import LINK_LIFETIME, MEDIA_TYPE
from meet.recordings.schemas import RecordingView
from meet.recordings.stream import VERSION
from tools.openapi.examples import NAME, RECORDING_ID, example

STREAM, DOWNLOAD = "get_recording_stream", "get_recording_download"
SHARED = "get_recording_link_stream"

_BYTES = (
    "Sends the recording, or the requested range of it, up to "
    f"{MAX_LENGTH // 1024**2} MiB. Longer answers are a redirect to the file in the bucket, except "
    "for a media element (`Sec-Fetch-Dest: video` or `audio`): it gets the beginning of its range, "
    "with a `Content-Range`, and requests the rest. A `Range` with several ranges, or in another "
    "unit than bytes, is ignored. `HEAD` is redirected to the bucket."
)
DESCRIPTIONS = {
    STREAM: f"{_BYTES} A caller that prefers `application/json` gets a link to the file in the "
    "bucket, valid for 15 minutes.",
    DOWNLOAD: f"{_BYTES} Browsers save the file, under the name of the room and the day, instead "
    "of playing it.",
    SHARED: "Sends the requested range of the recording, up to "
    f"{MAX_LENGTH // 1024**2} MiB; of a longer one its beginning, with a `Content-Range`. The "
    "first bytes for an address count as a view, which lasts until it requests nothing for 30 "
    "minutes. "
    "A link that allows downloads redirects one of more than "
    f"{MAX_LENGTH // 1024**2} MiB to the file in the bucket.",
}

_OF_BYTES = [
    {
        "name": "recordingId",
        "in": "path",
        "required": True,
        "description": "The recording, by its `id`.",
        "schema": {"type": "string"},
    },
    {
        "name": "Range",
        "in": "header",
        "required": False,
        "description": "The bytes to send, such as `bytes=0-1023`, `bytes=1024-` or `bytes=-1024`.",
        "schema": {"type": "string"},
    },
    {
        "name": "If-Range",
        "in": "header",
        "required": False,
        "description": "An `ETag`. If it is not the file's, `Range` is ignored.",
        "schema": {"type": "string"},
    },
    {
        "name": "Sec-Fetch-Dest",
        "in": "header",
        "required": False,
        "description": "Set by browsers: `video` and `audio` are media elements.",
        "schema": {"type": "string"},
    },
]
_VERSION = {
    "name": VERSION,
    "in": "query",
    "required": False,
    "description": "Part of the URLs that the API returns: media elements get the file as it was "
    "then, as long as the bucket keeps it.",
    "schema": {"type": "string"},
}
_OF_LINKS = [
    _VERSION,
    {
        "name": "download",
        "in": "query",
        "required": False,
        "description": "With `Accept: application/json`: `true` makes a link that browsers save as "
        "a file instead of playing it.",
        "schema": {"type": "boolean", "default": False},
    },
]
_RECORDING, _RANGE, _IF_RANGE, _ = _OF_BYTES
_OF_SHARES = [
    {
        "name": "linkId",
        "in": "path",
        "required": True,
        "description": "The share link, by its `linkId`.",
        "schema": {"type": "string"},
    },
    {
        "name": PASS,
        "in": "query",
        "required": True,
        "description": "Part of the `streamUrl` that openRecordingLink returns.",
        "schema": {"type": "string"},
    },
    _VERSION,
    {
        "name": "download",
        "in": "query",
        "required": False,
        "description": "`true`: browsers save the file, if the link allows it.",
        "schema": {"type": "boolean", "default": False},
    },
]
PARAMETERS: dict[str, list[dict[str, Any]]] = {
    STREAM: [*_OF_BYTES, *_OF_LINKS],
    DOWNLOAD: _OF_BYTES,
    SHARED: [_RECORDING, *_OF_SHARES, _RANGE, _IF_RANGE],
}

_VIDEO = {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}
_LINK = {
    "schema": {"$ref": "#/components/schemas/RecordingLink"},
    "example": {
        "url": f"https://recordings.s3.eu-west-1.amazonaws.com/recordings/{NAME}/{RECORDING_ID}.mp4"
        "?X-Amz-Signature=0123456789abcdef",
        "expiresAt": example(RecordingView)["endedAt"] + LINK_LIFETIME * SECOND,
    },
}
_OF_A_FILE = ("Accept-Ranges", "Content-Disposition", "Content-Length", "ETag", "Vary")

_Success: TypeAlias = tuple[str, tuple[str, ...], dict[str, Any]]

SUCCESSES: dict[str, dict[str, _Success]] = {
    function: {
        "200": ("", _OF_A_FILE, content),
        "206": ("A range of the recording", (*_OF_A_FILE, "Content-Range"), _VIDEO),
        "307": ("Too long for one answer; the link leads to the file", ("Location", "Vary"), {}),
    }
    for function, content in (
        (STREAM, _VIDEO | {"application/json": _LINK}),
        (DOWNLOAD, _VIDEO),
        (SHARED, _VIDEO),
    )
}
"""By function: status -> meaning (empty for the route's), headers, content by media type."""
