"""Every environment variable of the functions, with its type.

A variable is read when it is asked for, so that importing this module needs none, and each
function only those that the template gives it.
"""

import os
from collections.abc import Callable
from typing import Generic, TypeVar

from meet.clock import DAY, MINUTE, SECOND

Value = TypeVar("Value")


class Variable(Generic[Value]):
    """One environment variable as an attribute; without a default, reading it raises KeyError."""

    def __init__(
        self, name: str, convert: Callable[[str], Value], *, default: str | None = None
    ) -> None:
        self.name = name
        self._convert = convert
        self._default = default

    def __get__(self, instance: object, owner: type | None = None) -> Value:
        text = os.environ.get(self.name, self._default)
        if text is None:
            raise KeyError(self.name)
        return self._convert(text)


def _in(unit: int) -> Callable[[str], int]:
    """Return a reader of whole numbers in a unit, which gives milliseconds."""
    return lambda text: int(text) * unit


def _is_true(text: str) -> bool:
    return text == "true"


class Settings:
    """The settings of the stack."""

    stack_id = Variable("STACK_ID", str)
    stack_name = Variable("STACK_NAME", str)
    region = Variable("AWS_REGION", str)
    access_key_id = Variable("AWS_ACCESS_KEY_ID", str, default="")
    """Empty where the machine has its credentials from elsewhere."""
    secret_access_key = Variable("AWS_SECRET_ACCESS_KEY", str, default="")
    session_token = Variable("AWS_SESSION_TOKEN", str, default="")
    endpoint_url = Variable("AWS_ENDPOINT_URL", str, default="")
    """Where all of AWS is, if it is not AWS; the two below go before it."""
    dynamodb_endpoint_url = Variable("AWS_ENDPOINT_URL_DYNAMODB", str, default="")
    secrets_endpoint_url = Variable("AWS_ENDPOINT_URL_SECRETS_MANAGER", str, default="")
    public_url = Variable("PUBLIC_URL", str, default="")
    """The beginning of the stack's links; empty if they begin with what the caller reached."""
    allowed_embedders = Variable("ALLOWED_EMBEDDERS", str.split, default="")
    """Origins whose pages may frame the meeting page."""

    rooms_table = Variable("ROOMS_TABLE", str)
    recordings_table = Variable("RECORDINGS_TABLE", str)
    meetings_table = Variable("MEETINGS_TABLE", str)
    events_table = Variable("EVENTS_TABLE", str)
    webhooks_table = Variable("WEBHOOKS_TABLE", str)
    idempotency_table = Variable("IDEMPOTENCY_TABLE", str)
    signing_keys_table = Variable("SIGNING_KEYS_TABLE", str)
    recordings_bucket = Variable("RECORDINGS_BUCKET", str)

    deliveries_queue = Variable("DELIVERIES_QUEUE", str)
    slow_deliveries_queue = Variable("SLOW_DELIVERIES_QUEUE", str)
    deliveries_mapping = Variable("DELIVERIES_MAPPING", str)
    """The id of the event source mapping, by which Lambda polls the queue."""
    slow_deliveries_mapping = Variable("SLOW_DELIVERIES_MAPPING", str)

    api_keys_secret = Variable("API_KEYS_SECRET", str)
    livekit_secret = Variable("LIVEKIT_SECRET", str)

    livekit_url = Variable("LIVEKIT_URL", str, default="")
    """The WebSocket URL that browsers connect to; empty if the stack has no LiveKit."""
    egress_role = Variable("EGRESS_ROLE", str, default="")
    egress_external_id = Variable("EGRESS_EXTERNAL_ID", str, default="")
    egress_secret = Variable("EGRESS_SECRET", str, default="")

    join_lifetime = Variable("JOIN_TOKEN_MINUTES", _in(MINUTE))
    """Milliseconds within which a join token has to be used."""
    max_recording_duration = Variable("MAX_RECORDING_SECONDS", _in(SECOND))
    """Milliseconds."""
    recording_retention = Variable("RECORDING_RETENTION_DAYS", _in(DAY))
    """Milliseconds that a recording is kept after its end; 0 keeps it until it is deleted."""

    recording_trash = Variable("RECORDING_TRASH_DAYS", _in(DAY))
    """Milliseconds within which deleting a recording can be undone; 0 deletes it at once."""

    event_retention = Variable("EVENT_RETENTION_DAYS", _in(DAY))
    """Milliseconds that events and ended meetings are kept."""
    allow_http_webhooks = Variable("ALLOW_HTTP_WEBHOOKS", _is_true, default="false")
    allow_private_webhooks = Variable("ALLOW_PRIVATE_WEBHOOKS", _is_true, default="false")


settings = Settings()
