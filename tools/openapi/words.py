"""What is said once about the whole API: its name, tags, credentials, headers and the gateway."""

from typing import Any

from meet.errors import InternalServerError, TooManyRequests
from meet.http import REQUEST_ID_HEADER
from meet.parameters import NEXT_PAGE_HEADER
from meet.recordings.playback import PARAMETER

INFO = {
    "title": "OpenVidu Meet API",
    "version": "v1",
    "description": (
        "Rooms to meet in, the links that lead into them, and recordings of the meetings.\n\n"
        "Every answer has an `X-Request-Id`. Properties that an operation does not know are "
        'ignored. Types are strict: `"5"` is not a number and `1` is not a boolean. Further '
        "properties may be added to answers."
    ),
    "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
}

SERVERS = [
    {"url": "/meet/api/v1", "description": "The server that this document comes from"},
    {"url": "http://localhost:6080/meet/api/v1", "description": "Development server"},
]

TAGS = {
    "OpenVidu Meet - Room": "Create, show, change and delete rooms.",
    "OpenVidu Meet - Recordings": "Start, stop, show and delete recordings.",
    "OpenVidu Meet - Meetings": "See who is in a meeting, and moderate it.",
    "Meet - Events": "Learn what happened, also later.",
    "Webhooks": "Send events to addresses of yours.",
    "Internal API - Participant": "Admit participants to rooms and remove them.",
    "Internal API - Recordings": "Play recordings.",
}

SECURITY_SCHEMES = {
    "apiKeyInHeader": {
        "type": "apiKey",
        "name": "X-API-KEY",
        "in": "header",
        "description": "One of the API keys of this deployment.",
    },
    "jwtInCookie": {
        "type": "apiKey",
        "name": "OvMeetAccessToken",
        "in": "cookie",
        "description": (
            "The session of the console. Methods other than GET and HEAD also need the "
            "console's own `Origin` header, as browsers send it."
        ),
    },
    "participantToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": (
            "A `participantToken`, valid only for its room and while its holder is a moderator."
        ),
    },
    "ownParticipantToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": (
            "A `participantToken`, whatever its holder's role, for the participant whom it is of."
        ),
    },
    "playbackLink": {
        "type": "apiKey",
        "name": PARAMETER,
        "in": "query",
        "description": "Part of the link that getRecordingUrl returns, valid for its recording.",
    },
}

HEADERS: dict[str, dict[str, Any]] = {
    REQUEST_ID_HEADER: {
        "description": "Identifies this request in the logs.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds after which to try again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "Link": {
        "description": 'The next page of the list, as rel="next"; absent on the last page.',
        "schema": {"type": "string"},
    },
    "Accept-Ranges": {
        "description": "The unit in which ranges can be requested.",
        "schema": {"type": "string", "enum": ["bytes"]},
    },
    "Content-Range": {
        "description": "The bytes in this answer, and the size of the file.",
        "required": True,
        "schema": {"type": "string", "pattern": r"^bytes (\d+-\d+|\*)/\d+$"},
    },
    "Content-Length": {
        "description": "The number of bytes in this answer.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "ETag": {
        "description": "Identifies the content of the file, for `If-Range`.",
        "schema": {"type": "string"},
    },
    "Content-Disposition": {
        "description": "The name to save the file under (RFC 6266).",
        "schema": {"type": "string"},
    },
    "Vary": {
        "description": "The request header that the answer to a range depends on.",
        "schema": {"type": "string", "enum": ["Sec-Fetch-Dest"]},
    },
    "Location": {
        "description": "A link to the file in the bucket, valid for 15 minutes.",
        "required": True,
        "schema": {"type": "string", "format": "uri"},
    },
    NEXT_PAGE_HEADER: {
        "description": "The `nextPageToken` of the next page; absent on the last page.",
        "schema": {"type": "string"},
    },
}

GATEWAY_ERRORS: tuple[tuple[dict[str, Any], str], ...] = (
    (
        TooManyRequests().body,
        "Too many requests at once; try again later",
    ),
    (InternalServerError().body, "Something failed that is not the caller's fault"),
    (
        {"code": 504, "message": "Gateway timeout", "reason": "gateway_timeout"},
        "The answer took too long; the request may have been carried out",
    ),
)
"""(body, meaning) of the errors that any request may get."""
