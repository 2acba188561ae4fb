"""DELETE /rooms/{roomName}/invitations/{invitationId}: revoke an invitation."""

from meet import wiring
from meet.answers import answers
from meet.errors import RoomNotFound
from meet.guests.errors import InvitationNotFound
from meet.http import actor_of, create_api, entrypoint, no_content
from meet.parameters import RoomName
from meet.participants.guest_schemas import InvitationId
from meet.powertools import Response

api = create_api()


@api.delete(
    "/api/v1/rooms/<room_name>/invitations/<invitation_id>",
    summary="Revoke an invitation",
    response_description="The invitation opens nothing",
    tags=["OpenVidu Meet - Room"],
)
@answers(None, RoomNotFound, InvitationNotFound)
def delete_invitation(room_name: RoomName, invitation_id: InvitationId) -> Response[str]:
    """Revoke an invitation. Its bearer is disconnected, also if they come back with a token.

    It stays in the list, as revoked. If LiveKit is down, that happens within a minute after it is
    back.
    """
    wiring.exclusion().revoke(room_name, invitation_id, by=actor_of(api))
    return no_content()


handler = entrypoint(api)
