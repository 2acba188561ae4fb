"""The console's one account: a name and a password."""

import hashlib
import json
from dataclasses import dataclass, field

from meet.access import is_same
from meet.errors import PasswordTooShort, WrongCredentials

MIN_LENGTH = 15
"""Characters of the password, as NIST SP 800-63B-4 has it where a password stands alone.

Guesses are neither counted nor slowed down; docs/decisions.md says why.
"""


@dataclass(frozen=True)
class Admin:
    """The name and the password that are kept in the stack's secret."""

    username: str
    password: str = field(repr=False)

    def check(self, username: str, password: str) -> None:
        """Raise WrongCredentials; or PasswordTooShort, if the right one can be guessed."""
        if not self.is_right(username, password):
            raise WrongCredentials
        length = len(self.password)
        if length < MIN_LENGTH:
            raise PasswordTooShort

    def is_right(self, username: str, password: str) -> bool:
        """True if both are right, in constant time. An empty password is never right.

        They are compared as one, so that nobody learns which of them was wrong.
        """
        given, wanted = _pair(username, password), _pair(self.username, self.password)
        return is_same(given, wanted) and bool(self.password)

    @property
    def fingerprint(self) -> bytes:
        """A digest that changes with the name or the password."""
        return hashlib.sha256(_pair(self.username, self.password).encode()).digest()


def _pair(username: str, password: str) -> str:
    return json.dumps([username, password])
