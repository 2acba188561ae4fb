"""The few sentences that the server itself says to visitors, in the languages of the pages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from meet.negotiation import language_of

Words = Mapping[str, str]
USUAL: Final = "en"

LANGUAGES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "en": {
            "home": "To join a meeting, open the link you were given.",
            "room": "This is the room of your meeting.",
            "no_room": "Room not found",
            "no_room_text": "This room does not exist, or it is over.",
            "not_built": "This page is not built.",
            "browser": "This page needs a current browser with JavaScript: "
            "Chrome, Edge, Firefox or Safari.",
            "again": "Load the page again",
        },
        "es": {
            "home": "Para entrar en una reunión, abre el enlace que has recibido.",
            "room": "Esta es la sala de tu reunión.",
            "no_room": "No se ha encontrado la sala",
            "no_room_text": "Esta sala no existe o ya ha terminado.",
            "not_built": "Esta página no está compilada.",
            "browser": "Esta página necesita un navegador actual con JavaScript: "
            "Chrome, Edge, Firefox o Safari.",
            "again": "Cargar la página de nuevo",
        },
        "de": {
            "home": "Um an einer Besprechung teilzunehmen, öffnen Sie den Link, "
            "den Sie erhalten haben.",
            "room": "Das ist der Raum Ihrer Besprechung.",
            "no_room": "Raum nicht gefunden",
            "no_room_text": "Diesen Raum gibt es nicht oder nicht mehr.",
            "not_built": "Diese Seite ist nicht gebaut.",
            "browser": "Diese Seite braucht einen aktuellen Browser mit JavaScript: "
            "Chrome, Edge, Firefox oder Safari.",
            "again": "Seite neu laden",
        },
        "fr": {
            "home": "Pour participer à une réunion, ouvrez le lien que vous avez reçu.",
            "room": "Voici la salle de votre réunion.",
            "no_room": "Salle introuvable",
            "no_room_text": "Cette salle n’existe pas ou n’existe plus.",  # noqa: RUF001
            "not_built": "Cette page n’est pas compilée.",  # noqa: RUF001
            "browser": "Cette page nécessite un navigateur récent avec JavaScript\u00a0: "
            "Chrome, Edge, Firefox ou Safari.",
            "again": "Recharger la page",
        },
    }
)


def words_for(accepted: str | None) -> tuple[str, Words]:
    """Return a supported language that an Accept-Language header asks for, and its sentences."""
    language = language_of(accepted, LANGUAGES, usual=USUAL)
    return language, LANGUAGES[language]
