"""Pages of a list, and the opaque token that points to the next page."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from meet.types import broken_rule

MAX_ITEMS = 1000

_CHECKSUM_BYTES = 6

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of items, and the last one's sort key if there are more."""

    items: list[Item]
    last_key: str | None


def to_token(key: str) -> str:
    """Return the token for the page that follows a sort key."""
    raw = _checksum(key) + key.encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def from_token(token: str | None, *, pattern: str, called: str = "page token") -> str | None:
    """Return the sort key in a token. Raises a validation error for a token that is not ours.

    A checksum detects damaged and invented tokens. It need not be secret: a sort key gives
    access to nothing that the caller cannot list anyway.
    """
    if token is None:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        key = raw[_CHECKSUM_BYTES:].decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise broken_rule(f"Unknown {called}") from error
    if re.fullmatch(pattern, key) is None or to_token(key) != token:
        raise broken_rule(f"Unknown {called}")
    return key


def _checksum(key: str) -> bytes:
    return hashlib.sha256(f"page token\n{key}".encode()).digest()[:_CHECKSUM_BYTES]
