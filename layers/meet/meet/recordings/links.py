"""Share links: each lets whoever has it watch one recording, until it ends or is deleted."""

import hashlib
import hmac
import re
import secrets
import string
from dataclasses import dataclass, replace
from typing import Self

from meet import bearers
from meet.clock import DAY, MINUTE, Milliseconds

_ALPHABET = string.ascii_lowercase + string.digits
_ID_LENGTH = 16
_VIEWER_BYTES = 16

PASS = "pass"  # noqa: S105 - a name
"""The parameter of a stream's URL that is the player's pass."""

LINK_ID = re.compile(rf"[a-z0-9]{{{_ID_LENGTH}}}", re.ASCII)

VIEW = 30 * MINUTE
"""A view is over when nothing was asked for this long."""
KEPT_EXPIRED = DAY
"""An expired link says so for that long, and is unknown then."""
MOST_LINKS = 100
"""Links that a recording has at once, with the expired ones that still say so."""
NOTED_EVERY = 10 * MINUTE
"""How often a view that goes on is written: less often than it would be over."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The options of a share link."""

    expires_at: Milliseconds
    max_views: int | None = None
    allows_download: bool = False


@dataclass(frozen=True, slots=True)
class ShareLink:
    """Lets whoever has its token watch one recording."""

    id: str
    draft: Draft
    token_digest: str
    created_at: Milliseconds
    views: int = 0
    last_viewed_at: Milliseconds | None = None

    @classmethod
    def new(cls, draft: Draft, *, now: Milliseconds, key: bytes) -> Self:
        """Return a link; its token, which is stored nowhere, is made from its id by the key."""
        id_ = "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))
        digest = bearers.digest_of(bearers.token_of(id_, key))
        return cls(id_, draft, digest, created_at=now)

    def within(self, end: Milliseconds | None) -> Self:
        """Return the link as it ends: with its recording, if that is earlier."""
        if end is None or self.draft.expires_at <= end:
            return self
        return replace(self, draft=replace(self.draft, expires_at=end))

    def is_opened_by(self, token: str) -> bool:
        """True if this is the link's token."""
        return bearers.is_opened_by(token, self.token_digest)

    def has_expired(self, now: Milliseconds) -> bool:
        """True if its time is over."""
        return self.draft.expires_at <= now

    def is_forgotten(self, now: Milliseconds) -> bool:
        """True if it expired so long ago that it is unknown, whenever DynamoDB deletes it."""
        return self.draft.expires_at + KEPT_EXPIRED <= now

    @property
    def is_used_up(self) -> bool:
        """True if it allows no further view."""
        return self.draft.max_views is not None and self.views >= self.draft.max_views


def viewer(link_id: str, address: str, key: bytes) -> str:
    """Return the digest of an address: without the key, trying all addresses does not find it.

    It is different for each link.
    """
    message = f"{link_id}\n{address}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, message, hashlib.sha256)[:_VIEWER_BYTES].hex()
