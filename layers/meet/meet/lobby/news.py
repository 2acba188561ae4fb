"""Tells the moderators of a meeting that something changed in the lobby of their room."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from meet import clock
from meet.livekit.rooms import MediaServer
from meet.lobby.repository import WaitingRepository
from meet.participants.roles import role_of
from meet.rooms.model import Role, Room

logger = logging.getLogger(__name__)

TOPIC = "meet.lobby"
"""The topic of the messages. They are empty: the list of those who wait is what counts."""
_MESSAGE = b"{}"


@dataclass(frozen=True)
class LobbyNews:
    """Sends hints to read the list again, however many wait: one a second for each room at most."""

    waiting: WaitingRepository
    media_server: Callable[[], MediaServer]

    def tell(self, room: Room) -> None:
        """Tell the moderators who are there. A failure is logged and nothing else.

        It takes up to a second if they were just told.
        """
        try:
            at = self.waiting.next_news(room.name, now=clock.now())
            if at is None:
                return
            clock.wait_until(at)
            if moderators := self.moderators(room):
                self.media_server().send_data(room.name, _MESSAGE, topic=TOPIC, to=moderators)
        except Exception:  # whatever it is: the caller waits all the same
            logger.warning("moderators not told", extra={"room": room.name}, exc_info=True)

    def moderators(self, room: Room) -> list[str]:
        """Return the identities of the moderators in the meeting; raises MediaServerUnavailable."""
        connected = self.media_server().participants(room.name)
        return [
            each.identity
            for each in connected
            if each.is_person and role_of(room, each) is Role.MODERATOR
        ]
