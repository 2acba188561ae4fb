"""The console's accounts and sessions."""

from typing import TYPE_CHECKING

from meet.settings import settings
from meet.signing import Purpose
from meet.wiring import clients
from meet.wiring.stack import api_keys, owner

if TYPE_CHECKING:
    from meet.console.sessions import ConsoleSessions
    from meet.console.tokens import ConsoleTokens


def console_tokens() -> "ConsoleTokens":
    """Return the signer of console cookies, for the accounts of now."""
    from meet.console.accounts import Accounts
    from meet.console.tokens import ConsoleTokens

    return ConsoleTokens(clients.signing_key(Purpose.CONSOLE), owner(), Accounts(api_keys()))


def console_sessions() -> "ConsoleSessions":
    from meet.console.sessions import ConsoleSessions

    return ConsoleSessions(console_tokens(), clients.dynamodb(), settings.idempotency_table)
