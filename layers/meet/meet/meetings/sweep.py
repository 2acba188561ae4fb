"""Makes up for lost webhooks: compares the meetings that are stored with those that LiveKit lists.

A meeting that LiveKit does not list in two sweeps in a row has ended; one that it lists and that is
not known is stored.
"""

import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from meet import clock
from meet.clock import SECOND, Milliseconds
from meet.livekit.rooms import LiveMeeting
from meet.meetings.items import LISTED
from meet.meetings.model import EndReason, Meeting
from meet.meetings.repository import MeetingRepository
from meet.rooms.model import Room

logger = logging.getLogger(__name__)

_IN_A_ROW = 30 * SECOND
"""Sweeps that are closer together count as one."""
_PARALLEL = 16


@dataclass(frozen=True)
class MeetingSweep:
    """Ends meetings whose end was not reported, and stores those whose beginning was not."""

    meetings: MeetingRepository

    def sweep(
        self, listed: Sequence[LiveMeeting] | None, rooms: Iterable[Room], deadline: Milliseconds
    ) -> int:
        """Return how many meetings were ended; `listed` is None if LiveKit could not be asked.

        `rooms` are the open ones of those meetings. Starts no new work after the deadline. A
        failure does not stop the others and is retried by a later sweep.
        """
        if listed is None:
            return 0
        live = {each.sid: Meeting(each.sid, each.room, each.created_at) for each in listed}
        known = dict(self.meetings.unfinished())
        shown = {room.active_meeting_id for room in rooms}

        def attempt(meeting_id: str) -> bool:
            if clock.now() >= deadline:
                return False
            try:
                if meeting_id in live:
                    self._goes_on(live[meeting_id], known.get(meeting_id), shown)
                    return False
                return self._missing(meeting_id, known[meeting_id])
            except Exception:
                logger.exception("meeting left to the next sweep", extra={"meeting": meeting_id})
                return False

        with ThreadPoolExecutor(_PARALLEL) as pool:
            return list(pool.map(attempt, {**known, **live})).count(True)

    def _goes_on(
        self, meeting: Meeting, sweep_at: Milliseconds | None, shown: set[str | None]
    ) -> None:
        if sweep_at is None and self.meetings.add(meeting):
            logger.warning("unreported meeting stored", extra={"meeting": meeting.id})
        elif sweep_at is not None and sweep_at != LISTED:
            self.meetings.listed(meeting.id)
        if meeting.id not in shown:
            self.meetings.show_in_room(meeting)

    def _missing(self, meeting_id: str, since: Milliseconds) -> bool:
        """Note that LiveKit does not list a meeting; end it the second time. True if it ended."""
        now = clock.now()
        if since == LISTED:
            if self.meetings.missed(meeting_id, since=now):
                return False
        elif now - since < _IN_A_ROW:
            return False
        meeting = self.meetings.get(meeting_id)
        if meeting is None:  # restored from a backup without it
            return False
        is_open = meeting.ended_at is None
        self.meetings.finish(self.meetings.end(meeting, since, EndReason.UNKNOWN))
        if is_open:
            logger.warning("meeting ended unreported", extra={"meeting": meeting_id})
        return is_open
