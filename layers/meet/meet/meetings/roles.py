"""The roles of participants, as their sessions and their room have them."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from meet import dynamodb
from meet.meetings.items import session_key
from meet.meetings.model import Meeting, Session
from meet.meetings.repository import MeetingRepository
from meet.rooms.model import RoleChange, Room
from meet.rooms.roles import StoredRoles


@dataclass(frozen=True)
class SessionRoles:
    """Stores changes of roles: the room's item decides, the session's shows when."""

    meetings: MeetingRepository

    def change(self, room: Room, session_id: str, identity: str, change: RoleChange) -> None:
        """Store a participant's role in the room, and in their session if it is known.

        Raises RoomNotFound if the room is not open.
        """
        stored = StoredRoles(self.meetings.rooms)
        if room.active_meeting_id is not None:
            session = self._update(room.active_meeting_id, session_id, change)
            if stored.store(room, identity, change, {"Update": session}):
                return
        stored.store(room, identity, change)

    def correct(self, meeting: Meeting, session: Session, change: RoleChange) -> None:
        """Write down a role that was changed before the session was known."""
        update = self._update(meeting.id, session.id, change)
        update["ConditionExpression"] += " AND revision = :none"
        update["ExpressionAttributeValues"] |= dynamodb.to_item({":none": 0})
        with suppress(self.meetings.client.exceptions.ConditionalCheckFailedException):
            self.meetings.client.update_item(**update)

    def _update(self, meeting_id: str, session_id: str, change: RoleChange) -> dict[str, Any]:
        values = {":role": change.role.value, ":by": change.by.to_json(), ":one": 1}
        return {
            "TableName": self.meetings.table,
            "Key": session_key(meeting_id, session_id),
            "UpdateExpression": "SET #role = :role, #by = :by ADD revision :one",
            "ConditionExpression": "attribute_exists(meetingId) AND attribute_not_exists(leftAt)",
            "ExpressionAttributeNames": {"#role": "role", "#by": "by"},
            "ExpressionAttributeValues": dynamodb.to_item(values),
        }
