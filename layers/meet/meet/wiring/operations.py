"""What surrounds an operation: authorization before it, Idempotency-Key around it."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from meet.settings import settings
from meet.wiring import clients
from meet.wiring.console import console_sessions
from meet.wiring.participants import api_tokens
from meet.wiring.recordings import playback_key
from meet.wiring.rooms import room_repository

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from meet.authorization import Authorizer


def authorizer() -> "Authorizer":
    from meet.authorization import Authorizer

    return Authorizer(
        api_keys, console_sessions, playback_key, api_tokens, room_repository, settings.public_url
    )


def api_keys() -> dict[str, str]:
    """Return the API keys by their names."""
    keys: dict[str, str] = json.loads(clients.secret(settings.api_keys_secret))
    return keys


def once(
    operation: str,
    key: str | None,
    request: dict[str, Any],
    run: Callable[[], dict[str, Any]],
    *,
    caller: str,
    context: "LambdaContext",
) -> dict[str, Any]:
    """Run an operation, at most once for an Idempotency-Key if there is one.

    Raises as meet.idempotency.once does.
    """
    if key is None:
        return run()
    from meet import idempotency

    return idempotency.once(
        operation,
        key,
        request,
        run,
        caller=caller,
        store=clients.idempotency_store(),
        context=context,
    )
