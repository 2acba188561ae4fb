"""DELETE /rooms/{roomName}: end a room and the meeting in it."""

from aws_lambda_powertools.event_handler import Response

from meet import wiring
from meet.http import create_api, entrypoint, no_content
from meet.types import PathSegment

api = create_api()


@api.delete("/api/v1/rooms/<room_name>")
def delete_room(room_name: PathSegment) -> Response[str]:
    """End a room; people inside are disconnected, its recordings stay."""
    wiring.room_ending().delete(room_name)
    return no_content()


handler = entrypoint(api)
