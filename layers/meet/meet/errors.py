"""The failures that a caller can be told about, with the HTTP status and body of each.

The first line of a docstring is what the OpenAPI document says about the failure.
"""

from http import HTTPStatus
from typing import Any


class MeetError(Exception):
    """Base of all expected failures; anything else is a bug and becomes a 500."""

    status = HTTPStatus.BAD_REQUEST
    message = "Bad request"
    reason = "bad_request"
    """Stable slug of the failure, for programs: part of the API, unlike message and class name."""

    @property
    def body(self) -> dict[str, Any]:
        """The JSON response body."""
        return {"code": self.status.value, "message": self.message, "reason": self.reason}

    @property
    def headers(self) -> dict[str, str]:
        """Extra response headers."""
        return {}


class MalformedBody(MeetError):
    """The body is not valid JSON (in RFC 8259, NaN and Infinity are not)."""

    message = "Malformed JSON body"
    reason = "malformed_body"


class BodyTooLarge(MeetError):
    """The body is larger than any operation accepts."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = "Request body too large"
    reason = "body_too_large"


class UnsupportedMediaType(MeetError):
    """The body is not declared as JSON."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    message = "Unsupported Media Type"
    reason = "unsupported_media_type"


class InvalidRequest(MeetError):
    """Fields are missing or invalid; `details` has the dotted path and a sentence for each."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, *details: tuple[str, str], message: str = "Invalid request body") -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    @property
    def body(self) -> dict[str, Any]:
        """One entry per invalid field."""
        return {
            "error": "Unprocessable Entity",
            "message": self.message,
            "details": [{"field": field, "message": text} for field, text in self.details],
        }


class NotFound(MeetError):
    """The resource does not exist."""

    status = HTTPStatus.NOT_FOUND
    message = "Not found"
    reason = "not_found"


class MethodNotAllowed(MeetError):
    """The path exists, but not with this method; `allowed` lists its methods."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    message = "Method not allowed"
    reason = "method_not_allowed"

    def __init__(self, allowed: str) -> None:
        super().__init__(allowed)
        self.allowed = allowed

    @property
    def headers(self) -> dict[str, str]:
        """The methods, comma-separated (RFC 9110, section 15.5.6)."""
        return {"Allow": self.allowed}


class InternalServerError(MeetError):
    """A bug; the caller is told no details."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    message = "Internal server error"
    reason = "internal_server_error"


class RoomNotFound(NotFound):
    """The room is unknown, expired or deleted; callers cannot tell these apart."""

    message = "Room not found"
    reason = "room_not_found"


class RoomToJoinNotFound(RoomNotFound):
    """The room is unknown, expired or deleted; the body is one that only this operation has."""

    @property
    def body(self) -> dict[str, Any]:
        """Name and message instead of code, message and reason."""
        return {"name": "Room not found", "message": "The room does not exist"}


class ParticipantNotFound(NotFound):
    """No participant with this identity or name is connected to the room."""

    message = "Participant not found"
    reason = "participant_not_found"


class InvalidSecret(MeetError):
    """The secret opens no role of this room."""

    status = HTTPStatus.FORBIDDEN
    message = "Invalid secret"
    reason = "invalid_secret"


class OtherRoom(MeetError):
    """A moderator may do this only in their own room."""

    status = HTTPStatus.FORBIDDEN
    message = "Your token is of another room"
    reason = "other_room"


class RoomFull(MeetError):
    """As many people are connected as the room allows."""

    status = HTTPStatus.CONFLICT
    message = "The room is full"
    reason = "room_full"


class StillRunning(MeetError):
    """The first request with this Idempotency-Key has no answer yet."""

    status = HTTPStatus.CONFLICT
    message = "A request with this Idempotency-Key is still running"
    reason = "still_running"


class Unauthorized(MeetError):
    """The request carries no valid credential."""

    status = HTTPStatus.UNAUTHORIZED
    message = "Unauthorized"

    @property
    def body(self) -> dict[str, Any]:
        """The message alone, as the authorizer answers."""
        return {"message": self.message}


class WrongCredentials(MeetError):
    """The name or the API key of a login to the console is wrong."""

    status = HTTPStatus.UNAUTHORIZED
    message = "Wrong name or password"
    reason = "wrong_credentials"


class OtherSite(MeetError):
    """A browser sends this from a page that is not ours."""

    status = HTTPStatus.FORBIDDEN
    message = "The request does not come from this site"
    reason = "other_site"


class PasswordTooShort(MeetError):
    """The API key is correct, but short enough to be guessed."""

    status = HTTPStatus.FORBIDDEN
    message = "This API key is too short for the console: store a longer one"
    reason = "password_too_short"


class MediaServerUnavailable(MeetError):
    """LiveKit cannot be reached, does not answer in time, or refuses our key."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "The media server is not available"
    reason = "media_server_unavailable"
    retry_after = 5
    code = ""
    """LiveKit's error code; empty if LiveKit did not answer."""

    @property
    def headers(self) -> dict[str, str]:
        """When to try again (seconds; RFC 9110, section 10.2.3)."""
        return {"Retry-After": str(self.retry_after)}


class TooManyRequests(MeetError):
    """Too many requests at once; try again later.

    The gateway gives the same answer when the stage is throttled.
    """

    status = HTTPStatus.TOO_MANY_REQUESTS
    message = "Too many requests"
    reason = "too_many_requests"


class TemporarilyUnavailable(MeetError):
    """Too many requests at once; try again in a moment.

    The gateway gives the same answer when a function is throttled.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "Temporarily unavailable"
    reason = "temporarily_unavailable"

    @property
    def headers(self) -> dict[str, str]:
        """When to try again, in seconds."""
        return {"Retry-After": "1"}
