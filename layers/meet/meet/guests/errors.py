"""The failures that have to do with invitations and bans."""

from http import HTTPStatus

from meet.errors import MeetError, NotFound


class InvitationNotFound(NotFound):
    """The room has no invitation with this id."""

    message = "Invitation not found"
    reason = "invitation_not_found"


class BanNotFound(NotFound):
    """The room has no ban with this id."""

    message = "Ban not found"
    reason = "ban_not_found"


class NameInvited(MeetError):
    """A valid invitation of the room has this name already."""

    status = HTTPStatus.CONFLICT
    message = "An invitation has this name already"
    reason = "name_invited"


class InvalidInvitation(MeetError):
    """The invitation is not one of this room, or was revoked."""

    status = HTTPStatus.FORBIDDEN
    message = "Invalid invitation"
    reason = "invalid_invitation"


class InvitationExpired(MeetError):
    """The invitation's time is over."""

    status = HTTPStatus.FORBIDDEN
    message = "The invitation has expired"
    reason = "invitation_expired"


class InvitationUsedUp(MeetError):
    """The invitation was used for as many joins as it allows."""

    status = HTTPStatus.FORBIDDEN
    message = "The invitation has been used up"
    reason = "invitation_used_up"


class Banned(MeetError):
    """This participant was banned from the room."""

    status = HTTPStatus.FORBIDDEN
    message = "You cannot join this meeting"
    reason = "banned"
