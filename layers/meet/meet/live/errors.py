"""Why an operation on a meeting that is going on fails."""

from http import HTTPStatus

from meet.errors import MeetError, NotFound


class NoMeeting(NotFound):
    """Nobody is meeting in the room."""

    message = "No meeting is going on"
    reason = "no_meeting"


class HasThisRole(MeetError):
    """The participant has the role already; or is not a moderator, whom one could downgrade."""

    status = HTTPStatus.CONFLICT
    message = "The participant has this role already"
    reason = "has_this_role"


class OtherParticipant(MeetError):
    """Participants raise their own hand only; moderators also lower those of others."""

    status = HTTPStatus.FORBIDDEN
    message = "Your token is of another participant"
    reason = "other_participant"


class IsModerator(MeetError):
    """A moderator cannot mute another moderator; an API key can."""

    status = HTTPStatus.CONFLICT
    message = "Moderators cannot be muted by moderators"
    reason = "is_moderator"
