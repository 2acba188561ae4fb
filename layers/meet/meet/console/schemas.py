"""Request and response bodies of the console's session."""

from typing import Self

from meet.clock import DAY
from meet.console.tokens import Session
from meet.types import Text, View, WireModel


class Login(WireModel):
    """Body of POST /console/login."""

    username: Text
    password: Text


class SessionView(View):
    """Whose session it is, until when, in milliseconds, and what its pages have to know."""

    username: str
    expires_at: int
    trash_days: int
    """Days within which deleting a recording can be undone."""

    @classmethod
    def of(cls, session: Session, *, trash: int) -> Self:
        """Return the view of a session; `trash` in milliseconds."""
        return cls(
            username=session.username, expires_at=session.expires_at, trash_days=trash // DAY
        )
