"""GET /events: read the log of events."""

from http import HTTPStatus

from meet import wiring
from meet.answers import Success, answers
from meet.events.cursor import Cursor, EventPage
from meet.events.errors import EventsNotKept
from meet.events.schemas import (
    DEFAULT_ITEMS,
    EXAMPLE,
    LATEST,
    CursorQuery,
    EventList,
    RoomFilter,
    TypesQuery,
    page_text,
    types_of,
)
from meet.http import JSON, create_api, entrypoint
from meet.parameters import MaxItems
from meet.powertools import Response

api = create_api()


@api.get(
    "/api/v1/events",
    summary="Get what happened",
    response_description="The events that follow the cursor; empty if there are none yet",
    tags=["Meet - Events"],
)
@answers(Success(EventList, example=EXAMPLE), EventsNotKept)
def get_events(
    after: CursorQuery = None,
    room_name: RoomFilter = None,
    types: TypesQuery = None,
    max_items: MaxItems = DEFAULT_ITEMS,
) -> Response[str]:
    """List events in the order of the log, from a cursor on or from the oldest that is kept.

    A client that continues with the cursor of each answer gets every event once. A page may have
    fewer events than asked for, or none, though more follow.
    """
    log = wiring.event_log()
    if after == LATEST:
        page = EventPage([], log.latest())
    else:
        cursor = None if after is None else Cursor.of(after)
        page = log.read(cursor, limit=max_items, types=types_of(types), room=room_name)
    return Response(HTTPStatus.OK, JSON, page_text(page))


handler = entrypoint(api)
