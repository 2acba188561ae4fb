"""The services of meetings that are going on."""

from typing import TYPE_CHECKING

from meet.wiring import livekit
from meet.wiring.events import meeting_repository
from meet.wiring.participants import live_roles
from meet.wiring.rooms import room_service
from meet.wiring.stack import owner

if TYPE_CHECKING:
    from meet.live.hands import Hands
    from meet.live.meetings import LiveMeetings
    from meet.live.roles import RoleChanges


def live_meetings() -> "LiveMeetings":
    from meet.live.meetings import LiveMeetings

    return LiveMeetings(room_service(), meeting_repository(), livekit.media_server, owner)


def hands() -> "Hands":
    from meet.live.hands import Hands

    return Hands(live_meetings())


def role_changes() -> "RoleChanges":
    from meet.live.roles import RoleChanges
    from meet.meetings.roles import SessionRoles

    return RoleChanges(live_meetings(), SessionRoles(meeting_repository()), live_roles())
