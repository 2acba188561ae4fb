"""Request and response bodies of the console's session."""

from typing import Self

from meet.console.tokens import Session
from meet.types import Text, View, WireModel


class Login(WireModel):
    """Body of POST /console/login."""

    username: Text
    password: Text


class SessionView(View):
    """Whose session it is, and until when, in milliseconds."""

    username: str
    expires_at: int

    @classmethod
    def of(cls, session: Session) -> Self:
        """Return the view of a session."""
        return cls(username=session.username, expires_at=session.expires_at)
