"""The console's cookie: a session as a signed token."""

import secrets
from dataclasses import dataclass
from typing import Self

from meet import clock, tokens
from meet.clock import HOUR, MINUTE, SECOND, Milliseconds

SESSION_LIFETIME = 15 * MINUTE
"""How long a session lasts without being renewed."""

LONGEST_SESSION = 12 * HOUR
"""How long a session lasts at most, however often it is renewed."""

_AUDIENCE = "console"
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Session:
    """A login. Renewing a session keeps its id."""

    id: str
    username: str
    began_at: Milliseconds
    expires_at: Milliseconds

    @classmethod
    def begin(cls, username: str, *, at: Milliseconds | None = None) -> Self:
        """Return a new session that begins at the given time, by default now."""
        now = clock.now() if at is None else at
        return cls._lasting(secrets.token_urlsafe(_ID_BYTES), username, now)

    def renewed(self) -> Self:
        """Return the session extended to SESSION_LIFETIME from now, at most to its last moment."""
        return self._lasting(self.id, self.username, self.began_at)

    @classmethod
    def _lasting(cls, id_: str, username: str, began_at: Milliseconds) -> Self:
        ends = min(clock.now() + SESSION_LIFETIME, began_at + LONGEST_SESSION)
        return cls(id_, username, began_at, Milliseconds(ends // SECOND * SECOND))

    @property
    def last_moment(self) -> Milliseconds:
        """When the session ends at the latest, however often it is renewed."""
        return Milliseconds(self.began_at + LONGEST_SESSION)


@dataclass(frozen=True)
class ConsoleTokens:
    """Signs and verifies session tokens. The key depends on the admin's password."""

    key: bytes
    issuer: str

    def encode(self, session: Session) -> str:
        """Return the signed token of a session."""
        claims = {
            "sub": session.username,
            "sid": session.id,
            "auth_time": session.began_at // SECOND,
            "iat": clock.now() // SECOND,
            "exp": session.expires_at // SECOND,
        }
        return tokens.encode(claims, key=self.key, issuer=self.issuer, audience=_AUDIENCE)

    def decode(self, token: str) -> Session:
        """Return the session in a token; raises Unauthorized if it is invalid or expired."""
        claims = tokens.decode(
            token, key=self.key, issuer=self.issuer, audience=_AUDIENCE, require=("iat", "sid")
        )
        began_at, expires_at = claims["auth_time"] * SECOND, claims["exp"] * SECOND
        return Session(
            claims["sid"], claims["sub"], Milliseconds(began_at), Milliseconds(expires_at)
        )
