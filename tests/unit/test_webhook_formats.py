"""Which events an endpoint wants, in which words, and when it is tried again."""

import json
from typing import Any

import pytest

from meet.clock import HOUR, MINUTE, SECOND, Milliseconds
from meet.events.model import EventType, Fact, StoredEvent
from meet.rooms.model import Preferences, RoomOutline
from meet.webhooks import openvidu
from meet.webhooks.matching import wants
from meet.webhooks.model import DELAYS, Definition, Format, delay_before
from meet.webhooks.openvidu import body_of
from meet.webhooks.signing import key_of

AT = Milliseconds(1_795_000_000_123)
ROOM = "team-7yj8dfcycq1n0gr"
FACTS = RoomOutline(Milliseconds(1), Milliseconds(2), Preferences(chat=False))


def event(kind: EventType, data: dict[str, Any] | None = None, room: str = ROOM) -> StoredEvent:
    fact = Fact("evt_1", kind, AT, room, data or {})
    return StoredEvent(7, fact.id, kind, room, AT, fact.body(7))


def theirs(kind: EventType, data: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(body_of(event(kind, data).body, lambda name: FACTS))
    assert told.keys() == {"creationDate", "event", "data"}
    assert told["creationDate"] == AT
    assert "secret" not in json.dumps(told)
    return told


@pytest.mark.parametrize(
    ("types", "wanted"),
    [
        ((), set(EventType)),
        (("room.created",), {EventType.ROOM_CREATED}),
        (
            ("room.*", "meeting.ended"),
            {each for each in EventType if each.startswith("room.")} | {EventType.MEETING_ENDED},
        ),
    ],
)
def test_an_endpoint_gets_the_types_that_it_names(
    types: tuple[str, ...], wanted: set[EventType]
) -> None:
    definition = Definition("https://example.com", types=types)
    assert {each for each in EventType if wants(definition, event(each))} == wanted


def test_an_endpoint_of_a_room_or_of_a_prefix_gets_no_others() -> None:
    other = "sales-7yj8dfcycq1n0gr"
    of_room = Definition("https://example.com", room_name=ROOM)
    of_prefix = Definition("https://example.com", room_name_prefix="team")
    for definition in (of_room, of_prefix):
        assert wants(definition, event(EventType.ROOM_CREATED))
        assert not wants(definition, event(EventType.ROOM_CREATED, room=other))
    assert wants(of_prefix, event(EventType.ROOM_CREATED, room="team-another0room000"))


def test_openvidu_meet_gets_what_it_knows_and_nothing_else() -> None:
    everything = Definition("https://example.com", Format.OPENVIDU)
    known = {each for each in EventType if wants(everything, event(each))}
    assert {openvidu.name_of(each) for each in known} == openvidu.NAMES
    assert not {EventType.ROOM_CREATED, EventType.RECORDING_DELETED} & known
    ended = Definition("https://example.com", Format.OPENVIDU, types=("recordingEnded",))
    assert {each for each in EventType if wants(ended, event(each))} == {
        EventType.RECORDING_READY,
        EventType.RECORDING_FAILED,
    }


@pytest.mark.parametrize(
    ("kind", "data", "status", "more"),
    [
        (EventType.MEETING_STARTED, {}, "active_meeting", {}),
        (EventType.MEETING_ENDED, {"reason": "empty"}, "open", {}),
        (EventType.MEETING_ENDED, {"reason": "roomDeleted"}, "closed", {}),
        (
            EventType.MEETING_ENDED,
            {"reason": "maxDuration"},
            "open",
            {"reason": "max_duration_reached"},
        ),
    ],
)
def test_a_meeting_in_their_words(
    kind: EventType, data: dict[str, Any], status: str, more: dict[str, str]
) -> None:
    told = theirs(kind, {"meetingId": "RM_1", "roomName": ROOM, **data})
    assert told["event"] == openvidu.name_of(kind)
    assert told["data"] == {
        "roomId": ROOM,
        "roomName": ROOM,
        "creationDate": 1,
        "autoDeletionDate": 2,
        "config": {
            "chat": {"enabled": False},
            "recording": {"enabled": True},
            "virtualBackground": {"enabled": True},
        },
        "status": status,
        **more,
    }


def test_a_meeting_of_a_room_that_is_gone_is_still_told() -> None:
    text = event(EventType.MEETING_ENDED, {"reason": "roomExpired"}).body
    told = json.loads(body_of(text, lambda name: None))
    assert told["data"] == {"roomId": ROOM, "roomName": ROOM, "status": "closed"}


@pytest.mark.parametrize(
    ("ours", "word"),
    [
        ("left", "voluntary_leave"),
        ("connectionLost", "network_disconnect"),
        ("serverShutdown", "server_shutdown"),
        ("removed", "participant_kicked"),
        ("meetingEnded", "meeting_ended"),
        ("duplicate", "duplicate_identity"),
        ("unknown", "unknown"),
    ],
)
def test_a_participant_in_their_words(ours: str, word: str) -> None:
    joined = {
        "meetingId": "RM_1",
        "sessionId": "PA_1",
        "participantIdentity": "Ada_k2j9x0",
        "participantName": "Ada",
        "externalId": "7",
        "role": "publisher",
        "joinedAt": 1000,
    }
    same = {"participantIdentity": "Ada_k2j9x0", "participantName": "Ada", "externalId": "7"}
    told = theirs(EventType.PARTICIPANT_JOINED, joined)
    assert told["data"]["participant"] == {**same, "role": "speaker", "joinDate": 1000}
    left = {**joined, "role": "moderator", "leftAt": 3000, "duration": 2, "reason": ours}
    told = theirs(EventType.PARTICIPANT_LEFT, left)
    assert told["data"] == {
        "roomId": ROOM,
        "roomName": ROOM,
        "participant": {
            **same,
            "role": "moderator",
            "joinDate": 1000,
            "leaveDate": 3000,
            "durationSeconds": 2,
            "leaveReason": word,
        },
    }


@pytest.mark.parametrize(
    ("kind", "name", "ours", "status"),
    [
        (EventType.RECORDING_STARTED, "recordingStarted", "STARTED", "active"),
        (EventType.RECORDING_UPDATED, "recordingUpdated", "STOPPING", "ending"),
        (EventType.RECORDING_READY, "recordingEnded", "READY", "complete"),
        (EventType.RECORDING_FAILED, "recordingEnded", "FAILED", "failed"),
    ],
)
def test_a_recording_in_their_words(kind: EventType, name: str, ours: str, status: str) -> None:
    data = {"id": "rec_1", "roomName": ROOM, "outputMode": "COMPOSED", "status": ours}
    facts = {"filename": "rec_1.mp4", "startedAt": 1, "endedAt": 2, "duration": 60, "size": 9}
    told = theirs(kind, data | facts | {"error": "No file"})
    assert told["event"] == name
    assert told["data"] == {
        "recordingId": "rec_1",
        "roomId": ROOM,
        "roomName": ROOM,
        "status": status,
        "filename": "rec_1.mp4",
        "startDate": 1,
        "endDate": 2,
        "duration": 60,
        "size": 9,
        "error": "No file",
        "details": "No file",
    }


def test_an_event_is_tried_for_a_day_and_at_random_a_little_longer() -> None:
    assert DELAYS[:3] == (10 * SECOND, MINUTE, 5 * MINUTE)
    assert 23 * HOUR < sum(DELAYS) < 25 * HOUR
    assert len(DELAYS) == 10
    for retry, delay in enumerate(DELAYS):
        assert delay_before(retry, 0) == delay
        assert delay < (delay_before(retry, 0.5) or 0) <= delay * 1.2
    assert delay_before(len(DELAYS), 0) is None


def test_a_secret_is_decoded_only_where_it_says_that_it_is_encoded() -> None:
    assert key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").hex().startswith("31f290f6bf06")
    assert key_of("ovmeet-key") == b"ovmeet-key"
    assert key_of("whsec_not base64") == b"whsec_not base64"
