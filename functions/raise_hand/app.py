"""PUT /meetings/{roomName}/participants/{identity}/hand: raise or lower a hand."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import (
    InvalidRequest,
    MediaServerUnavailable,
    OtherRoom,
    ParticipantNotFound,
    RoomNotFound,
    TooManyRequests,
)
from meet.http import create_api, entrypoint, identity_of_caller, is_moderator, keep_to_own_room
from meet.live.errors import OtherParticipant
from meet.live.schemas import Done, HandBody, Identity
from meet.parameters import RoomName

api = create_api()


@api.put(
    "/api/v1/meetings/<room_name>/participants/<identity>/hand",
    summary="Raise or lower a hand",
    response_description="The hand is up or down",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(
    Done,
    InvalidRequest(("raised", "Expected boolean, received string")),
    OtherRoom,
    OtherParticipant,
    RoomNotFound,
    ParticipantNotFound,
    TooManyRequests,
    MediaServerUnavailable,
)
def raise_hand(room_name: RoomName, identity: Identity, body: HandBody) -> dict[str, Any]:
    """Raise or lower the hand of a participant, for everybody to see until they leave.

    Participants of every role raise and lower their own hand; moderators lower those of others, and
    an API key does both. A hand can be raised a second after it was lowered. Clients read the
    attribute `handRaisedAt`, in milliseconds since the Unix epoch, from LiveKit.
    """
    keep_to_own_room(api, room_name)
    is_of_other = identity_of_caller(api) not in {None, identity}
    if is_of_other and (body.raised or not is_moderator(api)):
        raise OtherParticipant
    wiring.hands().turn(room_name, identity, up=body.raised)
    return Done(message="Hand raised" if body.raised else "Hand lowered").to_json()


handler = entrypoint(api)
