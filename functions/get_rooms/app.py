"""GET /rooms: list the open rooms."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from meet import wiring
from meet.http import MaxItems, PageToken, create_api, entrypoint, origin, page_of, select
from meet.paging import MAX_ITEMS, from_token
from meet.rooms.repository import LIST_KEY
from meet.rooms.schemas import RoomView

api = create_api()


@api.get("/api/v1/rooms")
def get_rooms(
    fields: str | None = None,
    max_items: MaxItems = MAX_ITEMS,
    next_page_token: PageToken = None,
) -> Response[list[dict[str, Any]]]:
    """List the open rooms, newest first."""
    after = from_token(next_page_token, pattern=LIST_KEY)
    page = wiring.room_service().list(after=after, limit=max_items)
    links = origin(api)
    views = [select(RoomView.of(room, origin=links).to_json(), fields) for room in page.items]
    return page_of(api, views, page.last_key)


handler = entrypoint(api)
