"""Creates rooms, and reads the secrets in their links."""

from typing import Any

from tests.fakes import Clock
from tests.functions.gateway import Call

HOUR = 3_600_000


def create_room(call: Call, still_clock: Clock, **options: Any) -> dict[str, Any]:
    """Create a room that is open for an hour, unless the options say otherwise."""
    reply = call("POST", "/rooms", {"expirationDate": still_clock() + HOUR} | options)
    assert reply.status == 200, reply.text
    room: dict[str, Any] = reply.body
    return room


def secret_of(room: dict[str, Any], role: str) -> str:
    """Return the secret in a room's link for moderator, publisher or viewer."""
    secret: str = room[f"{role}URL"].partition("?secret=")[2]
    return secret
