"""Builds each service once per Lambda environment, on first use.

Importing this module reads no environment, builds no client and imports no LiveKit.
"""

import hashlib
import json
import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from meet.dynamodb import AWS_CONFIG
from meet.rooms.repository import RoomRepository
from meet.rooms.service import RoomService

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SecretsProvider
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from urllib3 import PoolManager

    from meet.access_token import AccessTokens
    from meet.media_server import MediaServer
    from meet.participants.service import ParticipantService
    from meet.rooms.ending import RoomEnding

SECRETS_MAX_AGE = 300
"""Seconds that a secret is kept in memory; a rotation takes as long to arrive everywhere."""


@cache
def room_repository() -> RoomRepository:
    """Return the rooms in DynamoDB."""
    import boto3

    return RoomRepository(boto3.client("dynamodb", config=AWS_CONFIG), os.environ["ROOMS_TABLE"])


@cache
def room_service() -> RoomService:
    """Return what creates, shows and changes rooms."""
    return RoomService(room_repository())


@cache
def room_ending() -> "RoomEnding":
    """Return what ends rooms."""
    from meet.rooms.ending import RoomEnding

    return RoomEnding(room_repository(), media_server)


def participant_service() -> "ParticipantService":
    """Return what lets people in and shows them out."""
    from meet.participants.service import ParticipantService

    return ParticipantService(room_service(), media_server(), access_tokens(), owner())


def media_server() -> "MediaServer":
    """Return LiveKit, or what stands in for it where the stack has none."""
    from meet.media_server import LiveKit, NoMediaServer

    url = livekit_url()
    return LiveKit(url, access_tokens(), _http_pool()) if url else NoMediaServer()


def access_tokens() -> "AccessTokens":
    """Return what signs with the stack's LiveKit key; raise MediaServerUnavailable without one."""
    from meet.access_token import AccessTokens
    from meet.errors import MediaServerUnavailable

    if not livekit_url():
        raise MediaServerUnavailable("no LiveKit URL")
    key = json.loads(secret(os.environ["LIVEKIT_SECRET"]))
    return AccessTokens(key["apiKey"], key["apiSecret"])


def livekit_url() -> str:
    """Return the WebSocket URL that browsers connect to; empty where there is no LiveKit."""
    return os.environ.get("LIVEKIT_URL", "")


def owner() -> str:
    """Return what marks a LiveKit room as this stack's, and tells strangers nothing."""
    return "meet-" + hashlib.sha256(os.environ["STACK_ID"].encode()).hexdigest()[:16]


def secret(name: str) -> str:
    """Return a secret of the stack, at most SECRETS_MAX_AGE seconds old."""
    return str(_secrets_provider().get(name, max_age=SECRETS_MAX_AGE))


def once(
    operation: str,
    key: str,
    request: dict[str, Any],
    run: Callable[[], dict[str, Any]],
    context: "LambdaContext",
) -> dict[str, Any]:
    """Run an operation at most once for an Idempotency-Key; see meet.idempotency."""
    from meet import idempotency

    table = os.environ["IDEMPOTENCY_TABLE"]
    return idempotency.once(operation, key, request, run, table=table, context=context)


@cache
def _secrets_provider() -> "SecretsProvider":
    from aws_lambda_powertools.utilities.parameters import SecretsProvider

    return SecretsProvider(boto_config=AWS_CONFIG)


@cache
def _http_pool() -> "PoolManager":
    import urllib3

    return urllib3.PoolManager(maxsize=16)


def reset() -> None:
    """Forget everything built, so that the next use builds it anew."""
    for built in (room_repository, room_service, room_ending, _secrets_provider, _http_pool):
        built.cache_clear()
