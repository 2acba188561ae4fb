"""Request bodies and parameters about webhooks."""

import base64
import binascii
import re
from functools import partial
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

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
from meet.powertools import Body, Path
from meet.rooms.model import clean_prefix
from meet.settings import settings
from meet.types import (
    Boolean,
    ChosenText,
    Integer,
    PathSegment,
    Text,
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
    Format,
)
from meet.webhooks.views import EVENT, ROOM, SECRET, URL

MAX_URL = 2048
MAX_EVENTS = 50
MAX_REPLAYED = 100
MAX_DESCRIPTION = 200
MAX_OVERLAP = 604_800
DEFAULT_OVERLAP = 86_400

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
        examples=[URL],
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
        None, description="Send events of this room only.", examples=[ROOM]
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
        examples=[SECRET],
    )

    def to_secret(self, format: Format) -> str | None:  # noqa: A002 - the contract's name
        """Return the secret, None to generate one; raises InvalidRequest."""
        if self.secret is None or _is_standard(self.secret):
            return self.secret
        length = len(self.secret)
        if format is Format.STANDARD:
            rule = f"Must be {SECRET_PREFIX} and 24 to 64 bytes in base64"
        elif 16 <= length <= 256 and self.secret.isprintable():
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


_THEIRS = {"url": URL, "events": ["recordingEnded"], "secret": "ovmeet-0123456789abcdef"}

NewWebhook = Annotated[
    WebhookOptions,
    Body(
        openapi_examples={
            "smallest": {"summary": "All events", "value": {"url": URL}},
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
    ) = Field(None, description="The ids of events.", examples=[[EVENT]])

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.after is None) == (self.event_ids is None):
            raise broken_rule("Must name after or eventIds, and not both")
        return self

    @property
    def cursor(self) -> Cursor:
        """The cursor that was given instead of ids."""
        return Cursor.of(self.after or "")
