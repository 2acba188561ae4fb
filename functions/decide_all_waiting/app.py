"""PUT /meetings/{roomName}/waiting: admit or deny everybody who waits."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import OtherRoom, RoomNotFound
from meet.http import actor_of, create_api, entrypoint, keep_to_own_room
from meet.lobby.model import Decision
from meet.lobby.schemas import DecisionRequest, DecisionsView
from meet.parameters import RoomName

api = create_api()


@api.put(
    "/api/v1/meetings/<room_name>/waiting",
    summary="Admit or deny all who wait in the lobby",
    response_description="The decision is stored for all of them",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(DecisionsView, OtherRoom, RoomNotFound)
def decide_all_waiting(room_name: RoomName, request: DecisionRequest) -> dict[str, Any]:
    """Decide about everybody who waits at this moment, not about those who come later."""
    keep_to_own_room(api, room_name)
    decision = Decision(request.decision)
    decided = wiring.lobby_reception().decide_all(room_name, decision, by=actor_of(api))
    return DecisionsView(decision=decision, participants=decided).to_json()


handler = entrypoint(api)
