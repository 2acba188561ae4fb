"""GET /webhooks/{webhookId}: one endpoint for events."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.http import create_api, entrypoint
from meet.webhooks.errors import WebhookNotFound
from meet.webhooks.schemas import WebhookId
from meet.webhooks.views import WebhookView

api = create_api()


@api.get(
    "/api/v1/webhooks/<webhook_id>",
    summary="Get a webhook",
    response_description="The webhook",
    tags=["Webhooks"],
)
@answers(WebhookView, WebhookNotFound)
def get_webhook(webhook_id: WebhookId) -> dict[str, Any]:
    """Get a webhook without its secret, and since when its attempts fail, if they do."""
    return WebhookView.of(wiring.webhook_repository().get(webhook_id)).to_json()


handler = entrypoint(api)
