"""Builds each service once per Lambda environment, on first use.

Importing this module reads no environment, builds no client and imports no LiveKit.
"""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from meet.aws import AWS_CONFIG, S3_CONFIG, repeat_after_conflicts
from meet.clock import DAY, MINUTE, SECOND
from meet.signing import derived_key

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
    from aws_lambda_powertools.utilities.parameters import SecretsProvider
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from livekit.protocol.egress import S3Upload
    from mypy_boto3_dynamodb import DynamoDBClient
    from urllib3 import PoolManager

    from meet.console.admin import Admin
    from meet.console.sessions import ConsoleSessions
    from meet.console.tokens import ConsoleTokens
    from meet.livekit.egress import Recorder
    from meet.livekit.outages import Outages
    from meet.livekit.rooms import MediaServer
    from meet.livekit.tokens import AccessTokens
    from meet.livekit.twirp import TwirpClient
    from meet.participants.admission import ParticipantAdmission
    from meet.participants.api_tokens import ApiTokens
    from meet.participants.removal import ParticipantRemoval
    from meet.recordings.control import RecordingControl
    from meet.recordings.deletion import RecordingDeletion
    from meet.recordings.evidence import RecordingEvidence
    from meet.recordings.media import MediaStore
    from meet.recordings.repository import RecordingRepository
    from meet.recordings.settlement import RecordingSettlement
    from meet.rooms.ending import RoomEnding
    from meet.rooms.repository import RoomRepository
    from meet.rooms.service import RoomService

SECRETS_MAX_AGE = 300
"""Seconds that a secret is kept in memory; a rotation takes as long to arrive everywhere."""


@cache
def _dynamodb() -> "DynamoDBClient":
    import boto3

    client = boto3.client("dynamodb", config=AWS_CONFIG)
    repeat_after_conflicts(client)
    return client


@cache
def room_repository() -> "RoomRepository":
    """Return the rooms in DynamoDB."""
    from meet.rooms.repository import RoomRepository

    return RoomRepository(_dynamodb(), os.environ["ROOMS_TABLE"])


@cache
def room_service() -> "RoomService":
    """Return what creates, shows and changes rooms."""
    from meet.rooms.service import RoomService

    return RoomService(room_repository())


@cache
def room_ending() -> "RoomEnding":
    """Return what ends rooms."""
    from meet.rooms.ending import RoomEnding

    return RoomEnding(room_repository(), media_server, owner)


@cache
def recording_repository() -> "RecordingRepository":
    """Return the recordings in DynamoDB."""
    from meet.recordings.repository import RecordingRepository

    rooms = room_repository()
    return RecordingRepository(rooms.client, os.environ["RECORDINGS_TABLE"], rooms)


@cache
def media_store() -> "MediaStore":
    """Return the files of recordings."""
    import boto3

    from meet.recordings.media import MediaStore

    client = boto3.client("s3", config=S3_CONFIG)
    return MediaStore(client, os.environ["RECORDINGS_BUCKET"])


def recording_control() -> "RecordingControl":
    """Return what starts and stops recordings."""
    from meet.recordings.control import RecordingControl

    return RecordingControl(recording_repository(), room_service(), media_server, recorder)


def recording_deletion() -> "RecordingDeletion":
    """Return what deletes recordings."""
    from meet.recordings.deletion import RecordingDeletion

    return RecordingDeletion(recording_repository(), media_store())


def recording_evidence() -> "RecordingEvidence":
    """Return the writer of what is seen of recordings."""
    from meet.recordings.evidence import RecordingEvidence

    retention = int(os.environ["RECORDING_RETENTION_DAYS"]) * DAY
    recordings = replace(recording_repository(), retention=retention)
    return RecordingEvidence(recordings, room_repository(), recorder, media_store())


def recording_settlement() -> "RecordingSettlement":
    """Return the sweep of recordings."""
    from meet.recordings.presence import Presence
    from meet.recordings.settlement import RecordingSettlement

    seconds = int(os.environ["MAX_RECORDING_SECONDS"])
    evidence = recording_evidence()
    presence = Presence(evidence.recordings, media_server, recorder)
    return RecordingSettlement(evidence, presence, seconds * SECOND)


def recorder() -> "Recorder":
    """Return LiveKit's egress; raise MediaServerUnavailable where the stack has no LiveKit."""
    from meet.livekit.egress import LiveKitEgress

    return LiveKitEgress(_twirp_client(), _upload)


def playback_key() -> bytes:
    """Return what playback links are signed with."""
    return derived_key(secret(os.environ["SIGNING_SECRET"]), "playback links")


def admin() -> "Admin":
    """Return the account of the console."""
    from meet.console.admin import Admin

    stored = json.loads(secret(os.environ["ADMIN_SECRET"]))
    return Admin(stored["username"], stored["password"])


def console_tokens() -> "ConsoleTokens":
    """Return the signer of console cookies.

    Its key depends on the password, so changing that ends all sessions.
    """
    from meet.console.tokens import ConsoleTokens

    fingerprint = admin().fingerprint
    key = derived_key(secret(os.environ["SIGNING_SECRET"]), "console", bound_to=fingerprint)
    return ConsoleTokens(key, owner())


def console_sessions() -> "ConsoleSessions":
    """Return the sessions of the console."""
    from meet.console.sessions import ConsoleSessions

    return ConsoleSessions(console_tokens(), _dynamodb(), os.environ["IDEMPOTENCY_TABLE"])


def _upload() -> "S3Upload":
    """Return where egress writes to, and with which credentials; without any, with its own."""
    from livekit.protocol.egress import S3Upload

    upload = S3Upload(bucket=os.environ["RECORDINGS_BUCKET"], region=os.environ["AWS_REGION"])
    if role := os.environ.get("EGRESS_ROLE"):
        upload.assume_role_arn = role
        upload.assume_role_external_id = os.environ.get("EGRESS_EXTERNAL_ID", "")
    elif name := os.environ.get("EGRESS_SECRET"):
        key = json.loads(secret(name))
        upload.access_key, upload.secret = key["accessKey"], key["secretKey"]
    return upload


def participant_admission() -> "ParticipantAdmission":
    """Return the ParticipantAdmission of this stack."""
    from meet.participants.admission import ParticipantAdmission

    lifetime = int(os.environ["JOIN_TOKEN_MINUTES"]) * MINUTE
    return ParticipantAdmission(
        room_service(), media_server, access_tokens, api_tokens, owner, lifetime
    )


def participant_removal() -> "ParticipantRemoval":
    """Return the ParticipantRemoval of this stack."""
    from meet.participants.removal import ParticipantRemoval

    return ParticipantRemoval(room_service(), media_server)


def api_tokens() -> "ApiTokens":
    """Return the signer and reader of moderators' tokens for the API."""
    from meet.participants.api_tokens import ApiTokens

    key = derived_key(secret(os.environ["SIGNING_SECRET"]), "moderators")
    return ApiTokens(key, owner())


def media_server() -> "MediaServer":
    """Return LiveKit, or what stands in for it where the stack has none."""
    from meet.livekit.rooms import LiveKit, NoMediaServer

    return LiveKit(_twirp_client()) if livekit_url() else NoMediaServer(outages())


def access_tokens() -> "AccessTokens":
    """Return what signs with the stack's LiveKit key; raise MediaServerUnavailable without one."""
    from meet.errors import MediaServerUnavailable
    from meet.livekit.outages import NO_URL, Kind
    from meet.livekit.tokens import AccessTokens

    key = json.loads(secret(os.environ["LIVEKIT_SECRET"])) if livekit_url() else None
    if key is not None and key["apiSecret"]:
        return AccessTokens(key["apiKey"], key["apiSecret"])
    missing = NO_URL if key is None else "the stack has no LiveKitApiSecret"
    outages().report(Kind.NOT_CONFIGURED, "access_tokens", missing)
    raise MediaServerUnavailable(missing)


@cache
def outages() -> "Outages":
    """Return the log of LiveKit's failures."""
    from meet.livekit.outages import Outages

    return Outages()


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
    *,
    caller: str,
    context: "LambdaContext",
) -> dict[str, Any]:
    """Run an operation at most once for an Idempotency-Key; see meet.idempotency."""
    from meet import idempotency

    return idempotency.once(
        operation,
        key,
        request,
        run,
        caller=caller,
        store=_idempotency_store(),
        context=context,
    )


@cache
def _idempotency_store() -> "DynamoDBPersistenceLayer":
    from meet.idempotency import store_in

    return store_in(os.environ["IDEMPOTENCY_TABLE"], room_repository().client)


@cache
def _secrets_provider() -> "SecretsProvider":
    from aws_lambda_powertools.utilities.parameters import SecretsProvider

    return SecretsProvider(boto_config=AWS_CONFIG)


def _twirp_client() -> "TwirpClient":
    from meet.livekit.twirp import TwirpClient

    return TwirpClient(livekit_url(), access_tokens(), _http_pool(), outages())


@cache
def _http_pool() -> "PoolManager":
    import urllib3

    return urllib3.PoolManager(maxsize=16)


def reset() -> None:
    """Forget everything built, so that the next use builds it anew."""
    for built in (
        _dynamodb,
        room_repository,
        room_service,
        room_ending,
        recording_repository,
        media_store,
        _idempotency_store,
        _secrets_provider,
        _http_pool,
        outages,
    ):
        built.cache_clear()
