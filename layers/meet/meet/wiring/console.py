"""The console's account and sessions."""

import json
from typing import TYPE_CHECKING

from meet.settings import settings
from meet.wiring import clients
from meet.wiring.stack import owner, signing_key

if TYPE_CHECKING:
    from meet.console.admin import Admin
    from meet.console.sessions import ConsoleSessions
    from meet.console.tokens import ConsoleTokens


def admin() -> "Admin":
    from meet.console.admin import Admin

    stored = json.loads(clients.secret(settings.admin_secret))
    return Admin(stored["username"], stored["password"])


def console_tokens() -> "ConsoleTokens":
    """Return the signer of console cookies.

    Its key depends on the password, so changing that ends all sessions.
    """
    from meet.console.tokens import ConsoleTokens

    return ConsoleTokens(signing_key("console", bound_to=admin().fingerprint), owner())


def console_sessions() -> "ConsoleSessions":
    from meet.console.sessions import ConsoleSessions

    return ConsoleSessions(console_tokens(), clients.dynamodb(), settings.idempotency_table)
