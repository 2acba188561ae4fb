"""Why meetings end and participants leave, in our words for LiveKit's."""

from meet.meetings.model import EndReason, LeaveReason
from meet.rooms.model import ClosedBy, Room

_LEFT = {
    "CLIENT_INITIATED": LeaveReason.LEFT,
    "DUPLICATE_IDENTITY": LeaveReason.DUPLICATE,
    "PARTICIPANT_REMOVED": LeaveReason.REMOVED,
    "ROOM_DELETED": LeaveReason.MEETING_ENDED,
    "ROOM_CLOSED": LeaveReason.MEETING_ENDED,
    "SIGNAL_CLOSE": LeaveReason.CONNECTION_LOST,
    "STATE_MISMATCH": LeaveReason.CONNECTION_LOST,
    "CONNECTION_TIMEOUT": LeaveReason.CONNECTION_LOST,
    "MEDIA_FAILURE": LeaveReason.CONNECTION_LOST,
    "JOIN_FAILURE": LeaveReason.CONNECTION_LOST,
    "SERVER_SHUTDOWN": LeaveReason.SERVER_SHUTDOWN,
}
_ENDED = {
    "ROOM_END_API_DELETE": EndReason.ENDED,
    "ROOM_END_IDLE_TIMEOUT": EndReason.EMPTY,
}
_CLOSED = {
    ClosedBy.CALLER: EndReason.ROOM_DELETED,
    ClosedBy.EXPIRY: EndReason.ROOM_EXPIRED,
}


def of_leaving(reason: str) -> LeaveReason:
    """Return why a participant left, by the name of LiveKit's DisconnectReason."""
    return _LEFT.get(reason, LeaveReason.UNKNOWN)


def of_end(reason: str, room: Room | None) -> EndReason:
    """Return why a meeting ended, by its room and the name of LiveKit's RoomEndReason."""
    if room is not None and room.closed_by is not None:
        return _CLOSED[room.closed_by]
    return _ENDED.get(reason, EndReason.UNKNOWN)
