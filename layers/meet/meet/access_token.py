"""LiveKit's tokens, made and checked: for people, for our own calls, and of its webhooks.

https://docs.livekit.io/home/get-started/authentication/ says what claims LiveKit reads.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from meet import clock
from meet.access import is_same
from meet.clock import MINUTE, SECOND, Milliseconds
from meet.errors import Unauthorized

_ALGORITHM = "HS256"
_SERVER_CALL_LIFETIME = MINUTE
_MODERATOR = "moderator"
_ISSUED_AT = "issuedAt"
"""A participant's attribute: LiveKit shows it in its webhooks, and no participant may change it."""
_WEBHOOK_LEEWAY_SECONDS = 60  # clocks differ; LiveKit itself allows as much


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who shows a token: somebody in a room, and when they were given it."""

    room: str
    identity: str
    issued_at: Milliseconds


@dataclass(frozen=True)
class AccessTokens:
    """Signs and verifies with one LiveKit API key."""

    api_key: str
    api_secret: str

    def for_server(self, grants: dict[str, Any]) -> str:
        """Return a token for one call of ours with these video grants."""
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
    ) -> str:
        """Return a token to join with; expires_at is in milliseconds.

        room_configuration holds if LiveKit makes the room for this token; LiveKit ignores it
        for a room that is there already.
        """
        claims = {
            "sub": identity,
            "name": name,
            "metadata": metadata,
            "attributes": {_ISSUED_AT: str(clock.now())},
            "video": grants,
            "roomConfig": room_configuration,
        }
        return self._sign(claims, expires_at=expires_at)

    def check_webhook(self, body: bytes, authorization: str) -> None:
        """Raise Unauthorized unless LiveKit signed exactly this body with our key.

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

    def moderator(self, token: str) -> Bearer:
        """Return the moderator who was given this token to join with.

        Raises Unauthorized for a token that we did not sign, that is expired (without the
        leeway that LiveKit gives), or that is anybody else's.
        """
        try:
            claims = jwt.decode(
                token,
                self.api_secret,
                algorithms=[_ALGORITHM],
                issuer=self.api_key,
                options={"require": ["exp", "iss", "sub"], "verify_exp": False},
            )
            role = json.loads(claims["metadata"])["role"]
            grants = claims["video"]
            is_moderator = grants["roomJoin"] is True and role == _MODERATOR
            room = grants["room"]
            issued_at = issued(claims["attributes"])
        except (jwt.PyJWTError, ValueError, LookupError, TypeError) as error:
            raise Unauthorized from error
        if not is_moderator or not isinstance(room, str) or not room or issued_at is None:
            raise Unauthorized
        if claims["exp"] * SECOND <= clock.now():
            raise Unauthorized
        return Bearer(room, claims["sub"], issued_at)

    def _sign(self, claims: dict[str, Any], *, expires_at: int) -> str:
        now = clock.now()
        standard = {"iss": self.api_key, "nbf": now // SECOND, "exp": expires_at // SECOND}
        return jwt.encode(standard | claims, self.api_secret, algorithm=_ALGORITHM)


def issued(attributes: Mapping[str, str]) -> Milliseconds | None:
    """Return when a token with these attributes was issued, None for one that is not ours."""
    at = attributes.get(_ISSUED_AT, "")
    return Milliseconds(int(at)) if at.isascii() and at.isdigit() else None
