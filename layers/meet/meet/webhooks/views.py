"""What is answered about webhooks."""

from typing import Any, Literal, Self

from pydantic import Field

from meet.events.model import EventType
from meet.types import View
from meet.webhooks.model import Delivery, DeliveryStatus, Format, Webhook
from meet.webhooks.outcome import Outcome

ID = "wh-k3v9x0q2m7t1c8z"
URL = "https://example.com/webhooks/meet"
ROOM = "OpenVidu-k3v9x0q2m7t1c8z"
EVENT = "evt_5f0c1m8q0v6w3e7t2k9n4b8x1z"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - an example
_AT = 1_861_920_000_000


class WebhookView(View, title="Webhook"):
    """A webhook. Its secret is shown when it is created or rotated, and never again."""

    webhook_id: str = Field(description="Identifies the webhook.", examples=[ID])
    url: str = Field(
        description="The address that events are posted to.",
        examples=[URL],
        json_schema_extra={"format": "uri"},
    )
    events: list[str] | None = Field(
        None, description="The types of events that are sent; absent: all.", examples=[["room.*"]]
    )
    room_name: str | None = Field(None, description="The only room.", examples=[ROOM])
    room_name_prefix: str | None = Field(
        None, description="What the names of the rooms begin with.", examples=["OpenVidu"]
    )
    enabled: bool = Field(description="Whether events are sent.", examples=[True])
    format: Format = Field(description="The kind of body and signature.", examples=["standard"])
    description: str | None = Field(None, description="For people.", examples=["Billing"])
    creation_date: int = Field(
        description="When the webhook was made, in milliseconds since the Unix epoch.",
        examples=[_AT],
    )
    failing_since: int | None = Field(
        None,
        description="Since when no attempt has succeeded, in milliseconds since the Unix epoch; "
        "absent if the last one did.",
    )
    disabled_reason: str | None = Field(
        None,
        description="Why events are not sent any longer: its endpoint failed for 24 hours, or "
        "answered 410.",
    )
    disabled_at: int | None = Field(
        None,
        description="Since when events are not sent, in milliseconds since the Unix epoch.",
    )

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        """Return the view of a webhook, without its secret."""
        said = webhook.definition
        return cls(
            webhook_id=webhook.id,
            url=said.url,
            events=list(said.types) or None,
            room_name=said.room_name,
            room_name_prefix=said.room_name_prefix,
            enabled=said.enabled,
            format=said.format,
            description=said.description,
            creation_date=webhook.created_at,
            failing_since=webhook.failing_since,
            disabled_reason=webhook.disabled_reason,
            disabled_at=webhook.disabled_at,
        )


class WebhookList(View, title="Webhooks"):
    """All webhooks."""

    webhooks: list[WebhookView] = Field(description="Newest first.")


class NewWebhookView(WebhookView, title="WebhookWithSecret"):
    """A new webhook with its secret."""

    secret: str = Field(description="Signs what is sent. It is not shown again.", examples=[SECRET])

    @classmethod
    def with_secret(cls, view: dict[str, Any], secret: str) -> dict[str, Any]:
        """Return the JSON of a webhook with its secret."""
        return cls.model_validate(view | {"secret": secret}).to_json()


class SecretView(View, title="WebhookSecret"):
    """A new secret."""

    secret: str = Field(
        description="Signs what is sent from now on. It is not shown again.", examples=[SECRET]
    )
    previous_until: int | None = Field(
        None,
        description="Until when the previous secret signs, too, in milliseconds since the Unix "
        "epoch; absent if it does not.",
        examples=[_AT],
    )


class AttemptView(View, title="WebhookAttempt"):
    """What came of a test."""

    status: int = Field(description="The status of the endpoint's answer.", examples=[204])
    duration: float = Field(
        description="In seconds.", examples=[0.031], json_schema_extra={"minimum": 0}
    )

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """Return the view of a successful attempt."""
        return cls(status=outcome.status or 0, duration=round(outcome.duration, 3))


class DeliveryView(View, title="WebhookDelivery"):
    """An event that the endpoint did not accept yet."""

    event_id: str = Field(description="The event.", examples=[EVENT])
    type: EventType = Field(description="What happened.", examples=["room.created"])
    room_name: str = Field(description="The room of the event.", examples=[ROOM])
    position: int = Field(description="The event's place in the log.", examples=[4711])
    status: Literal["waiting", "failed"] = Field(
        description="`waiting` for another attempt, or `failed`: given up.", examples=["waiting"]
    )
    attempts: int = Field(description="How often it was tried.", examples=[3])
    last_attempt_at: int | None = Field(
        None,
        description="In milliseconds since the Unix epoch; absent if it was not tried yet.",
        examples=[_AT],
    )
    last_result: str | None = Field(
        None,
        description="What the last attempt came to.",
        examples=["The endpoint answered 500"],
    )
    next_attempt_at: int | None = Field(
        None,
        description="In milliseconds since the Unix epoch; absent if it is given up, or waits "
        "until the endpoint answers again.",
        examples=[_AT],
    )

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Return the view of a delivery."""
        return cls(
            event_id=delivery.event_id,
            type=delivery.type,
            room_name=delivery.room_name,
            position=delivery.position,
            status="failed" if delivery.status is DeliveryStatus.FAILED else "waiting",
            attempts=delivery.attempts,
            last_attempt_at=delivery.last_attempt_at,
            last_result=delivery.last_result,
            next_attempt_at=delivery.next_attempt_at,
        )


class ReplayView(View, title="WebhookReplay"):
    """What is sent again."""

    events: int = Field(description="How many events were queued.", examples=[42])
    cursor: str | None = Field(
        None, description="Where to go on, if there were more than one request sends again."
    )
