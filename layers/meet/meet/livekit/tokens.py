"""LiveKit's tokens: signs those for participants and our own calls, verifies those of webhooks.

https://docs.livekit.io/home/get-started/authentication/ documents the claims.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jwt

from meet import clock
from meet.access import is_same
from meet.clock import MINUTE, SECOND, Milliseconds
from meet.errors import Unauthorized

_ALGORITHM = "HS256"
_SERVER_CALL_LIFETIME = MINUTE
_ISSUED_AT = "issuedAt"
"""The participant attribute that marks our own tokens. LiveKit returns it with the participant,
and participants cannot change it."""
_WEBHOOK_LEEWAY_SECONDS = 60  # clocks differ; LiveKit itself allows as much


class Attribute(StrEnum):
    """What a token tells about its holder. LiveKit returns it, and no participant can change it."""

    ROLE = "role"
    EXTERNAL_ID = "externalId"
    METADATA = "metadata"
    LINK = "link"
    """The shared link that they came by."""
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Holder:
    """The participant for whom a token was issued."""

    identity: str
    issued_at: Milliseconds


@dataclass(frozen=True)
class AccessTokens:
    """Signs and verifies tokens with one LiveKit API key."""

    api_key: str
    api_secret: str

    def for_server(self, grants: dict[str, Any]) -> str:
        """Return a token for one of our own API calls, with these video grants."""
        return self._sign({"video": grants}, expires_at=clock.now() + _SERVER_CALL_LIFETIME)

    def for_participant(
        self,
        identity: str,
        *,
        name: str,
        metadata: str,
        grants: dict[str, Any],
        room_configuration: dict[str, Any],
        expires_at: int,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Return a join token; expires_at is in milliseconds.

        LiveKit applies room_configuration if this token creates the room, and ignores it if the
        room exists.
        """
        claims = {
            "sub": identity,
            "name": name,
            "metadata": metadata,
            "attributes": {**(attributes or {}), _ISSUED_AT: str(clock.now())},
            "video": grants,
            "roomConfig": room_configuration,
        }
        return self._sign(claims, expires_at=expires_at)

    def check_webhook(self, body: bytes, authorization: str) -> None:
        """Raises Unauthorized unless LiveKit signed exactly this body with our key.

        https://docs.livekit.io/home/server/webhooks/#receiving-webhooks
        """
        try:
            claims = jwt.decode(
                authorization.removeprefix("Bearer "),
                self.api_secret,
                algorithms=[_ALGORITHM],
                issuer=self.api_key,
                leeway=_WEBHOOK_LEEWAY_SECONDS,
                options={"require": ["exp", "iss"]},
            )
        except jwt.PyJWTError as error:
            raise Unauthorized from error
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if not is_same(str(claims.get("sha256", "")), digest):
            raise Unauthorized

    def holder_in(self, token: str, room: str) -> Holder:
        """Return the holder of a participant's token, also if it expired or LiveKit renewed it.

        Raises Unauthorized unless it is one of our tokens for this room.
        """
        try:
            claims = jwt.decode(
                token,
                self.api_secret,
                algorithms=[_ALGORITHM],
                issuer=self.api_key,
                options={"require": ["iss", "sub"], "verify_exp": False, "verify_nbf": False},
            )
            grants = claims["video"]
            is_for_room = grants["roomJoin"] is True and grants["room"] == room
            issued_at = issued(claims["attributes"])
        except (jwt.PyJWTError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise Unauthorized from error
        if not is_for_room or issued_at is None:
            raise Unauthorized
        return Holder(str(claims["sub"]), issued_at)

    def _sign(self, claims: dict[str, Any], *, expires_at: int) -> str:
        now = clock.now()
        standard = {"iss": self.api_key, "nbf": now // SECOND, "exp": expires_at // SECOND}
        return jwt.encode(standard | claims, self.api_secret, algorithm=_ALGORITHM)


def issued(attributes: Mapping[str, str]) -> Milliseconds | None:
    """Return the time of issue in these attributes; None if the token is not one of ours."""
    at = attributes.get(_ISSUED_AT, "")
    return Milliseconds(int(at)) if at.isascii() and at.isdigit() else None
