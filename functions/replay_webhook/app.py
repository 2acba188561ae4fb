"""POST /webhooks/{webhookId}/replay: send events of the log again."""

from http import HTTPStatus

from meet import wiring
from meet.answers import Success, answers
from meet.errors import InvalidRequest
from meet.events.errors import EventsNotKept
from meet.http import create_api, entrypoint, json_reply
from meet.powertools import Response
from meet.webhooks.errors import WebhookNotFound
from meet.webhooks.schemas import ReplayRequest, WebhookId
from meet.webhooks.views import ReplayView

api = create_api()


@api.post(
    "/api/v1/webhooks/<webhook_id>/replay",
    summary="Send events again",
    response_description="The events are queued",
    tags=["Webhooks"],
)
@answers(
    Success(ReplayView, HTTPStatus.ACCEPTED, example={"events": 42}),
    WebhookNotFound,
    EventsNotKept,
    InvalidRequest(("", "Must name after or eventIds, and not both")),
)
def replay_webhook(webhook_id: WebhookId, request: ReplayRequest) -> Response[str]:
    """Send events of the log to a webhook again, with the same ids.

    After a cursor, those that the webhook subscribes to, 10,000 at most; by ids, whichever are
    named and still kept.
    """
    replay = wiring.webhook_replay()
    if request.event_ids is not None:
        count, cursor = replay.chosen(webhook_id, request.event_ids), None
    else:
        count, cursor = replay.after(webhook_id, request.cursor)
    return json_reply(ReplayView(events=count, cursor=cursor).to_json(), HTTPStatus.ACCEPTED)


handler = entrypoint(api)
