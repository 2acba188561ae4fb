"""How rooms end: deleted, expired, or brought back by an old token."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from meet import clock
from meet.actors import Actor
from meet.clock import MINUTE, SECOND, Milliseconds
from meet.errors import MediaServerUnavailable, RoomNotFound
from meet.rooms.model import Room
from meet.rooms.repository import RoomRepository

if TYPE_CHECKING:
    from meet.livekit.rooms import LiveMeeting, MediaServer

logger = logging.getLogger(__name__)

LOOK_AHEAD = 5 * SECOND
"""A sweep waits for rooms that expire within this time: the next sweep comes a minute later, and
participants have to be disconnected within a minute."""

_RETRY = MINUTE // 2  # after those that are due now, before the next sweep
_PARALLEL = 32
"""Meetings that are ended at a time: LiveKit may take seconds for each."""
_WRITERS = 4
_FEW, _TOGETHER = 8, 25
"""Rooms without a meeting that are written one by one: a transaction costs twice as much. The
others are written by so many in one, of which none waits long."""
MOST = 50_000
"""Rooms that one sweep takes up; the next one goes on with those that were due first."""


@dataclass(frozen=True, slots=True)
class Swept:
    """The result of a sweep."""

    ended: int
    """Rooms that were due and are done, their meetings included if LiveKit could be asked."""
    waiting: int
    strays: int
    """Meetings without an open room that were ended."""
    going_on: list[Room]
    """Open rooms with a meeting in progress."""
    listed: "list[LiveMeeting] | None"
    """Meetings that LiveKit lists; None if it could not be asked."""


@dataclass(frozen=True)
class RoomEnding:
    """Ends rooms, together with the meetings in them."""

    rooms: RoomRepository
    media_server: "Callable[[], MediaServer]"
    owner: Callable[[], str]
    """Name of this stack, which marks its LiveKit rooms."""
    delete_guest_list: Callable[[str], None]

    def delete(self, name: str, *, by: Actor) -> None:
        """Close an open room; raises RoomNotFound. Its meeting ends now or in the next sweep."""
        room = self.rooms.close(name, now=clock.now(), by=by)
        try:
            self.media_server().delete_room(name)
            if not room.has_guest_list:  # that too is left to the sweep
                self.rooms.meeting_is_over(name)
        except Exception:  # whatever it is: callers no longer see the room
            logger.warning("meeting left to the sweep", extra={"room": name}, exc_info=True)

    def sweep(self, deadline: Milliseconds) -> Swept:
        """End every meeting that is due, and those without an open room.

        LiveKit is asked once what goes on, and then to end just that, first. The other rooms need
        only be written; that does not wait for LiveKit, and if it cannot be asked at all, meetings
        that go on are strays when it can be. Starts no new work after the deadline. A failure does
        not stop the others and is retried by a later sweep.
        """

        def attempt(due: tuple[str, Milliseconds]) -> bool:
            return clock.now() < deadline and self._attempt(*due)

        def close(stray: str) -> bool:
            return clock.now() < deadline and self._close(stray)

        def finish(batch: Sequence[tuple[str, Milliseconds]]) -> int:
            return self._finish(batch) if clock.now() < deadline else 0

        with (
            ThreadPoolExecutor(_PARALLEL) as pool,
            ThreadPoolExecutor(_WRITERS) as writers,
        ):
            asked = pool.submit(self._meetings)
            due = dict(islice(self.rooms.due(Milliseconds(clock.now() + LOOK_AHEAD)), MOST))
            listed = asked.result()
            names = list(dict.fromkeys(each.room for each in listed or []))
            with_meeting = dict(by_time({name: due[name] for name in names if name in due}))
            ending = [pool.submit(attempt, each) for each in with_meeting.items()]
            rest = by_time({name: at for name, at in due.items() if name not in with_meeting})
            written = [writers.submit(finish, batch) for batch in batches(rest)]
            going_on = self.rooms.open_among(names, now=clock.now())
            known = due.keys() | {room.name for room in going_on}
            closed = list(pool.map(close, set(names) - known))
            over = {
                name
                for name, done in zip(with_meeting, (each.result() for each in ending), strict=True)
                if done
            }
            ended = len(over) + sum(each.result() for each in written)
        going_on = [room for room in going_on if room.name not in with_meeting]
        if listed is not None:
            listed = [each for each in listed if each.room not in over]
        return Swept(ended, len(due) - ended, closed.count(True), going_on, listed)

    def close_stray(self, name: str) -> None:
        """End a meeting whose room is not open; raises MediaServerUnavailable."""
        self.media_server().delete_room(name)
        logger.warning("stray meeting closed", extra={"room": name})

    def _attempt(self, name: str, at: Milliseconds) -> bool:
        clock.wait_until(at)
        try:
            room = self.rooms.mark_expired(name, now=clock.now())
            self.media_server().delete_room(name)
            if room.has_guest_list:
                self.delete_guest_list(name)
            self.rooms.meeting_is_over(name)
        except RoomNotFound:
            logger.info("nothing left to end", extra={"room": name})
        except Exception:
            logger.exception("meeting not ended, tried again later", extra={"room": name})
            self._postpone(name)
            return False
        return True

    def _finish(self, batch: Sequence[tuple[str, Milliseconds]]) -> int:
        """Write that rooms without a meeting are over; return how many are done."""
        clock.wait_until(batch[-1][1])
        names = [name for name, _ in batch]
        try:
            one_by_one = names
            if len(names) > 1:
                one_by_one = self.rooms.finish_together(names, now=clock.now())
        except Exception:
            logger.exception("rooms left to the next sweep", extra={"rooms": len(names)})
            return 0
        done = len(names) - len(one_by_one)
        return done + [self._finish_one(name) for name in one_by_one].count(True)

    def _finish_one(self, name: str) -> bool:
        try:
            if not self.rooms.finish(name, now=clock.now()):
                if self.rooms.mark_expired(name, now=clock.now()).has_guest_list:
                    self.delete_guest_list(name)
                self.rooms.meeting_is_over(name)
        except RoomNotFound:
            logger.info("nothing left to end", extra={"room": name})
        except Exception:
            logger.exception("room not closed, tried again later", extra={"room": name})
            self._postpone(name)
            return False
        return True

    def _meetings(self) -> "list[LiveMeeting] | None":
        """Return LiveKit's rooms of this stack, including those that old tokens brought back.

        The webhooks about those may have been lost. None if LiveKit cannot be asked.
        """
        try:
            return self.media_server().meetings(self.owner())
        except MediaServerUnavailable:
            logger.warning("meetings left to the next sweep", exc_info=True)
            return None

    def _close(self, stray: str) -> bool:
        try:
            self.media_server().delete_room(stray)
        except Exception:
            logger.exception("stray left to the next sweep", extra={"room": stray})
            return False
        logger.warning("stray meeting closed", extra={"room": stray})
        return True

    def _postpone(self, name: str) -> None:
        try:
            self.rooms.sweep_again(name, at=Milliseconds(clock.now() + _RETRY))
        except Exception:
            logger.exception("not postponed, so due again at once", extra={"room": name})


def by_time(due: dict[str, Milliseconds]) -> list[tuple[str, Milliseconds]]:
    """Return names and due times, the earliest first."""
    return sorted(due.items(), key=lambda each: each[1])


def batches(
    due: Sequence[tuple[str, Milliseconds]],
) -> Iterator[Sequence[tuple[str, Milliseconds]]]:
    """Yield what is written together."""
    size = 1 if len(due) <= _FEW else _TOGETHER
    for start in range(0, len(due), size):
        yield due[start : start + size]
