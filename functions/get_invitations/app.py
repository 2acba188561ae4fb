"""GET /rooms/{roomName}/invitations: list a room's invitations."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import RoomNotFound
from meet.http import create_api, entrypoint
from meet.parameters import RoomName
from meet.participants.guest_schemas import InvitationsView, InvitationView

api = create_api()


@api.get(
    "/api/v1/rooms/<room_name>/invitations",
    summary="Get the invitations of a room",
    response_description="The invitations, newest first",
    tags=["OpenVidu Meet - Room"],
)
@answers(InvitationsView, RoomNotFound)
def get_invitations(room_name: RoomName) -> dict[str, Any]:
    """List the invitations of a room, newest first, without their links."""
    found = wiring.guest_list().invitations(room_name)
    return InvitationsView(invitations=[InvitationView.of(each) for each in found]).to_json()


handler = entrypoint(api)
