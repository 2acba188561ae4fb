"""POST /webhooks: register an endpoint for events."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from meet import wiring
from meet.http import IdempotencyKey, caller_of, create_api, entrypoint, json_reply, logger
from meet.webhooks.schemas import NewWebhook, NewWebhookView, WebhookView

api = create_api()


@api.post(
    "/api/v1/webhooks",
    summary="Create a webhook",
    response_description="The new webhook with its secret",
    tags=["Webhooks"],
)
def create_webhook(request: NewWebhook, idempotency_key: IdempotencyKey = None) -> Response[str]:
    """Register an address that events are posted to, signed with the secret in the answer.

    Its first events come within 30 seconds.
    """
    definition = request.to_definition()
    secret = request.to_secret(definition.format)

    def create() -> dict[str, object]:
        webhook = wiring.webhook_creation().create(definition, secret)
        logger.append_keys(webhook=webhook.id)
        return WebhookView.of(webhook).to_json()  # answers are kept without the secret

    view = wiring.once(
        "createWebhook",
        idempotency_key,
        api.current_event.json_body,
        create,
        caller=caller_of(api),
        context=api.lambda_context,
    )
    stored = wiring.webhook_repository().get(view["webhookId"])
    return json_reply(NewWebhookView.with_secret(view, stored.secret), HTTPStatus.CREATED)


handler = entrypoint(api)
