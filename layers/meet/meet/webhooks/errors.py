"""What can be wrong with a request about webhooks.

The first line of a docstring is what the OpenAPI document says about the failure.
"""

from http import HTTPStatus

from meet.errors import MeetError, NotFound


class WebhookNotFound(NotFound):
    """The webhook does not exist."""

    message = "Webhook not found"
    reason = "webhook_not_found"


class TooManyWebhooks(MeetError):
    """There are as many webhooks as there may be."""

    status = HTTPStatus.CONFLICT
    message = "At most 20 webhooks"
    reason = "too_many_webhooks"


class OverlapRunning(MeetError):
    """Two secrets of the webhook are valid already; an overlap of 0 replaces both."""

    status = HTTPStatus.CONFLICT
    message = "Two secrets are valid already"
    reason = "overlap_running"


class EndpointFailed(MeetError):
    """The endpoint did not accept the test; the message says what it did instead."""

    message = "The endpoint answered 500"
    reason = "endpoint_failed"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
