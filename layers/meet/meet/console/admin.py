"""The console's only account: a name and a password."""

import hashlib
import json
from dataclasses import dataclass, field

from meet.access import is_same
from meet.errors import PasswordTooShort, WrongCredentials

MIN_LENGTH = 15
"""Shortest valid password: NIST SP 800-63B-4 asks for this where there is no second factor.

Failed logins are neither counted nor delayed; docs/decisions.md says why.
"""


@dataclass(frozen=True)
class Admin:
    """The user name and password, as stored in the stack's secret."""

    username: str
    password: str = field(repr=False)

    def check(self, username: str, password: str) -> None:
        """Check a login.

        Raises WrongCredentials, or PasswordTooShort if they are right but MIN_LENGTH is not met.
        """
        if not self.is_right(username, password):
            raise WrongCredentials
        length = len(self.password)
        if length < MIN_LENGTH:
            raise PasswordTooShort

    def is_right(self, username: str, password: str) -> bool:
        """True if both are right, in constant time. An empty password is never right.

        They are compared together, so that the time reveals nothing about either.
        """
        given, wanted = _pair(username, password), _pair(self.username, self.password)
        return is_same(given, wanted) and bool(self.password)

    @property
    def fingerprint(self) -> bytes:
        """A digest that changes with the name or the password."""
        return hashlib.sha256(_pair(self.username, self.password).encode()).digest()


def _pair(username: str, password: str) -> str:
    return json.dumps([username, password])
