"""Participants' tokens for the API, which open it while their holder is a moderator.

Only we sign them: LiveKit can neither issue nor renew one.
"""

from dataclasses import dataclass

from meet import clock, tokens
from meet.clock import SECOND, Milliseconds
from meet.rooms.model import Role

_AUDIENCE = "moderator"


@dataclass(frozen=True, slots=True)
class Bearer:
    """The holder of a verified token."""

    room: str
    identity: str
    issued_at: Milliseconds
    role: Role
    """The role that was theirs when the token was issued."""
    link: str | None = None
    """The shared link that they came by."""


@dataclass(frozen=True)
class ApiTokens:
    """Signs and verifies the tokens of one stack."""

    key: bytes
    issuer: str

    def sign(
        self, room: str, identity: str, role: Role, *, expires_at: int, link: str | None = None
    ) -> str:
        """Return a token for a participant; expires_at is in milliseconds."""
        claims = {
            "sub": identity,
            "room": room,
            "role": role.value,
            "issuedAt": clock.now(),
            "exp": expires_at // SECOND,
            **({} if link is None else {"link": link}),
        }
        return tokens.encode(claims, key=self.key, issuer=self.issuer, audience=_AUDIENCE)

    def read(self, token: str) -> Bearer:
        """Return the holder of a token; raises Unauthorized if it is not ours or has expired.

        The caller has to check whether the holder was removed in the meantime, and which role
        they have now.
        """
        claims = tokens.decode(
            token, key=self.key, issuer=self.issuer, audience=_AUDIENCE, require=("sub",)
        )
        role = Role(claims.get("role", Role.MODERATOR))  # earlier, only moderators got tokens
        issued_at = Milliseconds(claims["issuedAt"])
        return Bearer(claims["room"], claims["sub"], issued_at, role, claims.get("link"))
