"""Who may log in to the console: one name, one password."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from hmac import compare_digest

_COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
"""16 MiB and some 50 ms a digest (RFC 7914)."""


@dataclass(frozen=True)
class Admin:
    """The name and the password that are kept in the stack's secret."""

    username: str
    password: str = field(repr=False)

    def is_right(self, username: str, password: str) -> bool:
        """Tell whether both are right, in a time that depends on neither.

        One digest holds both, so that nobody learns which of them was wrong.
        """
        salt = secrets.token_bytes(16)
        given, wanted = _pair(username, password), _pair(self.username, self.password)
        is_same = compare_digest(_scrypt(given, salt), _scrypt(wanted, salt))
        return is_same and bool(self.password)

    @property
    def fingerprint(self) -> bytes:
        """What changes with the name or the password."""
        return hashlib.sha256(_pair(self.username, self.password)).digest()


def _pair(username: str, password: str) -> bytes:
    return json.dumps([username, password]).encode()


def _scrypt(text: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(text, salt=salt, **_COST)
