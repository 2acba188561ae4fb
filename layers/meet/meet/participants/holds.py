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
        return [
            each.identity
            for each in ours
            if came_by_old_link(each, room) or each.attributes.get(Attribute.EXTERNAL_ID) in banned
        ]


def may_hold(room: Room) -> bool:
    """True if there may be somebody in the room who may not be there."""
    return room.has_guest_list or any(link.epoch for link in room.links.values())


def came_by_old_link(participant: Participant, room: Room) -> bool:
    """True if they came by a link whose bearers were shut out."""
    link = participant.attributes.get(Attribute.LINK)
    is_ours = participant.issued_at is not None
    return is_ours and link is not None and room.has_shut_out(link)
