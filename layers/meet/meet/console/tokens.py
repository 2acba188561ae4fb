"""The console's cookies, which are signed tokens: sessions, and browsers that logged in before."""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import jwt

from meet import clock
from meet.clock import HOUR, MINUTE, SECOND, Milliseconds
from meet.console.browser import KNOWN_LIFETIME
from meet.errors import Unauthorized

SESSION_LIFETIME = 15 * MINUTE
"""A session that is not renewed ends; signed tokens cannot be taken back before."""

LONGEST_SESSION = 12 * HOUR
"""However often it is renewed."""

_ALGORITHM = "HS256"
_SESSION = "console"
_BROWSER = "known browser"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who logged in."""

    username: str
    began_at: Milliseconds
    expires_at: Milliseconds


@dataclass(frozen=True)
class ConsoleTokens:
    """Signs and reads with a key that ends with the admin's password."""

    key: bytes
    issuer: str

    def session(self, username: str, *, began_at: Milliseconds) -> Session:
        """Return a session until SESSION_LIFETIME from now, or LONGEST_SESSION since its login."""
        ends = min(clock.now() + SESSION_LIFETIME, began_at + LONGEST_SESSION)
        return Session(username, began_at, Milliseconds(ends // SECOND * SECOND))

    def of_session(self, session: Session) -> str:
        """Return a session's token."""
        claims = {"sub": session.username, "auth_time": session.began_at // SECOND}
        return self._sign(claims, audience=_SESSION, expires_at=session.expires_at)

    def read_session(self, tokens: Iterable[str]) -> Session:
        """Return the session of the first good token; raise Unauthorized without one."""
        claims = self._first(tokens, audience=_SESSION)
        began_at, expires_at = claims["auth_time"] * SECOND, claims["exp"] * SECOND
        return Session(claims["sub"], Milliseconds(began_at), Milliseconds(expires_at))

    def of_new_browser(self) -> str:
        """Return the token of a browser that somebody just logged in with."""
        expires_at = Milliseconds(clock.now() + KNOWN_LIFETIME)
        claims = {"sub": secrets.token_urlsafe(16)}
        return self._sign(claims, audience=_BROWSER, expires_at=expires_at)

    def read_browser(self, tokens: Iterable[str]) -> str:
        """Return what names the browser of the first good token; raise Unauthorized without one."""
        return str(self._first(tokens, audience=_BROWSER)["sub"])

    def _first(self, tokens: Iterable[str], *, audience: str) -> dict[str, Any]:
        for token in tokens:
            with suppress(Unauthorized):
                return self._read(token, audience=audience)
        raise Unauthorized

    def _sign(self, claims: dict[str, Any], *, audience: str, expires_at: Milliseconds) -> str:
        standard = {
            "iss": self.issuer,
            "aud": audience,
            "iat": clock.now() // SECOND,
            "exp": expires_at // SECOND,
        }
        return jwt.encode(standard | claims, self.key, algorithm=_ALGORITHM)

    def _read(self, token: str, *, audience: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(
                token,
                self.key,
                algorithms=[_ALGORITHM],
                audience=audience,
                issuer=self.issuer,
                options={
                    "require": ["exp", "iat", "iss", "aud"],
                    "verify_exp": False,  # below, by our own clock
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise Unauthorized from error
        if claims["exp"] * SECOND <= clock.now():
            raise Unauthorized
        return claims
