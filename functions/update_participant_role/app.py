"""PUT /meetings/{roomName}/participants/{identity}/role: change a role."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import (
    InvalidRequest,
    MediaServerUnavailable,
    OtherRoom,
    ParticipantNotFound,
    RoomNotFound,
)
from meet.http import actor_of, create_api, entrypoint, keep_to_own_room
from meet.live.errors import HasThisRole
from meet.live.schemas import Done, Identity, RoleBody
from meet.parameters import RoomName

api = create_api()


@api.put(
    "/api/v1/meetings/<room_name>/participants/<identity>/role",
    summary="Change the role of a participant",
    response_description="The role is changed",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(
    Done,
    InvalidRequest(("", "Must name either action or role")),
    OtherRoom,
    RoomNotFound,
    ParticipantNotFound,
    HasThisRole,
    MediaServerUnavailable,
)
def update_participant_role(
    room_name: RoomName, identity: Identity, body: RoleBody
) -> dict[str, Any]:
    """Give a connected participant another role, which they keep when they reconnect.

    Their `participantToken` opens what the new role may do at once. After 503 the change is stored;
    repeat the request for it to reach the meeting.
    """
    keep_to_own_room(api, room_name)
    changes = wiring.role_changes()
    role = changes.change(room_name, identity, body.wanted, by=actor_of(api))
    return Done(message=f"The participant is a {role} now").to_json()


handler = entrypoint(api)
