"""POST /meetings/{roomName}/messages: send a message into a meeting."""

from http import HTTPStatus

from meet import wiring
from meet.answers import Success, answers
from meet.errors import MediaServerUnavailable, OtherRoom, ParticipantNotFound, RoomNotFound
from meet.http import create_api, entrypoint, json_reply, keep_to_own_room
from meet.live.errors import NoMeeting
from meet.live.schemas import Done, MessageBody
from meet.parameters import RoomName
from meet.powertools import Response

api = create_api()


@api.post(
    "/api/v1/meetings/<room_name>/messages",
    summary="Send a message into a meeting",
    response_description="The message is sent",
    tags=["OpenVidu Meet - Meetings"],
)
@answers(
    Success(Done, HTTPStatus.ACCEPTED, "The message is sent"),
    OtherRoom,
    RoomNotFound,
    NoMeeting,
    ParticipantNotFound,
    MediaServerUnavailable,
)
def send_message(room_name: RoomName, body: MessageBody) -> Response[str]:
    """Send JSON to the participants of a meeting: a caption, a poll, "five minutes left".

    Clients get it from LiveKit as data with the topic, reliably and in order.
    """
    keep_to_own_room(api, room_name)
    wiring.live_meetings().send(room_name, body.topic, body.data, body.to)
    return json_reply(Done(message="Message sent").to_json(), HTTPStatus.ACCEPTED)


handler = entrypoint(api)
