"""The participants who may not be in a room, though nobody removed them by their identity."""

from collections.abc import Sequence
from dataclasses import dataclass

from meet.guests.service import GuestList
from meet.livekit.participants import Participant
from meet.livekit.tokens import Attribute
from meet.rooms.model import Room


@dataclass(frozen=True)
class Holds:
    """Knows who came by a link that was rotated, and who is banned by their externalId."""

    guests: GuestList

    def unwelcome(self, room: Room, participants: Sequence[Participant]) -> list[str]:
        """Return the identities of those who may not be in the room.

        A banned name is refused when a token is asked for, and not here: others may have it.
        """
        ours = [each for each in participants if each.issued_at is not None]
        known = {each.attributes.get(Attribute.EXTERNAL_ID) for each in ours} - {None}
        banned = self.guests.banned_among(room, [each for each in known if each])
        return [each.identity for each in ours if _is_shut_out(each, room, banned)]


def may_hold(room: Room) -> bool:
    """True if there may be somebody in the room who may not be there."""
    return room.has_guest_list or any(link.epoch for link in room.links.values())


def _is_shut_out(participant: Participant, room: Room, banned: set[str]) -> bool:
    told = participant.attributes
    by_link = Attribute.LINK in told and room.has_shut_out(told[Attribute.LINK])
    return by_link or told.get(Attribute.EXTERNAL_ID) in banned
