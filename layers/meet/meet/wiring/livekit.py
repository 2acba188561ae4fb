"""LiveKit's server API, its recorder and its webhooks."""

import json
from typing import TYPE_CHECKING

from meet.settings import settings
from meet.wiring import clients
from meet.wiring.kept import kept
from meet.wiring.stack import owner

if TYPE_CHECKING:
    from livekit.protocol.egress import S3Upload

    from meet.connections import Connections
    from meet.livekit.outages import Outages
    from meet.livekit.recorder import Recorder
    from meet.livekit.rooms import MediaServer
    from meet.livekit.tokens import AccessTokens
    from meet.livekit.twirp import TwirpClient
    from meet.livekit.webhooks import Webhooks


@kept
def outages() -> "Outages":
    from meet.livekit.outages import Outages

    return Outages()


def access_tokens() -> "AccessTokens":
    """Return the signer with the stack's LiveKit key; raises MediaServerUnavailable without one."""
    from meet.livekit.outages import NO_URL
    from meet.livekit.tokens import AccessTokens

    key = json.loads(clients.secret(settings.livekit_secret)) if settings.livekit_url else None
    if key is not None and key["apiSecret"]:
        return AccessTokens(key["apiKey"], key["apiSecret"])
    missing = NO_URL if key is None else "the stack has no LiveKitApiSecret"
    raise outages().not_configured("access_tokens", missing)


def livekit_webhooks() -> "Webhooks":
    from meet.livekit.webhooks import Webhooks

    return Webhooks(access_tokens(), owner())


def media_server() -> "MediaServer":
    """Return LiveKit, or its stand-in if the stack has none."""
    from meet.livekit.rooms import LiveKit, NoMediaServer

    return LiveKit(_twirp_client()) if settings.livekit_url else NoMediaServer(outages())


def recorder() -> "Recorder":
    """Return LiveKit's egress; raises MediaServerUnavailable if the stack has no LiveKit."""
    from meet.livekit.egress import LiveKitEgress

    return LiveKitEgress(_twirp_client(), upload)


def upload() -> "S3Upload":
    """Return the bucket for egress, with the credentials to write to it.

    Without any, egress uses credentials of its own.
    """
    from livekit.protocol.egress import S3Upload

    upload = S3Upload(bucket=settings.recordings_bucket, region=settings.region)
    if role := settings.egress_role:
        upload.assume_role_arn = role
        upload.assume_role_external_id = settings.egress_external_id
    elif name := settings.egress_secret:
        key = json.loads(clients.secret(name))
        upload.access_key, upload.secret = key["accessKey"], key["secretKey"]
    return upload


def _twirp_client() -> "TwirpClient":
    from meet.livekit.twirp import TwirpClient

    tokens = access_tokens()
    return TwirpClient(_connections(), tokens, outages())


def _connections() -> "Connections":
    """Return the connections to LiveKit; raises MediaServerUnavailable if its URL is not one."""
    try:
        return clients.livekit()
    except ValueError as error:
        reason = f"LiveKitUrl is not a URL: {error}"
        raise outages().not_configured("connect", reason) from error
