"""What surrounds an operation: authorization before it, Idempotency-Key around it."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from meet.settings import settings
from meet.signing import Purpose
from meet.wiring import clients
from meet.wiring.console import console_sessions
from meet.wiring.participants import api_tokens
from meet.wiring.recordings import playback_key
from meet.wiring.rooms import room_repository
from meet.wiring.stack import api_keys

if TYPE_CHECKING:
    from meet.authorization import Authorizer
    from meet.powertools import APIGatewayRestResolver


def authorizer() -> "Authorizer":
    from meet.authorization import Authorizer

    return Authorizer(
        api_keys, console_sessions, playback_key, api_tokens, room_repository, settings.public_url
    )


def token_key(idempotency_key: str | None) -> bytes:
    """Return the key that makes the tokens in an answer.

    It is the stack's if the answer may have to be repeated, else one for this request alone.
    """
    return (
        secrets.token_bytes(32)
        if idempotency_key is None
        else clients.signing_key(Purpose.NEW_TOKENS)
    )


def once(
    api: "APIGatewayRestResolver",
    operation: str,
    key: str | None,
    run: Callable[[], dict[str, Any]],
    *,
    about: str | None = None,
) -> dict[str, Any]:
    """Run the operation of the current request, once for each Idempotency-Key if it has one.

    `about` is the part of the path that is as much of the request as its body. Raises as
    meet.idempotency.once does.
    """
    if key is None:
        return run()
    from meet import http, idempotency

    body = api.current_event.json_body
    return idempotency.once(
        operation,
        key,
        body if about is None else {"about": about, "body": body},
        run,
        caller=http.caller_of(api),
        store=clients.idempotency_store(),
        context=api.lambda_context,
    )
