"""The operations on webhooks."""

from http import HTTPStatus

from meet.errors import InvalidRequest, StillRunning
from meet.events.errors import EventsNotKept
from meet.http import NEXT_PAGE_HEADER
from meet.webhooks.errors import (
    EndpointFailed,
    OverlapRunning,
    TooManyWebhooks,
    WebhookNotFound,
)
from meet.webhooks.schemas import (
    AttemptView,
    DeliveryView,
    NewWebhook,
    NewWebhookView,
    ReplayRequest,
    Rotation,
    SecretView,
    WebhookRequest,
    WebhookView,
)
from tools.openapi.examples import example
from tools.openapi.row import IN_BODY, Row, Success

_TROUBLE = {"failingSince", "disabledReason", "disabledAt"}
_WHOLE = {name: value for name, value in example(WebhookView).items() if name not in _TROUBLE}
_NEW = {name: value for name, value in example(NewWebhookView).items() if name not in _TROUBLE}
_THEIRS = {
    "url": _WHOLE["url"],
    "events": ["meetingEnded", "recordingEnded"],
    "secret": "ovmeet-0123456789abcdef",
}
_WRONG = InvalidRequest(("url", "Must begin with https://"))

ROWS: dict[str, Row] = {
    "create_webhook": Row(
        body_examples={
            "default": {
                "summary": "Some events of one room",
                "value": {
                    name: value
                    for name, value in example(NewWebhook).items()
                    if name not in {"secret", "roomNamePrefix"}
                },
            },
            "smallest": {"summary": "All events", "value": {"url": _WHOLE["url"]}},
            "openvidu": {"summary": "A receiver of OpenVidu Meet, unchanged", "value": _THEIRS},
        },
        successes=(Success("NewWebhookWithSecret", _NEW, status=HTTPStatus.CREATED),),
        errors=(*IN_BODY, TooManyWebhooks(), StillRunning(), _WRONG),
    ),
    "get_webhooks": Row(successes=(Success("Webhooks", {"webhooks": [_WHOLE]}),)),
    "get_webhook": Row(successes=(Success("Webhook", _WHOLE),), errors=(WebhookNotFound(),)),
    "update_webhook": Row(
        body_examples={
            "default": {
                "summary": "All recordings",
                "value": {"url": _WHOLE["url"], "events": ["recording.*"]},
            },
            "disabled": {
                "summary": "Send nothing for now",
                "value": example(WebhookRequest) | {"enabled": False},
            },
        },
        successes=(Success("Webhook", _WHOLE),),
        errors=(*IN_BODY, WebhookNotFound(), _WRONG),
    ),
    "delete_webhook": Row(
        successes=(Success(status=HTTPStatus.NO_CONTENT),), errors=(WebhookNotFound(),)
    ),
    "test_webhook": Row(
        successes=(Success("WebhookAttempt", example(AttemptView)),),
        errors=(EndpointFailed("The endpoint answered 500"), WebhookNotFound()),
    ),
    "rotate_webhook_secret": Row(
        body_required=False,
        body_examples={"default": {"summary": "Both for a day", "value": example(Rotation)}},
        successes=(Success("WebhookSecret", example(SecretView)),),
        errors=(
            *IN_BODY,
            WebhookNotFound(),
            OverlapRunning(),
            InvalidRequest(("overlap", "Must be at least 0")),
        ),
    ),
    "get_webhook_deliveries": Row(
        successes=(
            Success(
                "WebhookDelivery",
                [example(DeliveryView)],
                is_list=True,
                headers=("Link", NEXT_PAGE_HEADER),
            ),
        ),
        errors=(
            WebhookNotFound(),
            InvalidRequest(("maxItems", "Must be at least 1"), message="Invalid request"),
        ),
    ),
    "replay_webhook": Row(
        body_examples={
            "default": {"summary": "Some events", "value": example(ReplayRequest)},
            "after": {
                "summary": "All after a cursor of GET /events",
                "value": {"after": "0vQzUbIdbG9nIzQ3MTE"},
            },
        },
        successes=(Success("WebhookReplay", {"events": 42}, status=HTTPStatus.ACCEPTED),),
        errors=(
            *IN_BODY,
            WebhookNotFound(),
            EventsNotKept(),
            InvalidRequest(("", "Must name after or eventIds, and not both")),
        ),
    ),
}
"""What is to be said about each operation, by the folder of its function."""
