"""Lambda authorizer: allow the request if its credential opens the operation, else 401.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

import json
import logging
from collections.abc import Callable, Collection
from typing import Any, TypeAlias
from urllib.parse import quote

from meet import clock, metrics, wiring
from meet.access import OPERATIONS, Credential, name_of_key
from meet.console import browser
from meet.errors import MeetError, Unauthorized
from meet.recordings import playback
from meet.settings import settings

Context: TypeAlias = dict[str, str]
"""The facts about its caller that a function receives."""

logger = logging.getLogger()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return a policy for this one request; raise Unauthorized, which the gateway makes a 401."""
    operation, accepted = OPERATIONS[event["httpMethod"], event["resource"]]
    request = {
        "operation": operation,
        "correlation_id": event["requestContext"].get("requestId"),
    }
    try:
        policy = _policy(accepted, event)
    except Exception:
        logger.exception("authorizer failed", extra=request)
        metrics.count("AuthorizerFailed")
        raise
    if policy is None:
        logger.warning("request denied", extra=request)
        metrics.count("AuthorizerRefused")
        raise Exception("Unauthorized")  # noqa: TRY002 - the very text that API Gateway looks for
    return policy


def _policy(accepted: Collection[Credential], event: dict[str, Any]) -> dict[str, Any] | None:
    """Return the policy for the caller's credential; None if the request carries no valid one.

    Functions read the context from their requests, see meet.http.caller_of and room_of_caller.
    """
    for credential, check in _CHECKS.items():
        if credential in accepted and (context := check(event)) is not None:
            policy = _allow(credential, event["methodArn"])
            return policy | {"context": context} if context else policy
    return None


def _api_key(event: dict[str, Any]) -> Context | None:
    key = _header(event, "x-api-key")
    if key is None:
        return None
    keys: dict[str, str] = json.loads(wiring.secret(settings.api_keys_secret))
    name = name_of_key(key, keys)
    return None if name is None else {"apiKey": name}


def _session(event: dict[str, Any]) -> Context | None:
    shown = browser.cookies(event, browser.SESSION_COOKIE)
    is_write = event["httpMethod"] not in {"GET", "HEAD"}
    if not shown or (is_write and not browser.is_same_origin(event, settings.public_url)):
        return None
    try:
        wiring.console_sessions().current(shown)
    except Unauthorized:
        return None
    return {}


def _playback_link(event: dict[str, Any]) -> Context | None:
    token = (event["queryStringParameters"] or {}).get(playback.PARAMETER)
    if token is None:
        return None
    recording_id = event["pathParameters"]["recordingId"]
    now, key = clock.now(), wiring.playback_key()
    return {} if playback.is_valid(token, recording_id, now=now, key=key) else None


def _moderator(event: dict[str, Any]) -> Context | None:
    """Return room and identity of a moderator's apiToken; None without a valid one.

    It ends when the room does, and when its bearer is removed.
    """
    scheme, _, token = (_header(event, "authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    try:
        bearer = wiring.api_tokens().read(token)
        room = wiring.room_repository().get(bearer.room)
    except MeetError:
        return None
    is_good = room.is_open(clock.now()) and not room.has_removed(bearer.identity)
    # Percent-encoded, since the gateway promises only ASCII in the context.
    return {"room": room.name, "identity": quote(bearer.identity)} if is_good else None


def _header(event: dict[str, Any], name: str) -> str | None:
    headers = {key.lower(): value for key, value in (event["headers"] or {}).items()}
    return headers.get(name)


_CHECKS: dict[Credential, Callable[[dict[str, Any]], Context | None]] = {
    Credential.API_KEY: _api_key,
    Credential.CONSOLE_COOKIE: _session,
    Credential.PLAYBACK_LINK: _playback_link,
    Credential.PARTICIPANT_TOKEN: _moderator,
}


def _allow(principal: str, method_arn: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": method_arn}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
