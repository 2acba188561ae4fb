"""POST /livekit/webhook: hear from LiveKit what happens in meetings."""

from http import HTTPStatus

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from google.protobuf.json_format import Parse, ParseError
from livekit.protocol.egress import EgressInfo
from livekit.protocol.models import ParticipantInfo, RoomEndReason
from livekit.protocol.webhook import WebhookEvent

from meet import metrics, wiring
from meet.errors import MalformedBody, Unauthorized
from meet.http import create_api, entrypoint, json_reply, raw_body
from meet.livekit.egress import to_egress
from meet.livekit.rooms import room_metadata
from meet.livekit.tokens import issued
from meet.recordings import reasons

logger = Logger(child=True)

# Events of a running meeting. Any of them may come twice, late, or never.
_SIGNS_OF_LIFE = {"room_started", "participant_joined"}

api = create_api()


@api.post("/livekit/webhook")
def receive_livekit_webhook() -> Response[str]:
    """Act on one event; answered with 2xx only when nothing is left to do for it.

    Acting on an event again changes nothing, so its id needs no remembering.
    """
    body = raw_body(api.current_event.raw_event)
    authorization = api.current_event.headers.get("Authorization", "")
    try:
        wiring.access_tokens().check_webhook(body, authorization)
    except Unauthorized:
        metrics.count("WebhooksRejected")
        raise
    try:
        event = Parse(body, WebhookEvent(), ignore_unknown_fields=True)
    except (ParseError, UnicodeDecodeError) as error:
        raise MalformedBody from error

    if event.HasField("egress_info"):
        _egress(event.egress_info)
    is_ours = event.room.metadata == room_metadata(wiring.owner())
    if event.event == "room_finished" and is_ours:
        _meeting_ended(event)
    if event.event in _SIGNS_OF_LIFE and is_ours:
        if wiring.room_ending().close_if_stray(event.room.name):
            logger.warning("stray meeting closed", extra={"room": event.room.name})
        elif event.event == "participant_joined":
            _joined(event.room.name, event.participant)
    return json_reply({}, HTTPStatus.OK)


def _meeting_ended(event: WebhookEvent) -> None:
    names = {number: name for name, number in RoomEndReason.items()}
    why = names.get(event.room_end_reason, str(event.room_end_reason))
    logger.info("meeting ended", extra={"room": event.room.name, "reason": why})


def _joined(room: str, participant: ParticipantInfo) -> None:
    if issued(participant.attributes) is None:  # a recorder, or another token that is not ours
        return
    if wiring.participant_removal().turn_away(room, participant.identity):
        logger.warning("removed participant disconnected again", extra={"room": room})


def _egress(info: EgressInfo) -> None:
    try:
        egress = to_egress(info)
    except ValueError:
        logger.exception("unknown egress status ignored")
        return
    recording = wiring.recording_evidence().egress_seen(egress)
    if recording is not None:
        ids = {"recording": recording.id, "room": recording.room_name}
        extra = {**ids, "status": recording.status, **reasons.words(egress)}
        logger.info("egress status changed", extra=extra)


handler = entrypoint(api, json_body=False)
