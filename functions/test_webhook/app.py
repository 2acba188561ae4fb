"""POST /webhooks/{webhookId}/test: try an endpoint."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.http import create_api, entrypoint
from meet.webhooks.errors import EndpointFailed, WebhookNotFound
from meet.webhooks.schemas import WebhookId
from meet.webhooks.views import AttemptView

api = create_api()


@api.post(
    "/api/v1/webhooks/<webhook_id>/test",
    summary="Test a webhook",
    response_description="The endpoint accepted the event",
    tags=["Webhooks"],
)
@answers(AttemptView, WebhookNotFound, EndpointFailed("The endpoint answered 500"))
def test_webhook(webhook_id: WebhookId) -> dict[str, Any]:
    """Send an event of the type `webhook.test` at once, also to a webhook that is disabled."""
    return AttemptView.of(wiring.webhook_test().test(webhook_id)).to_json()


handler = entrypoint(api)
