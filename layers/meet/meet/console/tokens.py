"""The console's cookie: a session as a signed token."""

import secrets
from dataclasses import dataclass
from typing import Self

from meet import clock, tokens
from meet.access import is_same
from meet.clock import HOUR, MINUTE, SECOND, Milliseconds
from meet.console.accounts import Accounts
from meet.errors import Unauthorized, WrongCredentials

SESSION_LIFETIME = 15 * MINUTE
"""How long a session lasts without being renewed."""

LONGEST_SESSION = 12 * HOUR
"""How long a session lasts at most, however often it is renewed."""

_AUDIENCE = "console"
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Session:
    """A login. Renewing a session keeps its id, and what it is bound to."""

    id: str
    username: str
    fingerprint: str
    """That of the API key with which it began: the session ends with the key."""
    began_at: Milliseconds
    expires_at: Milliseconds

    @classmethod
    def begin(cls, username: str, fingerprint: str, *, at: Milliseconds | None = None) -> Self:
        """Return a new session that begins at the given time, by default now."""
        now = clock.now() if at is None else at
        return cls._lasting(secrets.token_urlsafe(_ID_BYTES), username, fingerprint, now)

    def renewed(self) -> Self:
        """Return the session extended to SESSION_LIFETIME from now, at most to its last moment."""
        return self._lasting(self.id, self.username, self.fingerprint, self.began_at)

    @classmethod
    def _lasting(cls, id_: str, username: str, fingerprint: str, began_at: Milliseconds) -> Self:
        ends = min(clock.now() + SESSION_LIFETIME, began_at + LONGEST_SESSION)
        return cls(id_, username, fingerprint, began_at, Milliseconds(ends // SECOND * SECOND))

    @property
    def last_moment(self) -> Milliseconds:
        """When the session ends at the latest, however often it is renewed."""
        return Milliseconds(self.began_at + LONGEST_SESSION)


@dataclass(frozen=True)
class ConsoleTokens:
    """Signs and verifies session tokens of accounts."""

    key: bytes
    issuer: str
    accounts: Accounts

    def begin(self, username: str, *, at: Milliseconds | None = None) -> Session:
        """Return a new session of an account; raises WrongCredentials if there is none."""
        fingerprint = self.accounts.fingerprint(username, self.key)
        if fingerprint is None:
            raise WrongCredentials
        return Session.begin(username, fingerprint, at=at)

    def encode(self, session: Session) -> str:
        """Return the signed token of a session."""
        claims = {
            "sub": session.username,
            "sid": session.id,
            "key": session.fingerprint,
            "auth_time": session.began_at // SECOND,
            "iat": clock.now() // SECOND,
            "exp": session.expires_at // SECOND,
        }
        return tokens.encode(claims, key=self.key, issuer=self.issuer, audience=_AUDIENCE)

    def decode(self, token: str) -> Session:
        """Return the session in a token.

        Raises Unauthorized if it is invalid or expired, or if its API key is not valid any longer.
        """
        claims = tokens.decode(
            token,
            key=self.key,
            issuer=self.issuer,
            audience=_AUDIENCE,
            require=("iat", "sid", "sub", "key"),
        )
        fingerprint = self.accounts.fingerprint(claims["sub"], self.key)
        if fingerprint is None or not is_same(claims["key"], fingerprint):
            raise Unauthorized
        began_at, expires_at = claims["auth_time"] * SECOND, claims["exp"] * SECOND
        return Session(
            claims["sid"],
            claims["sub"],
            fingerprint,
            Milliseconds(began_at),
            Milliseconds(expires_at),
        )
