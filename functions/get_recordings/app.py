"""GET /recordings: list recordings."""

from meet import wiring
from meet.answers import answers
from meet.errors import OtherRoom
from meet.http import create_api, entrypoint, keep_to_own_room, page_of
from meet.paging import MAX_ITEMS
from meet.parameters import Fields, MaxItems
from meet.powertools import Response
from meet.recordings.schemas import (
    DeletedFilter,
    RecordingPageToken,
    RecordingView,
    RoomFilter,
    StatusQuery,
    to_statuses,
)

api = create_api()


@api.get(
    "/api/v1/recordings",
    summary="Get a list of OpenVidu Meet recordings",
    response_description="The recordings; empty if there are none",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(list[RecordingView], OtherRoom)
def get_recordings(
    *,
    status: StatusQuery = None,
    room_name: RoomFilter = None,
    deleted: DeletedFilter = None,
    fields: Fields = None,
    max_items: MaxItems = MAX_ITEMS,
    after: RecordingPageToken = None,
) -> Response[str]:
    """List the recordings, newest first, in pages of `maxItems`."""
    keep_to_own_room(api, room_name)
    page = wiring.recording_repository().page(
        statuses=to_statuses(status),
        room=room_name,
        after=after,
        limit=max_items,
        deleted=deleted == "true",
    )
    views = [RecordingView.of(each).to_json(fields) for each in page.items]
    return page_of(api, views, page.last_key)


handler = entrypoint(api)
