"""POST /webhooks: register an endpoint for events."""

from http import HTTPStatus

from meet import wiring
from meet.answers import Success, answers
from meet.errors import InvalidRequest
from meet.http import create_api, entrypoint, json_reply, logger
from meet.parameters import IdempotencyKey
from meet.powertools import Response
from meet.webhooks.errors import TooManyWebhooks
from meet.webhooks.model import new_secret
from meet.webhooks.schemas import NewWebhook
from meet.webhooks.views import NewWebhookView, WebhookView

api = create_api()


@api.post(
    "/api/v1/webhooks",
    summary="Create a webhook",
    response_description="The new webhook with its secret",
    tags=["Webhooks"],
)
@answers(
    Success(NewWebhookView, HTTPStatus.CREATED),
    TooManyWebhooks,
    InvalidRequest(("url", "Must begin with https://")),
)
def create_webhook(request: NewWebhook, idempotency_key: IdempotencyKey = None) -> Response[str]:
    """Register an address that events are posted to, signed with the secret in the answer.

    Its first events come within 30 seconds; if there was no other webhook, within a few minutes.
    """
    definition = request.to_definition()
    secret = request.to_secret(definition.format) or new_secret()
    created: list[str] = []

    def create() -> dict[str, object]:
        webhook = wiring.webhook_creation().create(definition, secret)
        logger.append_keys(webhook=webhook.id)
        created.append(secret)
        return WebhookView.of(webhook).to_json()  # answers are kept without the secret

    view = wiring.once(api, "createWebhook", idempotency_key, create)
    if not created:  # by an earlier request: its secret, or what replaced it
        secret = wiring.webhook_repository().secrets(view["webhookId"]).current
    try:
        wiring.queue_polling().adjust(on=True)
    except Exception:  # the next sweep does it
        logger.exception("polling not switched on", extra={"webhook": view["webhookId"]})
    return json_reply(NewWebhookView.with_secret(view, secret), HTTPStatus.CREATED)


handler = entrypoint(api)
