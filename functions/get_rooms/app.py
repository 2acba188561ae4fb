"""GET /rooms: list the open rooms."""

from meet import wiring
from meet.answers import answers
from meet.http import create_api, entrypoint, origin, page_of
from meet.paging import MAX_ITEMS
from meet.parameters import Fields, MaxItems
from meet.powertools import Response
from meet.rooms.schemas import RoomPageToken
from meet.rooms.views import RoomView, room_view

api = create_api()


@api.get(
    "/api/v1/rooms",
    summary="Get a list of OpenVidu Meet rooms",
    response_description="The open rooms; empty if there are none",
    tags=["OpenVidu Meet - Room"],
)
@answers(list[RoomView])
def get_rooms(
    fields: Fields = None,
    max_items: MaxItems = MAX_ITEMS,
    after: RoomPageToken = None,
) -> Response[str]:
    """List the rooms that are open, newest first, in pages of `maxItems`."""
    page = wiring.room_service().list(after=after, limit=max_items)
    links = origin(api)
    views = [room_view(room, origin=links, fields=fields) for room in page.items]
    return page_of(api, views, page.last_key)


handler = entrypoint(api)
