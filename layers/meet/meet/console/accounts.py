"""The console's accounts: the names of the API keys, each with its key as the password."""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from meet.access import is_same
from meet.errors import PasswordTooShort, WrongCredentials

MIN_LENGTH = 15
"""Shortest API key that opens the console: NIST SP 800-63B-4 asks for it without a second factor.

Failed logins are neither counted nor delayed; docs/decisions.md says why.
"""

_BYTES = 16


@dataclass(frozen=True)
class Accounts:
    """The API keys by their names, as stored in the stack's secret."""

    api_keys: Mapping[str, str] = field(repr=False)

    def check(self, username: str, password: str) -> None:
        """Check a login.

        Raises WrongCredentials, or PasswordTooShort if they are right but MIN_LENGTH is not met.
        """
        if not self.is_right(username, password):
            raise WrongCredentials
        length = len(password)
        if length < MIN_LENGTH:
            raise PasswordTooShort

    def is_right(self, username: str, password: str) -> bool:
        """True if a key has this name, in constant time. An empty password is never right.

        Name and key are compared together, and with all of them, so that the time reveals nothing
        about either, nor whether there is such a name.
        """
        given = _pair(username, password)
        matches = [is_same(given, _pair(*each)) for each in self.api_keys.items()]
        return any(matches) and bool(password)

    def fingerprint(self, username: str, signing_key: bytes) -> str | None:
        """Return a digest that changes with the key of this name; None if there is none.

        Without the signing key, it reveals nothing of the API key. The same key signs the cookies;
        what it signs here begins with a bracket, so it is never one of those.
        """
        api_key = {_normal(name): key for name, key in self.api_keys.items()}.get(_normal(username))
        if api_key is None:
            return None
        message = _pair(username, api_key).encode()
        return hmac.digest(signing_key, message, hashlib.sha256)[:_BYTES].hex()


def _pair(username: str, password: str) -> str:
    return json.dumps([_normal(username), password])


def _normal(username: str) -> str:
    """Return a name in one form; keyboards and editors write some names in different ways."""
    return unicodedata.normalize("NFC", username)
