"""Pages of a list: how far to read, and the opaque token that says where to go on."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from meet.errors import InvalidRequest

MAX_ITEMS = 1000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list, and the sort key of the last one when more remain."""

    items: list[Item]
    last_key: str | None


def to_token(key: str | None) -> str | None:
    """Return the token that goes on behind a sort key."""
    return None if key is None else base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def from_token(token: str | None, *, pattern: str) -> str | None:
    """Return the sort key in a token; raise InvalidRequest when we never gave that token."""
    if token is None:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        key = raw.decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise _not_ours() from error
    if re.fullmatch(pattern, key) is None or to_token(key) != token:
        raise _not_ours()
    return key


def _not_ours() -> InvalidRequest:
    return InvalidRequest(("nextPageToken", "Unknown page token"), message="Invalid request")
