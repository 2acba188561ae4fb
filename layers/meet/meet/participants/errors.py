"""The failures that keep somebody out of a room."""

from http import HTTPStatus
from typing import Any

from meet.clock import Milliseconds
from meet.errors import MeetError


class LinkDisabled(MeetError):
    """The link's secret is correct, but nobody can join with it at the moment."""

    status = HTTPStatus.FORBIDDEN
    message = "This link is disabled"
    reason = "link_disabled"


class RoomClosed(MeetError):
    """Nobody new may join the room."""

    status = HTTPStatus.FORBIDDEN
    message = "The room is closed"
    reason = "room_closed"


class NotStarted(MeetError):
    """Only moderators may join before `startsAt`."""

    status = HTTPStatus.FORBIDDEN
    message = "The meeting has not started"
    reason = "not_started"

    def __init__(self, starts_at: Milliseconds = Milliseconds(1_893_400_000_000)) -> None:  # noqa: B008
        super().__init__(starts_at)
        self.starts_at = starts_at

    @property
    def body(self) -> dict[str, Any]:
        """The moment, besides."""
        return super().body | {"startsAt": self.starts_at}


class InMeetingAlready(MeetError):
    """The bearer of the invitation is connected; `takeOver` replaces that connection."""

    status = HTTPStatus.CONFLICT
    message = "You are in the meeting already"
    reason = "in_meeting_already"
