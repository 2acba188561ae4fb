"""The services of rooms."""

from typing import TYPE_CHECKING

from meet.settings import settings
from meet.wiring import clients, livekit
from meet.wiring.stack import owner

if TYPE_CHECKING:
    from meet.rooms.ending import RoomEnding
    from meet.rooms.repository import RoomRepository
    from meet.rooms.service import RoomService


def room_repository() -> "RoomRepository":
    from meet.rooms.repository import RoomRepository

    return RoomRepository(clients.dynamodb(), settings.rooms_table)


def room_service() -> "RoomService":
    from meet.rooms.service import RoomService

    return RoomService(room_repository())


def room_ending() -> "RoomEnding":
    from meet.rooms.ending import RoomEnding

    def delete_guest_list(room_name: str) -> None:
        from meet.guests.repository import GuestRepository

        GuestRepository(clients.dynamodb(), settings.meetings_table).delete_all(room_name)

    return RoomEnding(room_repository(), livekit.media_server, owner, delete_guest_list)
