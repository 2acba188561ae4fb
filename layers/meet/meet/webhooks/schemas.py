"""Webhooks on the wire: request bodies in, views out."""

import base64
import binascii
import re
from functools import partial
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from meet.errors import InvalidRequest
from meet.events.cursor import Cursor
from meet.events.model import EventType
from meet.paging import from_token
from meet.parameters import next_page
from meet.rooms.model import clean_prefix
from meet.settings import settings
from meet.types import (
    Boolean,
    ChosenText,
    Integer,
    PathSegment,
    Text,
    View,
    WireModel,
    broken_rule,
    expected,
)
from meet.webhooks import openvidu
from meet.webhooks.deliveries import LIST_KEY
from meet.webhooks.matching import WILDCARD
from meet.webhooks.model import (
    SECRET_PREFIX,
    Definition,
    Delivery,
    DeliveryStatus,
    Format,
    Webhook,
)
from meet.webhooks.sending import Outcome

MAX_URL = 2048
MAX_EVENTS = 50
MAX_REPLAYED = 100
MAX_DESCRIPTION = 200
MAX_OVERLAP = 604_800
DEFAULT_OVERLAP = 86_400

_ID = "wh-k3v9x0q2m7t1c8z"
_URL = "https://example.com/webhooks/meet"
_ROOM = "OpenVidu-k3v9x0q2m7t1c8z"
_EVENT = "evt_5f0c1m8q0v6w3e7t2k9n4b8x1z"
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - an example
_AT = 1_861_920_000_000

_GROUPS = {each.partition(".")[0] + WILDCARD for each in EventType}
OUR_NAMES = frozenset({*EventType, *_GROUPS})
_PRINTABLE = re.compile(r"[\x21-\x7e]*", re.ASCII)


def _url(text: str) -> str:
    if len(text) > MAX_URL:
        raise broken_rule(f"Must be at most {MAX_URL} characters")
    if _PRINTABLE.fullmatch(text) is None:
        raise broken_rule("Must be a URL of ASCII characters without spaces")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise broken_rule("Must be a URL") from error
    allowed = ["https", "http"] if settings.allow_http_webhooks else ["https"]
    if parts.scheme not in allowed:
        raise broken_rule(f"Must begin with {' or '.join(f'{each}://' for each in allowed)}")
    if "@" in parts.netloc:
        raise broken_rule("Must not contain a user name or a password")
    if "#" in text:
        raise broken_rule("Must not contain a fragment")
    if not parts.hostname or port == 0:
        raise broken_rule("Must be a URL")
    return text


def _names(value: object) -> object:
    if not isinstance(value, list):
        raise expected("array", value)
    return value


def _event_name(name: str) -> str:
    if name not in OUR_NAMES | openvidu.NAMES:
        raise broken_rule("Is not the name of an event")
    return name


def _prefix(text: str) -> str:
    cleaned = clean_prefix(text)
    if not cleaned:
        raise broken_rule("Must contain a letter or a digit")
    return cleaned


def _cursor(text: str) -> str:
    Cursor.of(text)
    return text


EventName = Annotated[Text, AfterValidator(_event_name)]

DeliveryPageToken = Annotated[
    str | None, next_page(), AfterValidator(partial(from_token, pattern=LIST_KEY))
]

WebhookId = Annotated[PathSegment, Path(description="The webhook, by its `webhookId`.")]


class WebhookRequest(WireModel):
    """Where to send which events."""

    url: Annotated[
        Text,
        AfterValidator(_url),
        WithJsonSchema({"type": "string", "format": "uri", "maxLength": MAX_URL}),
    ] = Field(
        description="The address that events are posted to. It begins with https:// and has "
        "neither a user name nor a fragment.",
        examples=[_URL],
    )
    events: (
        Annotated[
            list[EventName],
            BeforeValidator(_names),
            Field(min_length=1, max_length=MAX_EVENTS),
        ]
        | None
    ) = Field(
        None,
        description="The types of events to send, such as `room.created` or `recording.*`, or "
        "OpenVidu Meet's names, such as `recordingEnded`. Absent: all.",
        examples=[["room.created", "recording.*"]],
    )
    room_name: Text | None = Field(
        None, description="Send events of this room only.", examples=[_ROOM]
    )
    room_id: SkipJsonSchema[Text | None] = None  # OpenVidu Meet's name for roomName
    room_name_prefix: Annotated[Text, AfterValidator(_prefix)] | None = Field(
        None,
        description="Send events of rooms only whose names begin with this.",
        examples=["OpenVidu"],
    )
    enabled: Boolean = Field(True, description="Whether events are sent.", examples=[True])
    format: Literal["standard", "openvidu"] | None = Field(
        None,
        description="`standard` signs as Standard Webhooks says; `openvidu` sends what OpenVidu "
        "Meet would send. Absent: `openvidu` if `events` has OpenVidu Meet's names, else "
        "`standard`.",
        examples=["standard"],
    )
    secret: SkipJsonSchema[Text | None] = None
    description: Annotated[ChosenText, Field(max_length=MAX_DESCRIPTION)] | None = Field(
        None, description="For people.", examples=["Billing"]
    )

    @field_validator("format", mode="before")
    @classmethod
    def _is_format(cls, value: object) -> object:
        if value is not None and (not isinstance(value, str) or value not in tuple(Format)):
            raise broken_rule(f"Must be one of {', '.join(Format)}")
        return value

    @model_validator(mode="before")
    @classmethod
    def _one_name(cls, body: Any) -> Any:
        if isinstance(body, dict) and "roomName" not in body and "roomId" in body:
            return {**body, "roomName": body["roomId"]}
        return body

    def to_definition(self) -> Definition:
        """Return the definition; raises InvalidRequest for names and a format that do not go
        together.
        """
        names = tuple(dict.fromkeys(self.events or ()))
        theirs = [name in openvidu.NAMES for name in names]
        if any(theirs) and not all(theirs):
            raise InvalidRequest(("events", "Must be names of one format"))
        by_names = Format.OPENVIDU if any(theirs) else Format.STANDARD
        chosen = Format(self.format) if self.format else by_names
        if names and chosen is not by_names:
            raise InvalidRequest(("events", f"Must be names of the format {chosen}"))
        return Definition(
            url=self.url,
            format=chosen,
            types=names,
            room_name=self.room_name,
            room_name_prefix=self.room_name_prefix,
            description=self.description,
            enabled=self.enabled,
        )


class WebhookOptions(WebhookRequest):
    """Where to send which events, and optionally the secret to sign them with."""

    secret: Text | None = Field(
        None,
        description="`whsec_` and 24 to 64 bytes in base64; with the format `openvidu`, any 16 to "
        "256 characters. Absent: one is generated.",
        examples=[_SECRET],
    )

    def to_secret(self, format: Format) -> str | None:  # noqa: A002 - the contract's name
        """Return the secret, None to generate one; raises InvalidRequest."""
        if self.secret is None or _is_standard(self.secret):
            return self.secret
        if format is Format.STANDARD:
            rule = f"Must be {SECRET_PREFIX} and 24 to 64 bytes in base64"
        elif 16 <= len(self.secret) <= 256 and self.secret.isprintable():
            return self.secret
        else:
            rule = "Must be 16 to 256 characters"
        raise InvalidRequest(("secret", rule))


def _is_standard(secret: str) -> bool:
    if not secret.startswith(SECRET_PREFIX):
        return False
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return 24 <= len(key) <= 64


_THEIRS = {"url": _URL, "events": ["recordingEnded"], "secret": "ovmeet-0123456789abcdef"}

NewWebhook = Annotated[
    WebhookOptions,
    Body(
        openapi_examples={
            "smallest": {"summary": "All events", "value": {"url": _URL}},
            "openvidu": {"summary": "A receiver of OpenVidu Meet, unchanged", "value": _THEIRS},
        }
    ),
]


class Rotation(WireModel, title="WebhookSecretRotation"):
    """How long the previous secret stays valid."""

    overlap: Annotated[Integer, Field(ge=0, le=MAX_OVERLAP)] = Field(
        DEFAULT_OVERLAP,
        description="Seconds for which both secrets sign. 0: the previous one ends at once.",
        examples=[DEFAULT_OVERLAP],
    )


class ReplayRequest(WireModel, title="WebhookReplayRequest"):
    """Which events to send again: those after a cursor, or some by their ids."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    after: Annotated[Text, AfterValidator(_cursor)] | None = Field(
        None, description="A cursor of GET /events."
    )
    event_ids: (
        Annotated[
            list[Text],
            BeforeValidator(_names),
            Field(min_length=1, max_length=MAX_REPLAYED),
        ]
        | None
    ) = Field(None, description="The ids of events.", examples=[[_EVENT]])

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.after is None) == (self.event_ids is None):
            raise broken_rule("Must name after or eventIds, and not both")
        return self

    @property
    def cursor(self) -> Cursor:
        """The cursor that was given instead of ids."""
        return Cursor.of(self.after or "")


class WebhookView(View, title="Webhook"):
    """A webhook. Its secret is shown when it is created or rotated, and never again."""

    webhook_id: str = Field(description="Identifies the webhook.", examples=[_ID])
    url: str = Field(
        description="The address that events are posted to.",
        examples=[_URL],
        json_schema_extra={"format": "uri"},
    )
    events: list[str] | None = Field(
        None, description="The types of events that are sent; absent: all.", examples=[["room.*"]]
    )
    room_name: str | None = Field(None, description="The only room.", examples=[_ROOM])
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

    secret: str = Field(
        description="Signs what is sent. It is not shown again.", examples=[_SECRET]
    )

    @classmethod
    def with_secret(cls, view: dict[str, Any], secret: str) -> dict[str, Any]:
        """Return the JSON of a webhook with its secret."""
        return cls.model_validate(view | {"secret": secret}).to_json()


class SecretView(View, title="WebhookSecret"):
    """A new secret."""

    secret: str = Field(
        description="Signs what is sent from now on. It is not shown again.", examples=[_SECRET]
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

    event_id: str = Field(description="The event.", examples=[_EVENT])
    type: EventType = Field(description="What happened.", examples=["room.created"])
    room_name: str = Field(description="The room of the event.", examples=[_ROOM])
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
