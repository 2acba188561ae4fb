"""A key for each purpose, derived from the one secret that the stack signs with."""

import hashlib
import hmac


def derived_key(secret: str, purpose: str, *, bound_to: bytes = b"") -> bytes:
    """Return the key of a purpose; it changes with what it is bound to, and tells nothing of it."""
    return hmac.digest(secret.encode(), purpose.encode() + b"\0" + bound_to, hashlib.sha256)
