"""What identifies one stack: its name in LiveKit, and its signing keys."""

import hashlib

from meet.settings import settings
from meet.signing import derived_key
from meet.wiring import clients


def owner() -> str:
    """Return the name that marks this stack's LiveKit rooms; it reveals no account or stack."""
    return "meet-" + hashlib.sha256(settings.stack_id.encode()).hexdigest()[:16]


def signing_key(purpose: str, *, bound_to: bytes = b"") -> bytes:
    """Return the stack's key for one purpose; with `bound_to`, it changes when that does."""
    return derived_key(clients.secret(settings.signing_secret), purpose, bound_to=bound_to)
