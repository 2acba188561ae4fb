"""The services of lobbies."""

from typing import TYPE_CHECKING

from meet.settings import settings
from meet.wiring import clients, livekit
from meet.wiring.events import meeting_repository
from meet.wiring.participants import participant_admission
from meet.wiring.rooms import room_service

if TYPE_CHECKING:
    from meet.lobby.news import LobbyNews
    from meet.lobby.repository import WaitingRepository
    from meet.lobby.service import Door, Reception


def waiting_repository() -> "WaitingRepository":
    from meet.lobby.repository import WaitingRepository

    return WaitingRepository(clients.dynamodb(), settings.meetings_table)


def lobby_door() -> "Door":
    from meet.lobby.service import Door

    return Door(participant_admission(), waiting_repository(), meeting_repository(), lobby_news())


def lobby_reception() -> "Reception":
    from meet.lobby.service import Reception

    return Reception(room_service(), waiting_repository(), lobby_news())


def lobby_news() -> "LobbyNews":
    from meet.lobby.news import LobbyNews

    return LobbyNews(waiting_repository(), livekit.media_server)
