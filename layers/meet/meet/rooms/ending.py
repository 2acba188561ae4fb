"""How rooms end: deleted, expired, or brought back by an old token."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
_PARALLEL = 16


@dataclass(frozen=True, slots=True)
class Swept:
    """The result of a sweep."""

    ended: int
    waiting: int
    strays: int
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

        Starts no new work after the deadline. A failure does not stop the others and is retried
        by a later sweep.
        """

        def attempt(due: tuple[str, Milliseconds]) -> bool:
            return clock.now() < deadline and self._attempt(*due)

        def close(stray: str) -> bool:
            return clock.now() < deadline and self._close(stray)

        due = list(self.rooms.due(Milliseconds(clock.now() + LOOK_AHEAD)))
        with ThreadPoolExecutor(_PARALLEL) as pool:
            ended = list(pool.map(attempt, due))
            listed = self._meetings()
            names = list(dict.fromkeys(each.room for each in listed or []))
            going_on = self.rooms.open_among(names, now=clock.now())
            known = {name for name, _ in due} | {room.name for room in going_on}
            closed = list(pool.map(close, set(names) - known))
        return Swept(ended.count(True), ended.count(False), closed.count(True), going_on, listed)

    def close_if_stray(self, name: str) -> bool:
        """End a meeting if its room is not open; True if it was not."""
        try:
            stray = not self.rooms.get(name).is_open(clock.now())
        except RoomNotFound:
            stray = True
        if stray:
            self.media_server().delete_room(name)
            logger.warning("stray meeting closed", extra={"room": name})
        return stray

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
