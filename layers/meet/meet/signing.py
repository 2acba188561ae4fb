"""Derives a separate key for each purpose from the stack's signing secret."""

import hashlib
import hmac


def derived_key(secret: str, purpose: str, *, bound_to: bytes = b"") -> bytes:
    """Derive the key for one purpose (HMAC-SHA256); `bound_to` is mixed in, irrecoverably."""
    return hmac.digest(secret.encode(), purpose.encode() + b"\0" + bound_to, hashlib.sha256)
