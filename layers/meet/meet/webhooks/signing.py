"""Signs what is sent to endpoints: Standard Webhooks 1.0, and OpenVidu Meet's way.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac

from meet.clock import SECOND, Milliseconds
from meet.webhooks.model import SECRET_PREFIX, Format, Secrets


def key_of(secret: str) -> bytes:
    """Return the key in a secret: what follows `whsec_`, decoded; any other text as it is."""
    if secret.startswith(SECRET_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except binascii.Error:
            pass  # an old API key of OpenVidu Meet may look like anything
    return secret.encode()


def signed_headers(
    format: Format,  # noqa: A002
    signing: Secrets,
    event_id: str,
    body: bytes,
    *,
    now: Milliseconds,
) -> dict[str, str]:
    """Return the headers that identify and sign one attempt."""
    stamp = str(now // SECOND)
    content = b".".join([event_id.encode(), stamp.encode(), body])
    signatures = [_standard(secret, content) for secret in signing.valid(now)]
    headers = {
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signatures),
    }
    if format is Format.OPENVIDU:
        headers |= _openvidu(signing.current, body, now)
    return headers


def _standard(secret: str, content: bytes) -> str:
    digest = hmac.digest(key_of(secret), content, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def _openvidu(secret: str, body: bytes, now: Milliseconds) -> dict[str, str]:
    """Sign as OpenVidu Meet does; it knows one signature, so a new secret counts at once."""
    content = f"{now}.".encode() + body
    signature = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
    return {"X-Timestamp": str(now), "X-Signature": signature}
