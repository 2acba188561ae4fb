"""PUT /webhooks/{webhookId}: say anew where to send which events."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import InvalidRequest
from meet.http import create_api, entrypoint
from meet.webhooks.errors import WebhookNotFound
from meet.webhooks.schemas import WebhookId, WebhookRequest
from meet.webhooks.views import WebhookView

api = create_api()


@api.put(
    "/api/v1/webhooks/<webhook_id>",
    summary="Update a webhook",
    response_description="The webhook after the change",
    tags=["Webhooks"],
)
@answers(WebhookView, WebhookNotFound, InvalidRequest(("url", "Must begin with https://")))
def update_webhook(webhook_id: WebhookId, request: WebhookRequest) -> dict[str, Any]:
    """Replace what a webhook is about: what the body leaves out is cleared. Its secret stays.

    Unless `enabled` is false, its failures are forgotten, and what waited for it is sent.
    """
    webhook = wiring.webhook_definition().replace(webhook_id, request.to_definition())
    return WebhookView.of(webhook).to_json()


handler = entrypoint(api)
