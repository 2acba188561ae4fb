"""GET /rooms/{roomName}/invitations/{invitationId}: show an invitation."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import RoomNotFound
from meet.guests.errors import InvitationNotFound
from meet.http import create_api, entrypoint
from meet.parameters import RoomName
from meet.participants.guest_schemas import InvitationId, InvitationView

api = create_api()


@api.get(
    "/api/v1/rooms/<room_name>/invitations/<invitation_id>",
    summary="Get an invitation",
    response_description="The invitation",
    tags=["OpenVidu Meet - Room"],
)
@answers(InvitationView, RoomNotFound, InvitationNotFound)
def get_invitation(room_name: RoomName, invitation_id: InvitationId) -> dict[str, Any]:
    """Show an invitation: how often it was used, and whether it was revoked."""
    return InvitationView.of(wiring.guest_list().invitation(room_name, invitation_id)).to_json()


handler = entrypoint(api)
