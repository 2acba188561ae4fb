"""POST /rooms: create a room."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.http import actor_of, create_api, entrypoint, logger, origin
from meet.parameters import IdempotencyKey
from meet.rooms.schemas import NewRoom
from meet.rooms.views import RoomView, room_view, with_origin

api = create_api()


@api.post(
    "/api/v1/rooms",
    summary="Create a new OpenVidu Meet room",
    response_description="The new room",
    tags=["OpenVidu Meet - Room"],
)
@answers(RoomView)
def create_room(options: NewRoom, idempotency_key: IdempotencyKey = None) -> dict[str, Any]:
    """Create a room with a name and three join links that nobody can guess.

    It exists until it expires or is deleted.
    """

    def create() -> dict[str, Any]:
        room = wiring.room_service().create(
            options.prefix,
            expires_at=options.expiration_date,
            max_participants=options.max_participants,
            preferences=options.preferences.to_model(),
            terms=options.to_terms(),
            disabled_links=options.links.disabled(),
            by=actor_of(api),
        )
        logger.append_keys(room=room.name)
        return room_view(room, origin="")  # answers are stored without an origin

    view = wiring.once(api, "createRoom", idempotency_key, create)
    return with_origin(view, origin(api))


handler = entrypoint(api)
