"""Settings become clients, and clients become services.

Clients, connections and what remembers failures are built once per Lambda environment, on first
use, and kept until `reset`. Services only hold those, so each call builds one; a secret is asked
for with each call, and is at most SECRETS_MAX_AGE seconds old. Functions import what they need
and no more: importing this module reads no environment, builds no client and imports no LiveKit.
"""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from meet.aws import AWS_CONFIG, S3_CONFIG, repeat_after_conflicts
from meet.settings import settings
from meet.signing import derived_key

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
    from aws_lambda_powertools.utilities.parameters import SecretsProvider
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from livekit.protocol.egress import S3Upload
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from urllib3 import PoolManager

    from meet.console.admin import Admin
    from meet.console.sessions import ConsoleSessions
    from meet.console.tokens import ConsoleTokens
    from meet.events.derivation import Source
    from meet.events.log import EventLog
    from meet.livekit.outages import Outages
    from meet.livekit.recorder import Recorder
    from meet.livekit.rooms import MediaServer
    from meet.livekit.tokens import AccessTokens
    from meet.livekit.twirp import TwirpClient
    from meet.meetings.repository import MeetingRepository
    from meet.participants.admission import ParticipantAdmission
    from meet.participants.api_tokens import ApiTokens
    from meet.participants.removal import ParticipantRemoval
    from meet.recordings.control import RecordingControl
    from meet.recordings.deletion import RecordingDeletion
    from meet.recordings.delivery import RecordingDelivery
    from meet.recordings.evidence import RecordingEvidence
    from meet.recordings.media import MediaStore
    from meet.recordings.repository import RecordingRepository
    from meet.recordings.settlement import RecordingSettlement
    from meet.rooms.ending import RoomEnding
    from meet.rooms.repository import RoomRepository
    from meet.rooms.service import RoomService

SECRETS_MAX_AGE = 300
"""Seconds that a secret is kept in memory; a rotation takes as long to arrive everywhere."""

Built = TypeVar("Built")

_forget: list[Callable[[], None]] = []


def _kept(build: Callable[[], Built]) -> Callable[[], Built]:
    """Call a builder once, and keep what it built until `reset`."""
    once_only = cache(build)
    _forget.append(once_only.cache_clear)
    return once_only


def reset() -> None:
    """Forget everything that was built, so that the next use builds it anew."""
    for forget in _forget:
        forget()


# Clients


@_kept
def _dynamodb() -> "DynamoDBClient":
    import boto3

    client = boto3.client("dynamodb", config=AWS_CONFIG)
    repeat_after_conflicts(client)
    return client


@_kept
def _s3() -> "S3Client":
    import boto3

    return boto3.client("s3", config=S3_CONFIG)


@_kept
def _secrets_provider() -> "SecretsProvider":
    from aws_lambda_powertools.utilities.parameters import SecretsProvider

    return SecretsProvider(boto_config=AWS_CONFIG)


@_kept
def _idempotency_store() -> "DynamoDBPersistenceLayer":
    from meet.idempotency import store_in

    return store_in(settings.idempotency_table, _dynamodb())


@_kept
def _http_pool() -> "PoolManager":
    import urllib3

    return urllib3.PoolManager(maxsize=16)


@_kept
def outages() -> "Outages":
    from meet.livekit.outages import Outages

    return Outages()


# Secrets


def secret(name: str) -> str:
    """Return a secret of the stack, at most SECRETS_MAX_AGE seconds old."""
    return str(_secrets_provider().get(name, max_age=SECRETS_MAX_AGE))


def playback_key() -> bytes:
    """Return the key that signs playback links."""
    return derived_key(secret(settings.signing_secret), "playback links")


# LiveKit


def owner() -> str:
    """Return the mark of this stack's LiveKit rooms, which names neither account nor stack."""
    return "meet-" + hashlib.sha256(settings.stack_id.encode()).hexdigest()[:16]


def access_tokens() -> "AccessTokens":
    """Return the signer with the stack's LiveKit key; raise MediaServerUnavailable without one."""
    from meet.errors import MediaServerUnavailable
    from meet.livekit.outages import NO_URL, Kind
    from meet.livekit.tokens import AccessTokens

    key = json.loads(secret(settings.livekit_secret)) if settings.livekit_url else None
    if key is not None and key["apiSecret"]:
        return AccessTokens(key["apiKey"], key["apiSecret"])
    missing = NO_URL if key is None else "the stack has no LiveKitApiSecret"
    outages().report(Kind.NOT_CONFIGURED, "access_tokens", missing)
    raise MediaServerUnavailable(missing)


def _twirp_client() -> "TwirpClient":
    from meet.livekit.twirp import TwirpClient

    return TwirpClient(settings.livekit_url, access_tokens(), _http_pool(), outages())


def media_server() -> "MediaServer":
    """Return LiveKit, or its stand-in if the stack has none."""
    from meet.livekit.rooms import LiveKit, NoMediaServer

    return LiveKit(_twirp_client()) if settings.livekit_url else NoMediaServer(outages())


def recorder() -> "Recorder":
    """Return LiveKit's egress; raise MediaServerUnavailable if the stack has no LiveKit."""
    from meet.livekit.egress import LiveKitEgress

    return LiveKitEgress(_twirp_client(), _upload)


def _upload() -> "S3Upload":
    """Return the bucket for egress and the credentials to write to it; by default, its own."""
    from livekit.protocol.egress import S3Upload

    upload = S3Upload(bucket=settings.recordings_bucket, region=settings.region)
    if role := settings.egress_role:
        upload.assume_role_arn = role
        upload.assume_role_external_id = settings.egress_external_id
    elif name := settings.egress_secret:
        key = json.loads(secret(name))
        upload.access_key, upload.secret = key["accessKey"], key["secretKey"]
    return upload


# Rooms


def room_repository() -> "RoomRepository":
    from meet.rooms.repository import RoomRepository

    return RoomRepository(_dynamodb(), settings.rooms_table)


def room_service() -> "RoomService":
    from meet.rooms.service import RoomService

    return RoomService(room_repository())


def room_ending() -> "RoomEnding":
    from meet.rooms.ending import RoomEnding

    return RoomEnding(room_repository(), media_server, owner)


# Participants


def participant_admission() -> "ParticipantAdmission":
    from meet.participants.admission import ParticipantAdmission

    return ParticipantAdmission(
        room_service(), media_server, access_tokens, api_tokens, owner, settings.join_lifetime
    )


def participant_removal() -> "ParticipantRemoval":
    from meet.participants.removal import ParticipantRemoval

    return ParticipantRemoval(room_service(), media_server)


def api_tokens() -> "ApiTokens":
    from meet.participants.api_tokens import ApiTokens

    key = derived_key(secret(settings.signing_secret), "moderators")
    return ApiTokens(key, owner())


# Recordings


def recording_repository() -> "RecordingRepository":
    from meet.recordings.repository import RecordingRepository

    return RecordingRepository(_dynamodb(), settings.recordings_table, room_repository())


def media_store() -> "MediaStore":
    from meet.recordings.media import MediaStore

    return MediaStore(_s3(), settings.recordings_bucket)


def recording_control() -> "RecordingControl":
    from meet.recordings.control import RecordingControl

    return RecordingControl(recording_repository(), room_service(), media_server, recorder)


def recording_delivery() -> "RecordingDelivery":
    from meet.recordings.delivery import RecordingDelivery

    return RecordingDelivery(recording_repository(), media_store, playback_key)


def recording_deletion() -> "RecordingDeletion":
    from meet.recordings.deletion import RecordingDeletion

    return RecordingDeletion(recording_repository(), media_store())


def recording_evidence() -> "RecordingEvidence":
    from meet.recordings.evidence import RecordingEvidence

    return RecordingEvidence(
        recording_repository(),
        room_repository(),
        recorder,
        media_store(),
        settings.recording_retention,
    )


def recording_settlement() -> "RecordingSettlement":
    from meet.recordings.presence import Presence
    from meet.recordings.settlement import RecordingSettlement

    evidence = recording_evidence()
    presence = Presence(evidence.recordings, media_server, recorder)
    return RecordingSettlement(evidence, presence, settings.max_recording_duration)


# Meetings and events


def meeting_repository() -> "MeetingRepository":
    from meet.meetings.repository import MeetingRepository

    return MeetingRepository(
        _dynamodb(), settings.meetings_table, room_repository(), settings.event_retention
    )


def event_log() -> "EventLog":
    from meet.events.log import EventLog

    return EventLog(_dynamodb(), settings.events_table, settings.event_retention)


def event_sources() -> "dict[str, Source]":
    """Return the tables whose transitions are events, by their names."""
    from meet.events.derivation import Source

    return {
        settings.rooms_table: Source.ROOMS,
        settings.recordings_table: Source.RECORDINGS,
        settings.meetings_table: Source.MEETINGS,
    }


# Console


def admin() -> "Admin":
    from meet.console.admin import Admin

    stored = json.loads(secret(settings.admin_secret))
    return Admin(stored["username"], stored["password"])


def console_tokens() -> "ConsoleTokens":
    """Return the signer of console cookies.

    Its key depends on the password, so changing that ends all sessions.
    """
    from meet.console.tokens import ConsoleTokens

    fingerprint = admin().fingerprint
    key = derived_key(secret(settings.signing_secret), "console", bound_to=fingerprint)
    return ConsoleTokens(key, owner())


def console_sessions() -> "ConsoleSessions":
    from meet.console.sessions import ConsoleSessions

    return ConsoleSessions(console_tokens(), _dynamodb(), settings.idempotency_table)


# Operations


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
        store=_idempotency_store(),
        context=context,
    )
