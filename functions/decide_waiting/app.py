"""PUT /meetings/{roomName}/waiting/{waitingId}: admit or deny somebody who waits."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.errors import OtherRoom, RoomNotFound
from meet.http import actor_of, create_api, entrypoint, keep_to_own_room
from meet.lobby.errors import AdmittedAlready, WaitingNotFound
from meet.lobby.model import Decision
from meet.lobby.schemas import DecisionRequest, WaitingId, WaitingView
from meet.parameters import RoomName

api = create_api()


@api.put(
    "/api/v1/meetings/<room_name>/waiting/<waiting_id>",
    summary="Admit or deny one who waits in the lobby",
    response_description="The decision is stored",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(WaitingView, OtherRoom, RoomNotFound, WaitingNotFound, AdmittedAlready)
def decide_waiting(
    room_name: RoomName, waiting_id: WaitingId, request: DecisionRequest
) -> dict[str, Any]:
    """Decide whether a participant who waits may join.

    They learn of it when they ask next, within seconds. Until then a later decision replaces this
    one; afterwards only their removal helps.
    """
    keep_to_own_room(api, room_name)
    decided = wiring.lobby_reception().decide(
        room_name, waiting_id, Decision(request.decision), by=actor_of(api)
    )
    return WaitingView.of(decided).to_json()


handler = entrypoint(api)
