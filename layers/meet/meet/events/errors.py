"""Failures of reading events."""

from http import HTTPStatus

from meet.errors import MeetError


class EventsNotKept(MeetError):
    """Events that follow the cursor are older than the stack keeps them."""

    status = HTTPStatus.GONE
    message = "Events after this cursor are not kept any more"
    reason = "events_not_kept"
