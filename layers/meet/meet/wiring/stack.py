"""What identifies one stack: its name in LiveKit, and its API keys."""

import hashlib
import json

from meet.settings import settings
from meet.wiring import clients


def owner() -> str:
    """Return the name that marks this stack's LiveKit rooms; it reveals no account or stack."""
    return "meet-" + hashlib.sha256(settings.stack_id.encode()).hexdigest()[:16]


def api_keys() -> dict[str, str]:
    """Return the API keys by their names."""
    keys: dict[str, str] = json.loads(clients.secret(settings.api_keys_secret))
    return keys
