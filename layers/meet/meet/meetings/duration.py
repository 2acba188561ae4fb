"""Ends meetings that have lasted as long as their rooms allow, and tells their participants before.

It goes by what LiveKit lists, so lost webhooks do not matter. The room stays open.
"""

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from meet import clock
from meet.actors import SWEEP
from meet.clock import MINUTE, SECOND, Milliseconds
from meet.livekit.rooms import LiveMeeting, MediaServer, room_metadata
from meet.meetings.model import EndReason
from meet.meetings.repository import MeetingRepository
from meet.rooms.model import Room

logger = logging.getLogger(__name__)

TOPIC = "meet.ending"
"""Of messages that say when a meeting will be ended, or that it will not."""
WARNING = 5 * MINUTE
"""How long before the end participants are told; the sweep comes every minute."""
_LOOK_AHEAD = 5 * SECOND
"""A sweep waits for meetings that end within this time, as for rooms that expire."""
_PARALLEL = 16


@dataclass(frozen=True)
class MeetingDuration:
    """Limits how long meetings last."""

    meetings: MeetingRepository
    media_server: Callable[[], MediaServer]
    owner: Callable[[], str]
    """Returns the name of this stack, which marks its LiveKit rooms."""

    def sweep(
        self, listed: Sequence[LiveMeeting] | None, rooms: Iterable[Room], deadline: Milliseconds
    ) -> None:
        """End the meetings that are over, and tell those that soon will be.

        `rooms` are the open ones of those meetings; `listed` is None if LiveKit could not be asked.
        Starts no new work after the deadline. A failure does not stop the others and is retried by
        a later sweep.
        """
        limits = {room.name: room.terms.max_duration_minutes for room in rooms}

        def attempt(meeting: LiveMeeting) -> None:
            if meeting.room in limits and clock.now() < deadline:
                self._attempt(meeting, limits[meeting.room])

        with ThreadPoolExecutor(_PARALLEL) as pool:
            list(pool.map(attempt, listed or ()))

    def _attempt(self, meeting: LiveMeeting, minutes: int | None) -> None:
        now = clock.now()
        ends_at = None if minutes is None else Milliseconds(meeting.created_at + minutes * MINUTE)
        try:
            if ends_at is not None and ends_at <= now + _LOOK_AHEAD:
                clock.wait_until(ends_at)
                self._end(meeting)
            else:
                is_soon = ends_at is not None and ends_at <= now + WARNING
                self._tell(meeting, ends_at if is_soon else None)
        except Exception:
            logger.exception("long meeting left to the next sweep", extra={"room": meeting.room})

    def _end(self, meeting: LiveMeeting) -> None:
        self.meetings.will_end(meeting.sid, EndReason.MAX_DURATION, by=SWEEP)
        self.media_server().delete_room(meeting.room)
        logger.info("meeting ended at its longest", extra={"room": meeting.room})

    def _tell(self, meeting: LiveMeeting, ends_at: Milliseconds | None) -> None:
        """Tell everybody when the meeting ends, or that it goes on after all.

        The room's metadata says it to those who join later, and to the next sweep, that it was
        told. A message that arrives twice, as it does if the second call fails, is better than one
        that never does.
        """
        if meeting.ends_at == ends_at:
            return
        data = json.dumps({"endsAt": ends_at}, separators=(",", ":")).encode()
        self.media_server().send_data(meeting.room, data, topic=TOPIC)
        metadata = room_metadata(self.owner(), ends_at=ends_at)
        self.media_server().update_room_metadata(meeting.room, metadata)
