"""The failures of the lobby that a caller can be told about."""

from http import HTTPStatus

from meet.errors import MeetError, NotFound


class NotAdmitted(MeetError):
    """A moderator denied the request to join."""

    status = HTTPStatus.FORBIDDEN
    message = "You were not admitted"
    reason = "not_admitted"


class TicketGone(MeetError):
    """The ticket is unknown, older than 30 minutes, or was used.

    Not 404: that has a body of its own where tokens are asked for.
    """

    status = HTTPStatus.GONE
    message = "The request to join has expired; ask again"
    reason = "ticket_gone"


class WaitingNotFound(NotFound):
    """No such participant waits for this room."""

    message = "No such participant is waiting"
    reason = "waiting_not_found"


class AdmittedAlready(MeetError):
    """The participant was admitted and has a token already, so it is too late to deny."""

    status = HTTPStatus.CONFLICT
    message = "The participant has been admitted already"
    reason = "admitted_already"
