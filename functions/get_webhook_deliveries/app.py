"""GET /webhooks/{webhookId}/deliveries: what an endpoint has not accepted."""

from meet import wiring
from meet.answers import answers
from meet.http import create_api, entrypoint, page_of
from meet.paging import MAX_ITEMS
from meet.parameters import MaxItems
from meet.powertools import Response
from meet.webhooks.errors import WebhookNotFound
from meet.webhooks.schemas import DeliveryPageToken, WebhookId
from meet.webhooks.views import DeliveryView

api = create_api()


@api.get(
    "/api/v1/webhooks/<webhook_id>/deliveries",
    summary="Get what a webhook has not accepted",
    response_description="The deliveries; empty if there are none",
    tags=["Webhooks"],
)
@answers(list[DeliveryView], WebhookNotFound)
def get_webhook_deliveries(
    webhook_id: WebhookId,
    max_items: MaxItems = MAX_ITEMS,
    after: DeliveryPageToken = None,
) -> Response[str]:
    """List the events that wait for another attempt or were given up, newest first.

    What the endpoint has accepted is not listed.
    """
    wiring.webhook_repository().get(webhook_id)
    page = wiring.delivery_repository().page(webhook_id, after=after, limit=max_items)
    return page_of(api, [DeliveryView.of(each).to_json() for each in page.items], page.last_key)


handler = entrypoint(api)
