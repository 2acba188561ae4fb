"""What LiveKit's webhooks report about meetings becomes stored facts.

A report may come twice, late, in any order, or never: each one stores what it tells unless that is
known, so the order makes no difference.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meet.errors import RoomNotFound
from meet.livekit.tokens import Attribute
from meet.livekit.webhooks import (
    PARTICIPANT_JOINED,
    PARTICIPANT_LEFT,
    ROOM_FINISHED,
    ROOM_STARTED,
    Connection,
    Webhook,
)
from meet.meetings import reasons
from meet.meetings.model import Meeting, Session
from meet.meetings.repository import MeetingRepository
from meet.meetings.roles import SessionRoles
from meet.rooms.model import Role, role_in

if TYPE_CHECKING:
    from meet.rooms.model import Room


@dataclass(frozen=True)
class MeetingReports:
    """Stores meetings and sessions from LiveKit's webhooks."""

    meetings: MeetingRepository

    def hear(self, webhook: Webhook) -> None:
        """Store what a webhook reports; nothing for other events and for no people."""
        if webhook.meeting is None:
            return
        live = webhook.meeting
        meeting = Meeting(live.sid, live.room, live.created_at or webhook.at)
        person = webhook.connection if webhook.connection and webhook.connection.is_person else None
        if webhook.event == ROOM_STARTED:
            if self.meetings.add(meeting):
                self.meetings.show_in_room(meeting)
        elif webhook.event == ROOM_FINISHED:
            reason = reasons.of_end(webhook.end_reason, self._room(meeting))
            self.meetings.finish(self.meetings.end(meeting, webhook.at, reason))
        elif webhook.event == PARTICIPANT_JOINED and person:
            session = _session(person)
            if self.meetings.join(meeting, session):
                self._joined(meeting, session)
        elif webhook.event == PARTICIPANT_LEFT and person:
            left = reasons.of_leaving(person.disconnect_reason)
            self.meetings.leave(meeting, _session(person), webhook.at, left)

    def _joined(self, meeting: Meeting, session: Session) -> None:
        """Mark the room, if the report of the meeting's beginning was lost.

        The room is read after the session was stored, so a change of role is missed by neither.
        """
        room = self._room(meeting)
        if room is None:
            return
        if room.active_meeting_id != meeting.id:
            self.meetings.show_in_room(meeting)
        change = room.role_changes.get(session.identity)
        if change is not None and change.role != session.role:
            SessionRoles(self.meetings).correct(meeting, session, change)

    def _room(self, meeting: Meeting) -> "Room | None":
        with suppress(RoomNotFound):
            return self.meetings.rooms.get(meeting.room_name)
        return None


def _session(person: Connection) -> Session:
    told = person.attributes if person.is_ours else {}
    return Session(
        person.sid,
        person.identity,
        person.name,
        _role(person),
        person.joined_at,
        external_id=told.get(Attribute.EXTERNAL_ID),
        metadata=told.get(Attribute.METADATA),
    )


def _role(person: Connection) -> Role | None:
    """Return the role in the metadata of one of our tokens."""
    return role_in(person.metadata) if person.is_ours else None
