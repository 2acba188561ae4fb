"""Pages of a list: how far to read, and the opaque token that says where to go on."""

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
    """Some items of a list, and the sort key of the last one when more remain."""

    items: list[Item]
    last_key: str | None


def to_token(key: str) -> str:
    """Return the token that goes on behind a sort key."""
    raw = _checksum(key) + key.encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def from_token(token: str | None, *, pattern: str) -> str | None:
    """Return the sort key in a token; raise the rule's error when we never gave that token.

    A checksum tells damaged and made-up tokens. It is no secret, and needs to be none: a sort
    key opens nothing that the caller may not list anyway.
    """
    if token is None:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        key = raw[_CHECKSUM_BYTES:].decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise broken_rule("Unknown page token") from error
    if re.fullmatch(pattern, key) is None or to_token(key) != token:
        raise broken_rule("Unknown page token")
    return key


def _checksum(key: str) -> bytes:
    return hashlib.sha256(f"page token\n{key}".encode()).digest()[:_CHECKSUM_BYTES]
