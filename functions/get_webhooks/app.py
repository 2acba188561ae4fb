"""GET /webhooks: list the endpoints for events."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.http import create_api, entrypoint
from meet.webhooks.views import WebhookList, WebhookView

api = create_api()


@api.get(
    "/api/v1/webhooks",
    summary="Get all webhooks",
    response_description="The webhooks",
    tags=["Webhooks"],
)
@answers(WebhookList)
def get_webhooks() -> dict[str, Any]:
    """List the webhooks, newest first, without their secrets. There are 20 at most."""
    found = wiring.webhook_repository().all()
    return WebhookList(webhooks=[WebhookView.of(each) for each in found]).to_json()


handler = entrypoint(api)
