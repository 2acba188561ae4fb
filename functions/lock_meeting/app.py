"""PUT /meetings/{roomName}/lock: let nobody new into the meeting."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import InvalidRequest, OtherRoom, RoomNotFound
from meet.http import actor_of, create_api, entrypoint, keep_to_own_room
from meet.live.schemas import Done, LockBody
from meet.parameters import RoomName

api = create_api()


@api.put(
    "/api/v1/meetings/<room_name>/lock",
    summary="Lock or unlock a meeting",
    response_description="The meeting is locked or unlocked",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(
    Done,
    InvalidRequest(("locked", "Expected boolean, received string")),
    OtherRoom,
    RoomNotFound,
)
def lock_meeting(room_name: RoomName, body: LockBody) -> dict[str, Any]:
    """Lock the room, so that nobody new joins and everybody inside stays, or unlock it.

    It is the `status` of the room, which `PUT /rooms/{roomName}` changes as well, and which stays
    after the meeting.
    """
    keep_to_own_room(api, room_name)
    status = "closed" if body.locked else "open"
    wiring.room_service().change(room_name, {"status": status}, by=actor_of(api))
    return Done(message="Meeting locked" if body.locked else "Meeting unlocked").to_json()


handler = entrypoint(api)
