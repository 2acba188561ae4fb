"""Moderators' tokens for the API. Only we sign them: LiveKit can neither issue nor renew one."""

from dataclasses import dataclass

import jwt

from meet import clock
from meet.clock import SECOND, Milliseconds
from meet.errors import Unauthorized

_ALGORITHM = "HS256"
_AUDIENCE = "moderator"


@dataclass(frozen=True, slots=True)
class Bearer:
    """The holder of a verified token: room, identity, time of issue."""

    room: str
    identity: str
    issued_at: Milliseconds


@dataclass(frozen=True)
class ApiTokens:
    """Signs and verifies the tokens of one stack."""

    key: bytes
    issuer: str

    def sign(self, room: str, identity: str, *, expires_at: int) -> str:
        """Return a token for a moderator; expires_at is in milliseconds."""
        now = clock.now()
        claims = {
            "iss": self.issuer,
            "aud": _AUDIENCE,
            "sub": identity,
            "room": room,
            "issuedAt": now,
            "exp": expires_at // SECOND,
        }
        return jwt.encode(claims, self.key, algorithm=_ALGORITHM)

    def read(self, token: str) -> Bearer:
        """Return the holder of a token; raises Unauthorized if it is not ours or has expired.

        The caller has to check whether the holder was removed in the meantime.
        """
        try:
            claims = jwt.decode(
                token,
                self.key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                issuer=self.issuer,
                options={
                    "require": ["exp", "iss", "aud", "sub"],
                    "verify_exp": False,  # below, by our own clock
                },
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise Unauthorized from error
        if claims["exp"] * SECOND <= clock.now():
            raise Unauthorized
        return Bearer(claims["room"], claims["sub"], Milliseconds(claims["issuedAt"]))
