"""POST /livekit/webhook: act on what LiveKit reports about meetings and recordings."""

from contextlib import suppress
from http import HTTPStatus

from meet import metrics, wiring
from meet.errors import RoomNotFound, Unauthorized
from meet.http import create_api, entrypoint, json_reply, logger, raw_body
from meet.livekit.tokens import Attribute
from meet.livekit.webhooks import (
    PARTICIPANT_JOINED,
    PARTICIPANT_LEFT,
    ROOM_FINISHED,
    ROOM_STARTED,
    TRACK_PUBLISHED,
    Webhook,
)
from meet.powertools import Response
from meet.rooms.model import Room

api = create_api()


@api.post("/livekit/webhook")
def receive_livekit_webhook() -> Response[str]:
    """Act on one event; answer 2xx only when nothing is left to do for it.

    Handling an event twice has no further effect, so ids of events are not stored.
    """
    body = raw_body(api.current_event.raw_event)
    authorization = api.current_event.headers.get("Authorization", "")
    try:
        webhook = wiring.livekit_webhooks().read(body, authorization)
    except Unauthorized:
        metrics.count("WebhooksRejected")
        raise
    if webhook.egress is not None:
        wiring.recording_evidence().egress_seen(webhook.egress)
    if webhook.is_ours:
        wiring.meeting_reports().hear(webhook)
        _count_join(webhook)
        _act_on_meeting(webhook)
    if webhook.event == TRACK_PUBLISHED:
        # LiveKit does not say whose meeting it is: the room's name does.
        _look_whether_to_record(webhook, _open_room(webhook.room))
    return json_reply({}, HTTPStatus.OK)


def _count_join(webhook: Webhook) -> None:
    """Count a session of an invitation, also if only its end was reported."""
    person = webhook.connection
    if webhook.event not in {PARTICIPANT_JOINED, PARTICIPANT_LEFT} or person is None:
        return
    invitation_id = person.attributes.get(Attribute.INVITATION) if person.is_ours else None
    if invitation_id is not None:
        guests = wiring.guest_repository()
        guests.joined(webhook.room, invitation_id, person.sid, person.joined_at)


def _act_on_meeting(webhook: Webhook) -> None:
    if webhook.event == ROOM_FINISHED:
        logger.info("meeting ended", extra={"room": webhook.room, "reason": webhook.end_reason})
    elif webhook.event in {ROOM_STARTED, PARTICIPANT_JOINED}:
        room = _open_room(webhook.room)
        if room is None:
            wiring.room_ending().close_stray(webhook.room)
        elif webhook.event == PARTICIPANT_JOINED and webhook.participant:
            wiring.arrivals().check(room, webhook.participant)
            _look_whether_to_record(webhook, room)


def _open_room(name: str) -> Room | None:
    with suppress(RoomNotFound):
        return wiring.room_service().get(name)
    return None


def _look_whether_to_record(webhook: Webhook, room: Room | None) -> None:
    """Start a recording that begins automatically, if it was this event that it waited for."""
    meeting, person = webhook.meeting, webhook.connection
    if room and meeting and person and person.is_person:
        publisher = person.identity if webhook.event == TRACK_PUBLISHED else None
        wiring.automatic_starts().look(room, meeting.sid, publisher=publisher)


handler = entrypoint(api, json_body=False)
