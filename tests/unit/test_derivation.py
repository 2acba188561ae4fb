"""Which events a stored transition is."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meet import dynamodb
from meet.actors import RETENTION, SWEEP, Actor
from meet.clock import Milliseconds
from meet.events.derivation import Source, Transition, facts_of
from meet.events.model import EventType, Fact, event_id
from meet.meetings import items as meetings
from meet.meetings.model import EndReason, LeaveReason, Meeting, Session
from meet.recordings import items as recordings
from meet.recordings.lifecycle import BEGUN, FINISHED, ORDER, Status
from meet.recordings.model import Recording
from meet.rooms import items as rooms
from meet.rooms.model import Preferences, Role, Room

AT = Milliseconds(1_800_000_000_000)
BY = {"type": "apiKey", "name": "first"}

ROOM = {
    **rooms.to_values(
        Room.new("team", now=AT, expires_at=AT, max_participants=3, preferences=Preferences())
    ),
    "by": BY,
}
NAME = ROOM["roomName"]
RECORDING = {
    **recordings.to_values(Recording.new(NAME, now=AT)),
    "by": BY,
    "sweepAt": 1,
    "etag": "secret-etag",
}
RECORDING_ID = RECORDING["recordingId"]
MARK = dynamodb.from_item(recordings.deletion_mark(RECORDING_ID, by=SWEEP))
MEETING = {
    "meetingId": "RM_1",
    "item": meetings.MEETING,
    "sessions": 2,
    "sweepAt": 0,
    **meetings.meeting_values(Meeting("RM_1", NAME, AT)),
}
ENDED = MEETING | {"endedAt": AT + 1500, "reason": EndReason.EMPTY}
SESSION = meetings.session_values(
    Meeting("RM_1", NAME, AT), Session("PA_1", "Ada_k2j9x0", "Ada", "viewer", AT)
)
LEFT = SESSION | {"leftAt": AT + 2500, "reason": LeaveReason.LEFT}


def recording(status: Status, **more: Any) -> dict[str, Any]:
    return RECORDING | {"status": status} | more


def updated(revision: int, *, chat: bool = True, **more: Any) -> dict[str, Any]:
    preferences = ROOM["preferences"] | {"chatPreferences": {"enabled": chat}}
    return ROOM | {"revision": revision, "preferences": preferences} | more


READY = recording(Status.READY, hasBegun=True)
TRASHED = READY | {"deletedAt": AT, "trashUntil": AT + 1, "deletedBy": BY, "deletions": 1}
RESTORED = READY | {"deletions": 1, "restoredAt": AT, "restoredBy": BY}
RELEASED = {"heldBy": BY, "holdChangedAt": AT, "holdChanges": 2}
HELD = READY | RELEASED | {"holdReason": "x", "heldAt": AT, "holdChanges": 1}
CLOSED = {"closedAt": AT + 1}
NOTHING: dict[str, Any] = {}

TABLE: list[tuple[str, Source, dict[str, Any], dict[str, Any], list[str]]] = [
    ("a new room", Source.ROOMS, NOTHING, ROOM, ["room.created"]),
    ("the same room", Source.ROOMS, ROOM, ROOM, []),
    ("a room that is swept later", Source.ROOMS, ROOM, ROOM | {"sweepAt": 9}, []),
    ("a room that is recorded", Source.ROOMS, ROOM, ROOM | {"activeRecordingId": "r"}, []),
    ("a room with a meeting", Source.ROOMS, ROOM, ROOM | {"activeMeetingId": "RM_1"}, []),
    ("a removal", Source.ROOMS, ROOM, ROOM | {"removals": {"1 a"}}, []),
    ("the first change", Source.ROOMS, ROOM, updated(1, chat=False), ["room.updated"]),
    ("a change of nothing", Source.ROOMS, updated(1), updated(2), ["room.updated"]),
    ("a deletion", Source.ROOMS, ROOM, ROOM | CLOSED | {"closedBy": "caller"}, ["room.deleted"]),
    ("expiry", Source.ROOMS, ROOM, ROOM | CLOSED | {"closedBy": "expiry"}, ["room.expired"]),
    ("closed by an earlier release", Source.ROOMS, ROOM, ROOM | CLOSED, []),
    (
        "a sweep of what that closed",
        Source.ROOMS,
        ROOM | CLOSED,
        ROOM | CLOSED | {"closedBy": "expiry"},
        [],
    ),
    ("a room's item removed", Source.ROOMS, ROOM, NOTHING, []),
    ("a start", Source.RECORDINGS, NOTHING, RECORDING, []),
    ("a refused start", Source.RECORDINGS, RECORDING, NOTHING, []),
    ("a mark removed", Source.RECORDINGS, MARK, NOTHING, []),
    ("a mark swept", Source.RECORDINGS, MARK | {"sweepAt": 1}, MARK, []),
    (
        "deleted",
        Source.RECORDINGS,
        recording(Status.READY, hasBegun=True),
        MARK,
        ["recording.deleted"],
    ),
    (
        "skips all",
        Source.RECORDINGS,
        RECORDING,
        recording(Status.READY, hasBegun=True),
        ["recording.started", "recording.ready"],
    ),
    (
        "its file came after all",
        Source.RECORDINGS,
        recording(Status.FAILED, error="x"),
        recording(Status.READY, hasBegun=True),
        ["recording.ready"],
    ),
    (
        "started by an earlier release",
        Source.RECORDINGS,
        recording(Status.STARTED),
        recording(Status.STOPPED, hasBegun=True),
        ["recording.updated"],
    ),
    ("moved to the trash", Source.RECORDINGS, READY, TRASHED, ["recording.deleted"]),
    ("its days there are over", Source.RECORDINGS, TRASHED, MARK, []),
    ("restored", Source.RECORDINGS, TRASHED, RESTORED, ["recording.restored"]),
    ("deleted again", Source.RECORDINGS, RESTORED, MARK, ["recording.deleted"]),
    (
        "its file comes while it is there",
        Source.RECORDINGS,
        TRASHED | {"status": Status.FAILED},
        TRASHED,
        ["recording.ready"],
    ),
    ("held", Source.RECORDINGS, READY, HELD, ["recording.held"]),
    (
        "held for another reason",
        Source.RECORDINGS,
        HELD,
        HELD | {"holdReason": "y", "holdChanges": 2},
        ["recording.held"],
    ),
    ("released", Source.RECORDINGS, HELD, READY | RELEASED, ["recording.released"]),
    ("claimed", Source.RECORDINGS, READY, READY | {"deletingSince": AT}, []),
    ("facts that come later", Source.RECORDINGS, RECORDING, RECORDING | {"egressId": "EG"}, []),
    ("a new meeting", Source.MEETINGS, NOTHING, MEETING, ["meeting.started"]),
    ("one more session", Source.MEETINGS, MEETING, MEETING | {"sessions": 3}, []),
    ("it ends", Source.MEETINGS, MEETING, ENDED, ["meeting.ended"]),
    ("it was swept", Source.MEETINGS, ENDED, ENDED | {"sweepAt": 3}, []),
    (
        "its end comes first",
        Source.MEETINGS,
        NOTHING,
        ENDED,
        ["meeting.started", "meeting.ended"],
    ),
    ("a meeting removed", Source.MEETINGS, ENDED, NOTHING, []),
    ("a new session", Source.MEETINGS, NOTHING, SESSION, ["participant.joined"]),
    ("it is left", Source.MEETINGS, SESSION, LEFT, ["participant.left"]),
    (
        "its end comes first, too",
        Source.MEETINGS,
        NOTHING,
        LEFT,
        ["participant.joined", "participant.left"],
    ),
    (
        "a changed role",
        Source.MEETINGS,
        SESSION,
        SESSION | {"role": "moderator", "revision": 1, "by": BY},
        ["participant.updated"],
    ),
    (
        "the same role again",
        Source.MEETINGS,
        SESSION | {"revision": 1},
        SESSION | {"revision": 2, "by": BY},
        [],
    ),
    ("a session removed", Source.MEETINGS, LEFT, NOTHING, []),
    ("an item of another kind", Source.MEETINGS, NOTHING, SESSION | {"item": "ban#1"}, []),
]


@pytest.mark.parametrize(
    ("source", "old", "new", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_a_transition_is_these_events_and_no_others(
    source: Source, old: dict[str, Any], new: dict[str, Any], expected: list[str]
) -> None:
    facts = facts_of(source, Transition(old, new, AT))
    assert [each.type for each in facts] == expected
    for fact in facts:
        assert fact.room_name == NAME
        assert len(fact.body(1).encode()) < 16 * 1024
        text = json.dumps(fact.data)
        for hidden in (*ROOM["secrets"].values(), "secret", "URL", "recordings/", "egress"):
            assert hidden not in text


@given(st.sets(st.sampled_from(ORDER[1:]), max_size=5), st.booleans(), st.booleans())
def test_each_status_path_gives_each_event_once(
    visited: set[Status], is_stopped: bool, is_deleted: bool
) -> None:
    item: dict[str, Any] = dict(RECORDING)
    facts: list[Fact] = []
    seen = [Status.STARTING, *sorted(visited, key=ORDER.index)]
    for status in seen[1:]:
        new = item | {"status": status, "startedAt": AT}
        if status in BEGUN:
            new["hasBegun"] = True
        if status is Status.STOPPING and is_stopped:
            new |= {"stopRequestedAt": AT + 5, "stopBy": BY}
        if status is Status.FAILED:
            new |= {"givenUpAt": AT + 6, "failedBy": SWEEP.to_json(), "error": "No file."}
        facts += facts_of(Source.RECORDINGS, Transition(item, new, AT))
        facts += facts_of(Source.RECORDINGS, Transition(new, new, AT))  # other attributes
        item = new
    if is_deleted and item["status"] in FINISHED:
        by_ttl = Transition(item, {}, AT, principal="dynamodb.amazonaws.com")
        (deleted,) = facts_of(Source.RECORDINGS, by_ttl)
        assert deleted.data["reason"] == "retention"
        assert deleted.actor is not None
        assert deleted.actor.name == "retention"
    types = Counter(each.type for each in facts)
    ids = [each.id for each in facts]
    assert len(ids) == len(set(ids))
    before_failure = [each for each in seen if each in {Status.STARTED, Status.STOPPED}]
    begun = before_failure or (Status.READY in seen and Status.FAILED not in seen)
    assert types[EventType.RECORDING_STARTED] == bool(begun)
    assert types[EventType.RECORDING_READY] == (Status.READY in seen)
    assert types[EventType.RECORDING_FAILED] == (Status.FAILED in seen)
    updates = len({Status.STOPPING, Status.STOPPED} & set(seen))
    assert types[EventType.RECORDING_UPDATED] == updates
    for each in facts:
        if each.type is EventType.RECORDING_UPDATED and each.data["status"] == "STOPPING":
            assert (each.actor is not None) == is_stopped
        if each.type is EventType.RECORDING_STARTED:
            assert each.actor is not None
            assert each.actor.to_json() == BY


ATTRIBUTES: dict[Source, tuple[dict[str, Any], dict[str, list[Any]]]] = {
    Source.ROOMS: (
        ROOM,
        {
            "revision": [1, 2, 3],
            "closedAt": [AT],
            "closedBy": ["caller", "expiry"],
            "sweepAt": [1, 2],
            "activeMeetingId": ["RM_1"],
        },
    ),
    Source.MEETINGS: (
        SESSION,
        {
            "leftAt": [AT],
            "reason": list(LeaveReason),
            "deleteAfter": [1],
            "revision": [1],
            "role": list(Role),
        },
    ),
}


@settings(max_examples=200)
@given(st.data())
def test_random_transitions_of_one_item_give_each_fact_once(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(sorted(ATTRIBUTES)))
    first, changes = ATTRIBUTES[source]
    facts = facts_of(source, Transition({}, first, AT))
    item = dict(first)
    for _ in range(data.draw(st.integers(0, 8))):
        name = data.draw(st.sampled_from(sorted(changes)))
        if name in item and name not in {"revision", "sweepAt", "role"}:
            continue  # such a fact is written once
        value = data.draw(st.sampled_from(changes[name]))
        if name == "revision":
            value = item.get("revision", 0) + 1
        new = item | {name: value}
        if name == "role":  # written with each change of a role
            new["revision"] = item.get("revision", 0) + 1
        if name == "closedAt":
            new["closedBy"] = new.get("closedBy", "caller")
        facts += facts_of(source, Transition(item, new, AT))
        item = new
    ids = [each.id for each in facts]
    assert len(ids) == len(set(ids))
    rare = Counter(each.type for each in facts)
    del rare[EventType.ROOM_UPDATED], rare[EventType.PARTICIPANT_UPDATED]
    assert set(rare.values()) <= {1}


def test_an_id_is_that_of_the_fact() -> None:
    (fact,) = facts_of(Source.ROOMS, Transition({}, ROOM, AT))
    assert fact.id == event_id(EventType.ROOM_CREATED, NAME)
    later = Transition({}, ROOM | {"sweepAt": 7}, Milliseconds(AT + 9))
    assert facts_of(Source.ROOMS, later) == [fact]


def test_data_is_what_the_contract_says() -> None:
    started, ended = facts_of(Source.MEETINGS, Transition({}, ENDED, AT))
    meeting = {"meetingId": "RM_1", "roomName": NAME, "startedAt": AT}
    assert started.data == meeting
    end = {"endedAt": AT + 1500, "duration": 1.5, "participants": 2, "reason": "empty"}
    assert ended.data == meeting | end
    joined, left = facts_of(Source.MEETINGS, Transition({}, LEFT, AT))
    session = {
        "meetingId": "RM_1",
        "sessionId": "PA_1",
        "participantIdentity": "Ada_k2j9x0",
        "participantName": "Ada",
        "role": "viewer",
        "joinedAt": AT,
    }
    assert joined.data == session
    assert left.data == session | {"leftAt": AT + 2500, "duration": 2.5, "reason": "left"}


def test_each_deletion_of_a_restored_recording_is_an_event_of_its_own() -> None:
    again = TRASHED | {"deletions": 2}
    facts = [
        fact
        for old, new in ((READY, TRASHED), (TRASHED, RESTORED), (RESTORED, again))
        for fact in facts_of(Source.RECORDINGS, Transition(old, new, AT))
    ]
    assert [fact.type for fact in facts] == [
        "recording.deleted",
        "recording.restored",
        "recording.deleted",
    ]
    assert len({fact.id for fact in facts}) == 3
    assert all(fact.actor == Actor("apiKey", "first") for fact in facts)
    assert facts[0].data["reason"] == "caller"


def test_what_is_deleted_because_of_its_age_says_so() -> None:
    mark = dynamodb.from_item(recordings.deletion_mark(RECORDING_ID, by=RETENTION))
    [fact] = facts_of(Source.RECORDINGS, Transition(READY, mark, AT))
    assert (fact.data["reason"], fact.actor) == ("retention", RETENTION)
