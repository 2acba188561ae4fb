"""What is said once about the whole API: its name, tags, headers, parameters and errors."""

from collections.abc import Mapping
from typing import Any

from meet.errors import InternalServerError, InvalidRequest, MeetError, RoomToJoinNotFound
from meet.events.model import EventType
from meet.http import NEXT_PAGE_HEADER, REQUEST_ID_HEADER
from meet.idempotency import HEADER as IDEMPOTENCY_HEADER
from meet.idempotency import MAX_KEY_LENGTH
from meet.recordings import playback
from meet.recordings.lifecycle import Status
from tools.openapi.schemas import NOT_BLANK

INFO = {
    "title": "OpenVidu Meet API",
    "version": "v1",
    "description": (
        "Rooms to meet in, the links that lead into them, and recordings of the meetings.\n\n"
        "Every answer carries `X-Request-Id`. Properties that an operation does not know are "
        'dropped. Types are strict: `"5"` is no number and `1` is no boolean. Answers may get '
        "further properties."
    ),
    "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
}

SERVERS = [
    {"url": "/meet/api/v1", "description": "Where this document was read"},
    {"url": "http://localhost:6080/meet/api/v1", "description": "Development server"},
]

TAGS = {
    "OpenVidu Meet - Room": "Create, show, change and delete rooms.",
    "OpenVidu Meet - Recordings": "Start, stop, show and delete recordings.",
    "Meet - Events": "Learn what happened, later too.",
    "Webhooks": "Send events to addresses of yours.",
    "Internal API - Participant": "Let people into rooms and remove them.",
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
            "The session of the admin console. Anything but GET and HEAD needs an `Origin` "
            "header that is the console's own, as browsers send it."
        ),
    },
    "participantToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A moderator's `apiToken`, for that moderator's room alone.",
    },
    "playbackLink": {
        "type": "apiKey",
        "name": playback.PARAMETER,
        "in": "query",
        "description": "Comes with the link that getRecordingUrl gives, for its recording alone.",
    },
}

HEADERS: dict[str, dict[str, Any]] = {
    REQUEST_ID_HEADER: {
        "description": "Names this request in the logs.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds after which to try again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "Link": {
        "description": 'Where the list goes on, as rel="next"; absent on the last page.',
        "schema": {"type": "string"},
    },
    "Accept-Ranges": {
        "description": "Ranges of bytes can be asked for.",
        "schema": {"type": "string", "enum": ["bytes"]},
    },
    "Content-Range": {
        "description": "Which bytes were sent, and how many there are.",
        "required": True,
        "schema": {"type": "string", "pattern": r"^bytes (\d+-\d+|\*)/\d+$"},
    },
    "Content-Length": {
        "description": "The number of bytes in this answer.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "ETag": {
        "description": "What identifies the file, for `If-Range`.",
        "schema": {"type": "string"},
    },
    "Content-Disposition": {
        "description": "The name to save the file under (RFC 6266).",
        "schema": {"type": "string"},
    },
    "Vary": {
        "description": "The answer to a range depends on it.",
        "schema": {"type": "string", "enum": ["Sec-Fetch-Dest"]},
    },
    "Location": {
        "description": "A link into the bucket, for 15 minutes.",
        "required": True,
        "schema": {"type": "string", "format": "uri"},
    },
    NEXT_PAGE_HEADER: {
        "description": "The `nextPageToken` of the next page; absent on the last page.",
        "schema": {"type": "string"},
    },
}

PARAMETERS: dict[str, dict[str, Any]] = {
    "roomName": {"description": "The name of the room, as its creation answered it."},
    "participantName": {
        "description": (
            "The `participantIdentity` that came with the token, or a `participantName`; "
            "percent-encoded, and matched exactly."
        )
    },
    "recordingId": {"description": "The recording, by its `id`."},
    "recordingIds": {"description": "Comma-separated ids of recordings to delete."},
    "webhookId": {"description": "The webhook, by its `webhookId`."},
    "status": {
        "description": (
            "Only recordings of this status, or of one of several, comma-separated: "
            f"{', '.join(Status)}."
        ),
        "schema": {"examples": ["STARTING,STARTED"]},
    },
    "fields": {
        "description": (
            "Comma-separated names of the properties to answer, such as "
            "`roomName,preferences`. Unknown names are ignored; when no known one is left, "
            "everything is answered."
        )
    },
    "after": {
        "description": "The `cursor` of an earlier answer, to go on from there; `latest` for the "
        "cursor of now and no events. Absent: from the oldest event that is kept."
    },
    "types": {
        "description": "Only events of these types, comma-separated; `recording.*` stands for "
        f"all that begin so. The types are {', '.join(EventType)}.",
        "schema": {"examples": ["room.created,recording.*"]},
    },
    "maxItems": {"description": "How many items to answer at most."},
    "nextPageToken": {
        "description": f"Goes on where a page ended: its `{NEXT_PAGE_HEADER}`, unchanged."
    },
    IDEMPOTENCY_HEADER: {
        "description": (
            "Makes it safe to send a request again: the same key and body within 24 hours "
            "get the first answer again. Each API key, the console and each moderator's room has "
            "keys of its own."
        ),
        "schema": {"minLength": 1, "maxLength": MAX_KEY_LENGTH},
    },
}

PARAMETERS_OF: dict[tuple[str, str], dict[str, Any]] = {
    ("disconnect_participant", "roomName"): {
        "description": "The room that the participant is in.",
        "schema": NOT_BLANK,
    },
    ("get_events", "roomName"): {
        "description": "Only events of this room, which may be gone. They come about ten seconds "
        "later than without it.",
    },
    ("get_recordings", "roomName"): {
        "description": "Only recordings of this room, which may be gone.",
    },
}
"""(function, parameter) -> what differs from PARAMETERS."""

ERROR_SCHEMAS: Mapping[type[MeetError], str] = {
    InvalidRequest: "InvalidRequest",
    RoomToJoinNotFound: "RoomToJoinNotFound",
}
"""The bodies that are not Error."""

GATEWAY_ERRORS: tuple[tuple[dict[str, Any], str], ...] = (
    (
        {"code": 429, "message": "Too many requests", "reason": "too_many_requests"},
        "Too many requests at once; try again later",
    ),
    (InternalServerError().body, "Something failed that is not the caller's fault"),
    (
        {"code": 504, "message": "Gateway timeout", "reason": "gateway_timeout"},
        "The answer took too long; the request may have been done",
    ),
)
"""(body, meaning) of what may happen to any request."""
