"""In front of every operation: let pass who may do this, answer 401 to everybody else.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

import json
import logging
import os
from collections.abc import Callable, Collection
from typing import Any

from meet import clock, metrics, wiring
from meet.access import OPERATIONS, Credential, is_valid_key
from meet.console import browser
from meet.errors import MeetError, Unauthorized
from meet.recordings import playback

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
        logger.exception("could not decide", extra=request)
        metrics.count("AuthorizerFailed")
        raise
    if policy is None:
        logger.warning("refused", extra=request)
        metrics.count("AuthorizerRefused")
        raise Exception("Unauthorized")  # noqa: TRY002 - the very text that API Gateway looks for
    return policy


def _policy(accepted: Collection[Credential], event: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the caller's credential allows, None where none that is good is shown."""
    for credential, is_shown in _CHECKS.items():
        if credential in accepted and is_shown(event):
            return _allow(credential, event["methodArn"])
    if Credential.PARTICIPANT_TOKEN in accepted and (room := _moderated_room(event)):
        return _allow(Credential.PARTICIPANT_TOKEN, event["methodArn"]) | {
            "context": {"room": room}
        }
    return None


def _has_api_key(event: dict[str, Any]) -> bool:
    key = _header(event, "x-api-key")
    if key is None:
        return False
    keys: dict[str, str] = json.loads(wiring.secret(os.environ["API_KEYS_SECRET"]))
    return is_valid_key(key, keys.values())


def _has_session(event: dict[str, Any]) -> bool:
    shown = browser.cookies(event, browser.SESSION_COOKIE)
    is_write = event["httpMethod"] not in {"GET", "HEAD"}
    if not shown or (is_write and not browser.is_same_origin(event, os.environ["PUBLIC_URL"])):
        return False
    try:
        wiring.console_sessions().current(shown)
    except Unauthorized:
        return False
    return True


def _has_playback_link(event: dict[str, Any]) -> bool:
    token = (event["queryStringParameters"] or {}).get(playback.PARAMETER)
    if token is None:
        return False
    recording_id = event["pathParameters"]["recordingId"]
    return playback.is_valid(token, recording_id, now=clock.now(), key=wiring.playback_key())


def _moderated_room(event: dict[str, Any]) -> str | None:
    """Return the room of a moderator's apiToken, None if the request carries no valid one.

    It ends with the room, and with the removal of its bearer.
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
    return room.name if is_good else None


def _header(event: dict[str, Any], name: str) -> str | None:
    headers = {key.lower(): value for key, value in (event["headers"] or {}).items()}
    return headers.get(name)


_CHECKS: dict[Credential, Callable[[dict[str, Any]], bool]] = {
    Credential.API_KEY: _has_api_key,
    Credential.CONSOLE_COOKIE: _has_session,
    Credential.PLAYBACK_LINK: _has_playback_link,
}


def _allow(principal: str, method_arn: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": method_arn}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
