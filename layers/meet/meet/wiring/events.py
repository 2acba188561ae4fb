"""Meetings, and the log of events."""

from typing import TYPE_CHECKING

from meet.settings import settings
from meet.wiring import clients, livekit
from meet.wiring.rooms import room_repository
from meet.wiring.stack import owner

if TYPE_CHECKING:
    from meet.events.derivation import Source
    from meet.events.log import EventLog
    from meet.meetings.duration import MeetingDuration
    from meet.meetings.reports import MeetingReports
    from meet.meetings.repository import MeetingRepository
    from meet.meetings.sweep import MeetingSweep


def meeting_repository() -> "MeetingRepository":
    from meet.meetings.repository import MeetingRepository

    return MeetingRepository(
        clients.dynamodb(), settings.meetings_table, room_repository(), settings.event_retention
    )


def meeting_reports() -> "MeetingReports":
    from meet.meetings.reports import MeetingReports

    return MeetingReports(meeting_repository())


def meeting_sweep() -> "MeetingSweep":
    from meet.meetings.sweep import MeetingSweep

    return MeetingSweep(meeting_repository())


def meeting_duration() -> "MeetingDuration":
    from meet.meetings.duration import MeetingDuration

    return MeetingDuration(meeting_repository(), livekit.media_server, owner)


def event_log() -> "EventLog":
    from meet.events.log import EventLog

    return EventLog(clients.dynamodb(), settings.events_table, settings.event_retention)


def event_sources() -> "dict[str, Source]":
    """Return the tables whose transitions are events, by their names."""
    from meet.events.derivation import Source

    return {
        settings.rooms_table: Source.ROOMS,
        settings.recordings_table: Source.RECORDINGS,
        settings.meetings_table: Source.MEETINGS,
    }
