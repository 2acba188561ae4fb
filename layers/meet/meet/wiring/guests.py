"""The guest lists of rooms."""

from typing import TYPE_CHECKING

from meet.settings import settings
from meet.wiring import clients
from meet.wiring.rooms import room_service

if TYPE_CHECKING:
    from meet.guests.repository import GuestRepository
    from meet.guests.service import GuestList


def guest_repository() -> "GuestRepository":
    from meet.guests.repository import GuestRepository

    return GuestRepository(clients.dynamodb(), settings.meetings_table)


def guest_list() -> "GuestList":
    from meet.guests.service import GuestList

    return GuestList(room_service(), guest_repository())
