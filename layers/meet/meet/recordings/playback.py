"""Signed links to one recording, for players that cannot send an API key.

Unlike an S3 link they outlive the credentials of any Lambda role, and deleting the recording
revokes them.
"""

import base64
import hashlib
import hmac

from meet.access import is_same
from meet.clock import HOUR, SECOND, Milliseconds

LIFETIME = 24 * HOUR
PARAMETER = "token"


def sign(recording_id: str, *, expires_at: Milliseconds, key: bytes) -> str:
    """Return a token for a recording; expires_at is rounded down to a second."""
    expiry = str(expires_at // SECOND)
    return f"{expiry}.{_signature(recording_id, expiry, key)}"


def is_valid(token: str, recording_id: str, *, now: Milliseconds, key: bytes) -> bool:
    """True if a token opens this recording now."""
    expiry, _, signature = token.partition(".")
    expected = _signature(recording_id, expiry, key)
    if not is_same(signature, expected):
        return False
    return now < int(expiry) * SECOND  # our signature is right, so these are digits


def _signature(recording_id: str, expiry: str, key: bytes) -> str:
    message = f"{recording_id}\n{expiry}".encode("utf-8", "surrogatepass")
    digest = hmac.digest(key, message, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
