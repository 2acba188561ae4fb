"""Meetings and sessions: from LiveKit's webhooks to the events about them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import permutations
from typing import Any

import boto3
import pytest

from meet import wiring
from meet.clock import HOUR, MINUTE, SECOND
from meet.livekit.rooms import room_metadata
from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import CONTEXT, Call
from tests.functions.recordings import post
from tests.functions.rooms import create_room
from tests.streams import Streams


@dataclass
class Hall:
    """A room whose meeting LiveKit reports, as much of it as a test wants."""

    call: Call
    clock: Clock
    livekit: FakeLiveKit
    room: str
    sid: str = "RM_first"
    streams: Streams = field(default_factory=Streams)

    began: int = 0

    def __post_init__(self) -> None:
        self.began = self.now

    @property
    def now(self) -> int:
        return self.clock.moment // SECOND * SECOND

    def tell(self, event: str, person: str | None = None, **more: Any) -> int:
        """Post a webhook; return the status."""
        metadata = room_metadata(wiring.owner())
        room = {
            "sid": self.sid,
            "name": self.room,
            "metadata": metadata,
            "creationTime": str(self.began // SECOND),
            "creationTimeMs": str(self.began + 5),
        }
        message: dict[str, Any] = {
            "event": event,
            "room": room,
            "createdAt": str(self.now // SECOND),
        }
        if person is not None:
            message["participant"] = self.participant(person, **more.pop("info", {}))
        return post(message | more).status

    def participant(self, person: str, **info: Any) -> dict[str, Any]:
        return {
            "sid": f"PA_{person}",
            "identity": f"{person}_k2j9x0",
            "name": person,
            "metadata": json.dumps({"role": "publisher"}),
            "attributes": {"issuedAt": "1"},
            "joinedAtMs": str(self.began + 250),
        } | info

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        self.streams.flow()
        events: list[dict[str, Any]] = self.call("GET", "/events").body["events"]
        return [
            each for each in events if each["type"].startswith(kind or ("meeting", "participant"))
        ]

    def types(self) -> list[str]:
        return [each["type"] for each in self.events()]

    def status(self) -> str:
        status: str = self.call("GET", f"/rooms/{self.room}").body["status"]
        return status

    def stored(self) -> list[dict[str, Any]]:
        """Return the items of the meeting, without what the moment of writing decides."""
        found = boto3.client("dynamodb").query(
            TableName="MeetingsTable",
            KeyConditionExpression="meetingId = :id",
            ExpressionAttributeValues={":id": {"S": self.sid}},
        )
        return found["Items"]

    def sweep(self) -> dict[str, int]:
        from functions.sweep_rooms.app import handler  # noqa: PLC0415

        report: dict[str, int] = handler({}, CONTEXT)
        return report


@pytest.fixture
def hall(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> Iterator[Hall]:
    room = create_room(call, still_clock, expirationDate=still_clock() + 24 * HOUR)["roomName"]
    yield Hall(call, still_clock, livekit, room)


def test_two_people_meet_and_leave(hall: Hall) -> None:
    assert hall.status() == "open"
    began = hall.began
    assert hall.tell("room_started") == 200
    assert hall.status() == "active_meeting"
    for person in ("Ada", "Bob"):
        assert hall.tell("participant_joined", person) == 200
    hall.clock.advance(MINUTE)
    for person, why in (("Ada", "CLIENT_INITIATED"), ("Bob", "SIGNAL_CLOSE")):
        info = {"disconnectReason": why}
        assert hall.tell("participant_left", person, info=info) == 200
    assert hall.tell("room_finished", roomEndReason="ROOM_END_IDLE_TIMEOUT") == 200
    assert hall.status() == "open"
    started, ada, bob, ada_left, bob_left, ended = hall.events()
    meeting = {"meetingId": "RM_first", "roomName": hall.room, "startedAt": began + 5}
    assert started["data"] == meeting
    assert (started["type"], ended["type"]) == ("meeting.started", "meeting.ended")
    assert ended["data"] == meeting | {
        "endedAt": hall.now,
        "duration": (hall.now - began - 5) / 1000,
        "participants": 2,
        "maxConcurrent": 2,
        "reason": "empty",
    }
    session = {
        "meetingId": "RM_first",
        "sessionId": "PA_Ada",
        "participantIdentity": "Ada_k2j9x0",
        "participantName": "Ada",
        "role": "publisher",
        "joinedAt": began + 250,
    }
    assert (ada["type"], ada["data"]) == ("participant.joined", session)
    end = {"leftAt": hall.now, "duration": (hall.now - began - 250) / 1000, "reason": "left"}
    assert (ada_left["type"], ada_left["data"]) == ("participant.left", session | end)
    assert bob["data"]["participantName"] == "Bob"
    assert bob_left["data"]["reason"] == "connectionLost"
    assert all("actor" not in each for each in (started, ada, bob, ada_left, ended))


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_reports_end_the_same_in_any_order_and_however_often(
    hall: Hall, order: tuple[int, ...]
) -> None:
    reports = [
        lambda: hall.tell("room_started"),
        lambda: hall.tell("participant_joined", "Ada"),
        lambda: hall.tell("participant_left", "Ada"),
        lambda: hall.tell("room_finished"),
    ]
    for number in order:
        assert [reports[number](), reports[number]()] == [200, 200]
    for number in order:
        assert reports[number]() == 200
    assert hall.status() == "open"
    assert sorted(hall.types()) == [
        "meeting.ended",
        "meeting.started",
        "participant.joined",
        "participant.left",
    ]
    meeting, session = hall.stored()
    assert "sweepAt" not in meeting
    assert meeting["sessions"] == {"N": "1"}
    assert {"leftAt", "reason", "deleteAfter"} <= session.keys()


def test_some_of_these_orders_are_the_same_to_dynamodb(hall: Hall) -> None:
    for number, order in enumerate(((0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2), (2, 1, 3, 0))):
        room = create_room(hall.call, hall.clock)["roomName"]
        one = Hall(hall.call, hall.clock, hall.livekit, room, f"RM_{number}", streams=hall.streams)
        reports = [
            partial(one.tell, "room_started"),
            partial(one.tell, "participant_joined", "Ada"),
            partial(one.tell, "participant_left", "Ada"),
            partial(one.tell, "room_finished"),
        ]
        for report in order * 2:
            assert [reports[report](), reports[report]()] == [200, 200]
        meeting, session = one.stored()
        assert meeting["sessions"] == {"N": "1"}
        assert {"leftAt", "reason", "deleteAfter"} <= session.keys()


def test_a_lost_join_is_made_up_for_by_the_leaving(hall: Hall) -> None:
    hall.tell("participant_left", "Ada", info={"disconnectReason": "DUPLICATE_IDENTITY"})
    assert hall.types() == ["meeting.started", "participant.joined", "participant.left"]
    assert hall.events()[-1]["data"]["reason"] == "duplicate"
    assert hall.status() == "open"  # the sweep shows it, if LiveKit lists it
    hall.livekit.sids[hall.room] = hall.sid
    hall.livekit.join(hall.room, "Bob")
    hall.sweep()
    assert hall.status() == "active_meeting"


def test_who_is_still_there_at_the_end_leaves_with_it(hall: Hall) -> None:
    for person in ("Ada", "Bob"):
        hall.tell("participant_joined", person)
    assert hall.status() == "active_meeting"  # the report of the beginning was lost
    hall.tell("room_finished", roomEndReason="ROOM_END_API_DELETE")
    left = [each["data"]["reason"] for each in hall.events("participant.left")]
    assert left == ["meetingEnded"] * 2
    (ended,) = hall.events("meeting.ended")
    assert (ended["data"]["reason"], ended["data"]["participants"]) == ("ended", 2)
    hall.tell("participant_joined", "Cyd")  # late: it changes nothing
    assert len(hall.stored()) == 3


@pytest.mark.parametrize(
    ("reason", "ours"),
    [
        ("PARTICIPANT_REMOVED", "removed"),
        ("ROOM_DELETED", "meetingEnded"),
        ("ROOM_CLOSED", "meetingEnded"),
        ("STATE_MISMATCH", "connectionLost"),
        ("CONNECTION_TIMEOUT", "connectionLost"),
        ("MEDIA_FAILURE", "connectionLost"),
        ("JOIN_FAILURE", "connectionLost"),
        ("SERVER_SHUTDOWN", "serverShutdown"),
        ("MIGRATION", "unknown"),
        (99, "unknown"),
    ],
)
def test_why_a_participant_left_is_told_in_our_words(
    hall: Hall, reason: str | int, ours: str
) -> None:
    hall.tell("participant_left", "Ada", info={"disconnectReason": reason})
    assert hall.events()[-1]["data"]["reason"] == ours


@pytest.mark.parametrize("kind", ["EGRESS", "AGENT", "INGRESS", "CONNECTOR"])
def test_machines_are_no_participants(hall: Hall, kind: str) -> None:
    hall.tell("room_started")
    for event in ("participant_joined", "participant_left"):
        hall.tell(event, "EG", info={"kind": kind})
    assert hall.types() == ["meeting.started"]


def test_a_telephone_is_a_participant_without_a_role(hall: Hall) -> None:
    info = {"kind": "SIP", "attributes": {}, "metadata": '{"role": "moderator"}'}
    hall.tell("participant_joined", "Phone", info=info)
    (joined,) = hall.events("participant.joined")
    assert "role" not in joined["data"]


def test_nobody_arrived_by_an_aborted_connection(hall: Hall) -> None:
    hall.tell("participant_connection_aborted", "Ada")
    assert hall.types() == []


def test_the_meeting_of_a_deleted_or_expired_room_says_so(hall: Hall) -> None:
    hall.tell("room_started")
    hall.call("DELETE", f"/rooms/{hall.room}")
    hall.tell("room_finished", roomEndReason="ROOM_END_API_DELETE")
    assert hall.events("meeting.ended")[0]["data"]["reason"] == "roomDeleted"
    room = create_room(hall.call, hall.clock)["roomName"]
    other = Hall(hall.call, hall.clock, hall.livekit, room, "RM_second", streams=hall.streams)
    other.tell("room_started")
    hall.clock.advance(HOUR)
    hall.sweep()
    other.tell("room_finished", roomEndReason="ROOM_END_API_DELETE")
    assert hall.events("meeting.ended")[1]["data"]["reason"] == "roomExpired"


def test_a_meeting_that_livekit_lists_no_longer_ends_with_the_second_sweep(hall: Hall) -> None:
    hall.tell("room_started")
    hall.tell("participant_joined", "Ada")
    hall.clock.advance(MINUTE)
    first = hall.clock()
    assert hall.sweep()["unreported"] == 0
    assert hall.status() == "active_meeting"
    assert hall.sweep()["unreported"] == 0  # at the same moment it is not another look
    hall.clock.advance(MINUTE)
    assert hall.sweep()["unreported"] == 1
    assert hall.status() == "open"
    (ended,) = hall.events("meeting.ended")
    assert (ended["data"]["endedAt"], ended["data"]["reason"]) == (first, "unknown")
    (left,) = hall.events("participant.left")
    assert (left["data"]["leftAt"], left["data"]["reason"]) == (first, "meetingEnded")
    assert list(wiring.meeting_repository().unfinished()) == []
    assert hall.sweep()["unreported"] == 0


def test_a_meeting_that_was_missed_once_goes_on_when_it_is_listed_again(hall: Hall) -> None:
    hall.tell("room_started")
    for is_listed in (False, True, False, True):
        hall.clock.advance(MINUTE)
        if is_listed:
            hall.livekit.sids[hall.room] = hall.sid
            hall.livekit.join(hall.room, "Ada")
        else:
            hall.livekit.vanish(hall.room)
        hall.sweep()
    assert hall.types() == ["meeting.started"]
    assert hall.status() == "active_meeting"


def test_nothing_ends_while_livekit_cannot_be_asked(hall: Hall) -> None:
    hall.tell("room_started")
    hall.livekit.down = True
    for _ in range(3):
        hall.clock.advance(MINUTE)
        hall.sweep()
    assert hall.types() == ["meeting.started"]


def test_a_meeting_that_nobody_reported_is_stored_by_the_sweep(hall: Hall) -> None:
    hall.livekit.join(hall.room, "Ada")
    hall.sweep()
    hall.sweep()
    assert hall.types() == ["meeting.started"]
    assert hall.status() == "active_meeting"


def test_a_later_meeting_in_the_same_room_takes_its_place(hall: Hall) -> None:
    hall.tell("room_started")
    hall.clock.advance(MINUTE)
    later = Hall(hall.call, hall.clock, hall.livekit, hall.room, "RM_later", streams=hall.streams)
    later.tell("room_started")
    hall.tell("room_finished")  # late
    assert hall.status() == "active_meeting"
    assert wiring.room_repository().get(hall.room).active_meeting_id == "RM_later"
    later.tell("room_finished")
    assert hall.status() == "open"


def test_what_was_cut_short_at_the_end_of_a_meeting_is_done_by_the_sweep(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    from meet.meetings.repository import MeetingRepository  # noqa: PLC0415

    hall.tell("participant_joined", "Ada")
    with monkeypatch.context() as patch:
        patch.setattr(MeetingRepository, "finish", lambda *_: 1 / 0)
        assert hall.tell("room_finished") == 500
    assert hall.types()[-1] == "meeting.ended"
    hall.clock.advance(MINUTE)
    hall.sweep()
    assert hall.types()[-1] == "participant.left"
    assert hall.status() == "open"


def test_the_meetings_of_a_room_are_found_newest_first(hall: Hall) -> None:
    hall.tell("room_started")
    hall.clock.advance(MINUTE)
    Hall(hall.call, hall.clock, hall.livekit, hall.room, "RM_later").tell("room_started")
    found = wiring.meeting_repository().of_room(hall.room)
    assert [each.id for each in found] == ["RM_later", "RM_first"]
