"""DELETE /webhooks/{webhookId}: send nothing to an endpoint any longer."""

from meet import wiring
from meet.answers import answers
from meet.http import create_api, entrypoint, no_content
from meet.powertools import Response
from meet.webhooks.errors import WebhookNotFound
from meet.webhooks.schemas import WebhookId

api = create_api()


@api.delete(
    "/api/v1/webhooks/<webhook_id>",
    summary="Delete a webhook",
    response_description="The webhook is deleted",
    tags=["Webhooks"],
)
@answers(None, WebhookNotFound)
def delete_webhook(webhook_id: WebhookId) -> Response[str]:
    """Delete a webhook. An attempt that is under way may still arrive."""
    wiring.webhook_repository().remove(webhook_id)
    return no_content()


handler = entrypoint(api)
