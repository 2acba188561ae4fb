"""Meetings in DynamoDB: conditional writes, so that any order of reports ends the same."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meet import dynamodb, sweep_index
from meet.actors import Actor
from meet.clock import SECOND, Milliseconds
from meet.meetings.items import (
    LISTED,
    MEETING,
    ROOM_INDEX,
    SESSION,
    TTL_ATTRIBUTE,
    key_of,
    meeting_from,
    meeting_values,
    session_from,
    session_key,
    session_values,
)
from meet.meetings.model import EndReason, LeaveReason, Meeting, Session, most_at_once
from meet.rooms.repository import RoomRepository

if TYPE_CHECKING:
    from meet.amazon import ListClient


_PAGE = 100


@dataclass(frozen=True)
class MeetingRepository:
    """Stores and finds meetings and sessions."""

    client: "ListClient"
    table: str
    rooms: RoomRepository
    retention: int
    """Milliseconds that a meeting and a session are kept after their end."""

    def add(self, meeting: Meeting) -> bool:
        """Store a meeting that has begun; False if it is known."""
        values = {"meetingId": meeting.id, "item": MEETING, "sessions": 0, "sweepAt": LISTED}
        try:
            self.client.put_item(
                TableName=self.table,
                Item=dynamodb.to_item(values | meeting_values(meeting)),
                ConditionExpression="attribute_not_exists(meetingId)",
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def show_in_room(self, meeting: Meeting) -> None:
        """Mark the room as having this meeting, unless the meeting or the room is over."""
        goes_on = {
            "TableName": self.table,
            "Key": key_of(meeting.id),
            "ConditionExpression": "attribute_exists(meetingId) AND attribute_not_exists(endedAt)",
        }
        room = self.rooms.hosting(meeting.room_name, meeting.id, since=meeting.started_at)
        dynamodb.transact(self.client, {"ConditionCheck": goes_on}, {"Update": room})

    def join(self, meeting: Meeting, session: Session) -> bool:
        """Store a session and count it; also the meeting, if it is not known.

        False, and nothing is written, if the session is known or the meeting has ended.
        """
        return self._add_session(meeting, session, is_late=False)

    def leave(
        self, meeting: Meeting, session: Session, at: Milliseconds, reason: LeaveReason
    ) -> None:
        """Write down the end of a session; also what is not known of it and its meeting."""
        at = Milliseconds(max(at, session.joined_at))  # LiveKit tells the end in seconds
        if self._end_session(meeting.id, session.id, at, reason):
            return
        self.add(meeting)  # so that the sweep looks at it
        if not self._add_session(meeting, session, left=(at, reason), is_late=True):
            self._end_session(meeting.id, session.id, at, reason)  # it was stored meanwhile

    def end(self, meeting: Meeting, at: Milliseconds, reason: EndReason) -> Meeting:
        """Write down the end of a meeting, unless it has one; return what is stored then.

        It stays in the sweep's index until its sessions have an end too, see `finish`.
        """
        at = Milliseconds(max(at, meeting.started_at))
        change = dynamodb.Change()
        for name, value in meeting_values(meeting).items():
            change.set_once(name, value)
        change.set("endedAt", at)
        if reason in {EndReason.ENDED, EndReason.UNKNOWN}:
            change.set_once("reason", reason)
        else:
            change.set("reason", reason)
        change.set("maxConcurrent", most_at_once(self.sessions(meeting.id), until=at))
        change.set("sweepAt", at)
        change.set(TTL_ATTRIBUTE, self._ttl(at))
        try:
            updated = self.client.update_item(
                TableName=self.table,
                Key=key_of(meeting.id),
                ConditionExpression=change.is_new("endedAt"),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **change.arguments(),
            )["Attributes"]
        except self.client.exceptions.ConditionalCheckFailedException as error:
            updated = error.response["Item"]  # type: ignore[typeddict-item]
        return meeting_from(dynamodb.from_item(updated))

    def finish(self, meeting: Meeting) -> None:
        """End the sessions of an ended meeting, and mark its room as having none.

        Only then it leaves the sweep's index: what is cut short here is done by the sweep.
        """
        for session in self.open_sessions(meeting.id):
            at = Milliseconds(max(meeting.ended_at or 0, session.joined_at))
            self._end_session(meeting.id, session.id, at, LeaveReason.MEETING_ENDED)
        self.rooms.meeting_has_ended(meeting.room_name, meeting.id)
        with suppress(self.client.exceptions.ConditionalCheckFailedException):
            self.client.update_item(
                TableName=self.table,
                Key=key_of(meeting.id),
                UpdateExpression="REMOVE sweepAt",
                ConditionExpression="attribute_exists(meetingId)",
            )

    def will_end(self, meeting_id: str, reason: EndReason, *, by: Actor) -> None:
        """Write down why a meeting is about to be ended, and by whom; nothing if it has ended.

        It counts if LiveKit then reports no reason of its own, see `end`.
        """
        with suppress(self.client.exceptions.ConditionalCheckFailedException):
            self.client.update_item(
                TableName=self.table,
                Key=key_of(meeting_id),
                UpdateExpression="SET reason = :reason, #by = :by",
                ConditionExpression="attribute_exists(meetingId) AND attribute_not_exists(endedAt)",
                ExpressionAttributeNames={"#by": "by"},
                ExpressionAttributeValues=dynamodb.to_item(
                    {":reason": reason, ":by": by.to_json()}
                ),
            )

    def open_sessions(self, meeting_id: str) -> list[Session]:
        """Return the sessions that have no end, read consistently."""
        return [each for each in self.sessions(meeting_id) if each.left_at is None]

    def sessions(self, meeting_id: str) -> list[Session]:
        """Return the sessions of a meeting, read consistently."""
        items = dynamodb.query(
            self.client,
            TableName=self.table,
            KeyConditionExpression="meetingId = :meeting AND begins_with(#item, :session)",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues=dynamodb.to_item(
                {":meeting": meeting_id, ":session": SESSION}
            ),
            ConsistentRead=True,
        )
        return [session_from(values) for values in items]

    def has_seen(self, meeting_id: str, identity: str) -> bool:
        """True if a participant with this identity joined a meeting, there still or not."""
        items = dynamodb.query(
            self.client,
            TableName=self.table,
            KeyConditionExpression="meetingId = :meeting AND begins_with(#item, :session)",
            FilterExpression="#identity = :identity",
            ProjectionExpression="#item",
            ExpressionAttributeNames={"#item": "item", "#identity": "identity"},
            ExpressionAttributeValues=dynamodb.to_item(
                {":meeting": meeting_id, ":session": SESSION, ":identity": identity}
            ),
        )
        return next(items, None) is not None

    def of_room(self, room_name: str) -> Iterator[Meeting]:
        """Yield the meetings of a room, newest first."""
        items = dynamodb.newest_first(
            self.client,
            table=self.table,
            after=None,
            limit=_PAGE,
            index=ROOM_INDEX,
            attribute="roomName",
            partitions=[room_name],
        )
        return map(meeting_from, items)

    def unfinished(self) -> Iterator[tuple[str, Milliseconds]]:
        """Yield id and sweepAt of the meetings that have not ended, or whose sessions have not."""
        end_of_time = Milliseconds(10**15)
        return sweep_index.due(self.client, table=self.table, name="meetingId", until=end_of_time)

    def get(self, meeting_id: str) -> Meeting | None:
        """Return a meeting; None if it is not known."""
        found = self.client.get_item(
            TableName=self.table, Key=key_of(meeting_id), ConsistentRead=True
        )
        return meeting_from(dynamodb.from_item(found["Item"])) if "Item" in found else None

    def listed(self, meeting_id: str) -> bool:
        """Write down that LiveKit lists a meeting again; False if it has ended."""
        return self._mark(meeting_id, Milliseconds(LISTED))

    def missed(self, meeting_id: str, *, since: Milliseconds) -> bool:
        """Write down since when LiveKit does not list a meeting; False if it has ended."""
        return self._mark(meeting_id, since)

    def _mark(self, meeting_id: str, sweep_at: Milliseconds) -> bool:
        try:
            self.client.update_item(
                TableName=self.table,
                Key=key_of(meeting_id),
                UpdateExpression="SET sweepAt = :at",
                ConditionExpression="attribute_exists(meetingId) AND attribute_not_exists(endedAt)",
                ExpressionAttributeValues=dynamodb.to_item({":at": sweep_at}),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _end_session(
        self, meeting_id: str, session_id: str, at: Milliseconds, reason: LeaveReason
    ) -> bool:
        """Write down the end of a session, unless it has one; False if it is not known."""
        change = dynamodb.Change()
        change.set("leftAt", at)
        change.set("reason", reason)
        change.set(TTL_ATTRIBUTE, self._ttl(at))
        condition = f"{change.exists('meetingId')} AND {change.is_new('leftAt')}"
        try:
            self.client.update_item(
                TableName=self.table,
                Key=session_key(meeting_id, session_id),
                ConditionExpression=condition,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **change.arguments(),
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            return "Item" in error.response
        return True

    def _add_session(
        self,
        meeting: Meeting,
        session: Session,
        *,
        is_late: bool,
        left: tuple[Milliseconds, LeaveReason] | None = None,
    ) -> bool:
        """Store a session and count it in one transaction, so that it is counted once."""
        change = dynamodb.Change()
        for name, value in meeting_values(meeting).items():
            change.set_once(name, value)
        change.add("sessions", 1)
        if not is_late:
            change.set_once("sweepAt", LISTED)
        count = {"TableName": self.table, "Key": key_of(meeting.id), **change.arguments()}
        if not is_late:
            count["ConditionExpression"] = "attribute_not_exists(endedAt)"
        values = session_values(meeting, session)
        if left is not None:
            at, reason = left
            values |= {"leftAt": at, "reason": reason, TTL_ATTRIBUTE: self._ttl(at)}
        put = {
            "TableName": self.table,
            "Item": dynamodb.to_item(values),
            "ConditionExpression": "attribute_not_exists(meetingId)",
        }
        return dynamodb.transact(self.client, {"Update": count}, {"Put": put})

    def _ttl(self, end: Milliseconds) -> int:
        return -(-(end + self.retention) // SECOND)
