"""The JSON of a room is made without its model; it has to be what the model says."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from meet.clock import Milliseconds
from meet.dynamodb import from_item, to_item
from meet.livekit.recorder import Encoding, Layout
from meet.rooms.items import LISTED, from_values, to_values
from meet.rooms.model import AutoStart, Link, Lobby, Preferences, RecordingPlan, Role, Room, Terms
from meet.rooms.schemas import MAX_PARTICIPANTS
from meet.rooms.views import RoomFacts, RoomView, room_facts, room_view

ORIGIN = "https://meet.example.com"

moments = st.integers(0, 4 * 10**12).map(Milliseconds)
waiting = st.sampled_from([(Role.PUBLISHER,), (Role.VIEWER,), (Role.PUBLISHER, Role.VIEWER)])
plans = st.builds(
    RecordingPlan,
    layout=st.none() | st.sampled_from(Layout),
    encoding=st.none() | st.sampled_from(Encoding),
    audio_only=st.none() | st.booleans(),
    retention_days=st.none() | st.integers(1, 3650),
    auto_start=st.none() | st.sampled_from(AutoStart),
).filter(lambda plan: not (plan.audio_only and plan.encoding))  # the API refuses both
lobbies = st.builds(
    Lobby,
    enabled=st.booleans(),
    roles=waiting,
    open_without_moderator=st.booleans(),
)
terms = st.builds(
    Terms,
    starts_at=st.none() | moments,
    max_duration_minutes=st.none() | st.integers(1, 1440),
    metadata=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
    is_closed=st.booleans(),
    lobby=st.just(Lobby()) | lobbies,
)
rooms = st.builds(
    Room,
    name=st.just("OpenVidu-k3v9x0q2m7t1c8z"),
    prefix=st.sampled_from(["OpenVidu", ""]),
    created_at=moments,
    expires_at=moments,
    max_participants=st.none() | st.integers(1, MAX_PARTICIPANTS),
    preferences=st.builds(
        Preferences,
        chat=st.booleans(),
        recording=st.booleans(),
        virtual_background=st.booleans(),
        recording_plan=plans,
    ),
    secrets=st.just({role: f"{role}-secret" for role in Role}),
    active_meeting_id=st.none() | st.just("RM_1"),
    closed_at=st.none() | moments,
    terms=terms,
    links=st.fixed_dictionaries({role: st.builds(Link, st.booleans()) for role in Role}),
)


def same(view: dict[str, Any], model: type[RoomFacts]) -> bool:
    """True if a model says the same of a room, in the same order."""
    return json.dumps(view) == json.dumps(model.model_validate(view).to_json())


@given(rooms)
def test_a_room_is_shown_as_its_model_says(room: Room) -> None:
    assert same(room_view(room, origin=ORIGIN), RoomView)


@given(rooms)
def test_what_a_list_reads_of_a_room_is_all_that_is_shown(room: Room) -> None:
    stored = to_values(room) | {
        "activeMeetingId": room.active_meeting_id,
        "closedAt": room.closed_at,
    }
    whole = from_item(to_item(stored))
    read = from_values({name: value for name, value in whole.items() if name in LISTED})
    assert room_view(read, origin=ORIGIN) == room_view(room, origin=ORIGIN)
    assert (read.expires_at, read.closed_at) == (room.expires_at, room.closed_at)
    assert "listKey" in LISTED, "by which partitions are merged"


@given(rooms)
def test_events_show_a_room_as_the_model_without_links_says(room: Room) -> None:
    assert same(room_facts(room), RoomFacts)
