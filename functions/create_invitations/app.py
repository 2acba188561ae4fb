"""POST /rooms/{roomName}/invitations: invite participants, each with a link of their own."""

from http import HTTPStatus

from meet import bearers, wiring
from meet.answers import Success, answers
from meet.errors import InvalidRequest, RoomNotFound
from meet.guests.errors import NameInvited
from meet.http import actor_of, create_api, entrypoint, json_reply, origin
from meet.parameters import IdempotencyKey, RoomName
from meet.participants.guest_schemas import InvitationsView, InvitationView, NewInvitations
from meet.powertools import Response

api = create_api()


@api.post(
    "/api/v1/rooms/<room_name>/invitations",
    summary="Invite participants to a room",
    response_description="The invitations, in the order of the request",
    tags=["OpenVidu Meet - Room"],
)
@answers(
    Success(InvitationsView, HTTPStatus.CREATED, "The invitations, in the order of the request"),
    RoomNotFound,
    NameInvited,
    InvalidRequest(("invitations", "Must have each name once")),
)
def create_invitations(
    room_name: RoomName, request: NewInvitations, idempotency_key: IdempotencyKey = None
) -> Response[str]:
    """Make invitations, all or none. Each lets one participant in, under a name of their own.

    Their links are shown only here. Somebody else who joins under such a name gets `_1` added.
    """
    drafts = [each.to_draft() for each in request.invitations]
    key = wiring.token_key(idempotency_key)

    def create() -> dict[str, object]:
        made = wiring.guest_list().invite(room_name, drafts, by=actor_of(api), key=key)
        views = [InvitationView.of(each) for each in made]
        return InvitationsView(invitations=views).to_json()  # answers are kept without the tokens

    made = wiring.once(api, "createInvitations", idempotency_key, create, about=room_name)
    link = f"{origin(api)}/meet/{room_name}/?invite="
    shown = [
        bearers.with_url(each, "invitationId", before=link, key=key) for each in made["invitations"]
    ]
    return json_reply({"invitations": shown}, HTTPStatus.CREATED)


handler = entrypoint(api)
