"""POST /webhooks/{webhookId}/secret: replace the secret of an endpoint."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import InvalidRequest
from meet.http import create_api, entrypoint
from meet.webhooks.errors import OverlapRunning, WebhookNotFound
from meet.webhooks.schemas import Rotation, WebhookId
from meet.webhooks.views import SecretView

api = create_api()


@api.post(
    "/api/v1/webhooks/<webhook_id>/secret",
    summary="Rotate the secret of a webhook",
    response_description="The new secret",
    tags=["Webhooks"],
)
@answers(
    SecretView,
    WebhookNotFound,
    OverlapRunning,
    InvalidRequest(("overlap", "Must be at least 0")),
)
def rotate_webhook_secret(webhook_id: WebhookId, rotation: Rotation) -> dict[str, Any]:
    """Give a webhook a new secret. Until the overlap ends, both secrets sign.

    OpenVidu Meet's own signature, of which there is one, uses the new secret at once.
    """
    secret, until = wiring.webhook_definition().rotate(webhook_id, rotation.overlap)
    return SecretView(secret=secret, previous_until=until).to_json()


handler = entrypoint(api)
