"""DELETE /rooms/{roomName}: end a room and the meeting in it."""

from aws_lambda_powertools.event_handler import Response

from meet import wiring
from meet.http import actor_of, create_api, entrypoint, no_content
from meet.types import PathSegment

api = create_api()


@api.delete(
    "/api/v1/rooms/<room_name>",
    summary="Delete an OpenVidu Meet room",
    response_description="The room is deleted",
    tags=["OpenVidu Meet - Room"],
)
def delete_room(room_name: PathSegment) -> Response[str]:
    """Delete a room and disconnect everybody in it; its recordings stay.

    When LiveKit cannot be reached, the room is deleted all the same, and the meeting is ended as
    soon as possible.
    """
    wiring.room_ending().delete(room_name, by=actor_of(api))
    return no_content()


handler = entrypoint(api)
