"""GET /events: read the log of events."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from meet import wiring
from meet.events.log import Cursor, EventPage
from meet.events.schemas import (
    DEFAULT_ITEMS,
    LATEST,
    CursorQuery,
    EventLimit,
    TypesQuery,
    page_text,
    types_of,
)
from meet.http import JSON, create_api, entrypoint

api = create_api()


@api.get(
    "/api/v1/events",
    summary="Get what happened",
    response_description="The events that follow the cursor; empty if there are none yet",
    tags=["Meet - Events"],
)
def get_events(
    after: CursorQuery | None = None,
    room_name: Annotated[str | None, Query(alias="roomName")] = None,
    types: TypesQuery | None = None,
    max_items: EventLimit = DEFAULT_ITEMS,
) -> Response[str]:
    """List events in the order of the log, from behind a cursor or from the oldest that is kept.

    Whoever goes on with the cursor of each answer gets every event once. With `roomName`, events
    come about ten seconds later. A page may have fewer events than asked for, or none, though
    more follow: read on after the cursor.
    """
    log = wiring.event_log()
    if after == LATEST:
        page = EventPage([], log.latest())
    else:
        cursor = None if after is None else Cursor.of(after)
        page = log.read(cursor, limit=max_items, types=types_of(types), room=room_name)
    return Response(HTTPStatus.OK, JSON, page_text(page))


handler = entrypoint(api)
