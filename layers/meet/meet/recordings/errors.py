"""Failures of operations on recordings."""

from http import HTTPStatus

from meet.errors import InvalidRequest, MeetError, NotFound


class RecordingNotFound(NotFound):
    """The recording does not exist, or its file is lost."""

    message = "Recording not found"
    reason = "recording_not_found"


class LinkNotFound(NotFound):
    """The recording has no share link like this; it may have been deleted."""

    message = "Link not found"
    reason = "link_not_found"


class TooManyLinks(MeetError):
    """The recording has as many share links as it may have."""

    status = HTTPStatus.CONFLICT
    message = "At most 100 links of a recording"
    reason = "too_many_links"


class LinkExpired(MeetError):
    """The share link's time is over."""

    status = HTTPStatus.GONE
    message = "The link has expired"
    reason = "link_expired"


class LinkUsedUp(MeetError):
    """The share link was viewed as often as it allows."""

    status = HTTPStatus.GONE
    message = "The link has been used up"
    reason = "link_used_up"


class DownloadNotAllowed(MeetError):
    """The share link is for watching only, and this request asks for the file."""

    status = HTTPStatus.FORBIDDEN
    message = "The link does not allow downloads"
    reason = "download_not_allowed"


class RecordingDisabled(MeetError):
    """The room's preferences forbid recording."""

    status = HTTPStatus.FORBIDDEN
    message = "Recording is disabled in this room"
    reason = "recording_disabled"


class AlreadyRecording(MeetError):
    """The room already has a recording in progress."""

    status = HTTPStatus.CONFLICT
    message = "The room is already being recorded"
    reason = "already_recording"


class NobodyPublishing(MeetError):
    """Nobody publishes in the room, so there is nothing to record."""

    status = HTTPStatus.CONFLICT
    message = "Nobody is publishing in the room"
    reason = "nobody_publishing"


class OptionsRefused(InvalidRequest):
    """The recorder does not know the layout or the encoding."""

    sentence = "The recorder does not know this layout"

    def __init__(self) -> None:
        super().__init__(("layout", self.sentence), message=self.sentence)


class RecordingNotFinished(MeetError):
    """The recording is neither READY nor FAILED yet."""

    status = HTTPStatus.CONFLICT
    message = "The recording is not finished"
    reason = "recording_not_finished"


class RecordingHeld(MeetError):
    """A hold forbids deleting the recording."""

    status = HTTPStatus.CONFLICT
    message = "The recording is held"
    reason = "recording_held"


class RecordingBeingDeleted(MeetError):
    """Deleting the recording has begun, so it cannot be held or restored any longer."""

    status = HTTPStatus.CONFLICT
    message = "The recording is being deleted"
    reason = "recording_being_deleted"


class RecordingFinished(MeetError):
    """The recording has already ended, so it cannot be stopped."""

    status = HTTPStatus.CONFLICT
    message = "The recording is already finished"
    reason = "recording_finished"


class RecordingNotReady(MeetError):
    """The recording has no file to play, or not yet."""

    status = HTTPStatus.CONFLICT
    message = "The recording is not ready"
    reason = "recording_not_ready"


class InvalidRangeHeader(MeetError):
    """The Range header cannot be parsed."""

    message = "Invalid Range header"
    reason = "invalid_range_header"


class RangeNotSatisfiable(MeetError):
    """The requested range lies outside the file."""

    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    message = "Requested range not satisfiable"
    reason = "range_not_satisfiable"

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size

    @property
    def headers(self) -> dict[str, str]:
        """How many bytes there are (RFC 9110, section 14.4)."""
        return {"Content-Range": f"bytes */{self.size}"}
