"""Meetings while webhooks are lost and functions are killed: all that is stored is logged once.

MEET_CHAOS=10000 says how many meetings; CI has the small part that is the default.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from tests.chaos.meetings import Meetings, live_through
from tests.chaos.simulator import Figures, in_place
from tests.chaos.test_chaos import DEFAULT as DEFAULT_RECORDINGS
from tests.chaos.test_chaos import SEED, quiet  # noqa: F401 - a fixture
from tests.chaos.test_chaos import SIZE as WANTED
from tests.quick_moto import moto_without_http
from tests.streams import LOGGED
from tests.together import FIGURES

DEFAULT = 150
BATCH = 50
"""Meetings in one world."""

SIZE = DEFAULT if WANTED == DEFAULT_RECORDINGS else WANTED


@pytest.mark.timeout(300 + 2 * SIZE)
@pytest.mark.usefixtures("quiet")
def test_every_stored_transition_is_in_the_log_once_and_a_reader_misses_none(
    record_property: Callable[[str, object], None],
) -> None:
    figures = Figures()
    wrong: list[str] = []
    for batch, first in enumerate(range(0, SIZE, BATCH)):
        world = Meetings(SEED * 2_000_000 + batch, figures)
        with moto_without_http(), in_place(world):
            live_through(world, min(BATCH, SIZE - first))
            wrong += [f"seed {SEED}, batch {batch}: {each}" for each in judge(world)]
    part = "" if SIZE >= 10_000 else ", a small part: MEET_CHAOS=10000 is the whole"
    record_property(FIGURES, f"chaos: {SIZE} meetings, seed {SEED}{part}\n{figures}")
    assert not wrong, "\n".join(wrong[:50])


@pytest.mark.timeout(900)  # the long way, at the lowest priority
@pytest.mark.usefixtures("quiet")
def test_the_short_way_to_moto_makes_no_difference() -> None:
    def history(way: AbstractContextManager[None]) -> list[Any]:
        figures = Figures()
        world = Meetings(SEED, figures)
        with way, in_place(world):
            live_through(world, 5)
            stored = [world.items(each) for each in (*LOGGED, "EventsTable")]
        return [figures, world.seen, stored]

    assert history(moto_without_http()) == history(nullcontext())


def judge(world: Meetings) -> Iterator[str]:
    """Yield what is not as it has to be."""
    logged = sorted(
        (int(item["position"]["N"]), item["id"]["S"], json.loads(item["body"]["S"]))
        for item in world.items("EventsTable")
        if item["log"]["S"] == "events"
    )
    ids = [event_id for _, event_id, _ in logged]
    events = [event for _, _, event in logged]
    world.counts["events"] += len(events)
    if [position for position, _, _ in logged] != list(range(1, len(logged) + 1)):
        yield "the positions have a gap"
    for event_id, count in Counter(ids).items():
        if count > 1:
            yield f"{event_id} is in the log {count} times"
    facts = world.facts()
    yield from (f"{missing} was stored and not logged" for missing in facts - {*ids})
    yield from (f"{invented} was logged and not stored" for invented in {*ids} - facts)
    if world.seen != [(position, event_id) for position, event_id, _ in logged]:
        yield f"a reader saw {len(world.seen)} events, not the {len(logged)} of the log in order"
    yield from _meetings(world, events)
    for room in world.items("RoomsTable"):
        if "activeMeetingId" in room:
            yield f"{room['roomName']['S']} has a meeting for ever"


def _meetings(world: Meetings, events: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what is wrong about the events of meetings."""
    of_meeting: dict[str, Counter[str]] = defaultdict(Counter)
    of_session: dict[str, list[str]] = defaultdict(list)
    ends: dict[str, dict[str, Any]] = {}
    for each in events:
        data = each["data"]
        if each["type"].startswith("meeting."):
            of_meeting[data["meetingId"]][each["type"]] += 1
            if each["type"] == "meeting.ended":
                ends[data["meetingId"]] = data
        elif each["type"].startswith("participant."):
            of_session[data["sessionId"]].append(each["type"])
    for meeting in world.gatherings:
        both = {"meeting.started": 1, "meeting.ended": 1}
        if not meeting.reported and not of_meeting[meeting.sid]:
            # All its webhooks were lost, and no sweep lived to store it while it went on.
            world.counts["meetings that nobody could know of"] += 1
            continue
        if of_meeting[meeting.sid] != both:
            yield f"{meeting.sid} has the events {dict(of_meeting[meeting.sid])}"
            continue
        began = [visit for visit in meeting.visits if of_session[visit.sid]]
        if ends[meeting.sid]["participants"] > len(began):
            yield f"{meeting.sid} counts {ends[meeting.sid]['participants']} of {len(began)}"
        for visit in meeting.visits:
            found = of_session[visit.sid]
            if found not in ([], ["participant.joined", "participant.left"]):
                yield f"{visit.sid} has the events {found}"
            if not found and "participant_left" in visit.accepted:
                yield f"{visit.sid} was accepted and is not there"
            if not visit.reported and found:
                yield f"{visit.sid} was never reported"
    for item in world.items("MeetingsTable"):
        if "sweepAt" in item:
            yield f"{item['meetingId']['S']} is swept for ever"
        if item["item"]["S"] == "meeting":
            sid = item["meetingId"]["S"]
            sessions = sum(bool(found) for s, found in of_session.items() if f"_{sid}_" in s)
            counted = int(item.get("sessions", {"N": "0"})["N"])  # absent if none was reported
            if counted != sessions:
                yield f"{sid} counts {counted} sessions of {sessions}"
