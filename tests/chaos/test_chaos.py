"""Recordings while messages are lost, recorders die and functions are killed at their work.

MEET_CHAOS=10000 says how many recordings; MEET_CHAOS_SEED where to begin.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from meet import wiring
from meet.clock import HOUR, MINUTE, SECOND
from meet.livekit.recorder import EgressState
from tests.chaos.simulator import CONTENT, MAX_DURATION, Figures, World, in_place
from tests.quick_moto import moto_without_http
from tests.together import FIGURES

DEFAULT = 480
BATCH = 60
"""Recordings in one world."""

SIZE = int(os.environ.get("MEET_CHAOS", DEFAULT))
SEED = int(os.environ.get("MEET_CHAOS_SEED", "1"))


@pytest.fixture
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.timeout(300 + 2 * SIZE)
def test_after_the_dust_settles_every_recording_has_its_right_end(
    quiet: None, record_property: Callable[[str, object], None]
) -> None:
    figures = Figures()
    wrong: list[str] = []
    for batch, first in enumerate(range(0, SIZE, BATCH)):
        world = World(SEED * 1_000_000 + batch, figures)
        with moto_without_http(), in_place(world):
            live_through(world, min(BATCH, SIZE - first))
            wrong += [f"seed {SEED}, batch {batch}: {each}" for each in judge(world)]
            live_through_the_next_day(world)
            after = [*judge(world), *still_swept(world)]
            wrong += [f"seed {SEED}, batch {batch}, a day later: {each}" for each in after]
            tally(world)
    told = f"chaos: {SIZE} recordings wanted (MEET_CHAOS), seed {SEED}\n{figures}"
    record_property(FIGURES, told)
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("quiet")
def test_the_short_way_to_moto_makes_no_difference() -> None:
    def history(way: AbstractContextManager[None]) -> list[Any]:
        figures = Figures()
        world = World(SEED, figures)
        with way, in_place(world):
            live_through(world, 5)
            stored = [world.items(each) for each in ("RoomsTable", "RecordingsTable")]
            return [figures, stored, world.objects()]

    assert history(moto_without_http()) == history(nullcontext())


def live_through(world: World, count: int) -> None:
    """Have so many recordings made, in rooms that come and go, and let the dust settle."""
    for _ in range(count):
        world.after(world.between(0, 10 * MINUTE), Caller(world).come)
    at = 0.0
    while at < 50 * MINUTE:  # a schedule that is late is among what has to be lived through
        at += world.between(MINUTE, 8 * MINUTE)
        world.after(at, world.sweep)
    outage = world.between(0, 20 * MINUTE)
    world.after(outage, lambda: setattr(world, "down", True))
    world.after(outage + 3 * MINUTE, lambda: setattr(world, "down", False))
    world.run()
    world.killable = False
    for _ in range(4):  # the schedule is in time again: whom nobody stopped is stopped now
        world.wait_until(type(world.moment)(world.moment + MINUTE))
        world.sweep()
    world.run()
    for _ in range(2):
        world.wait_until(type(world.moment)(world.moment + MAX_DURATION + 31 * MINUTE))
        world.sweep()
        world.run()


def live_through_the_next_day(world: World) -> None:
    """Let files come hours after their recordings were given up."""
    for delay, upload in world.hours_later:
        world.after(delay, upload)
    for hour in range(1, 28):
        world.after(hour * HOUR, world.sweep)
    world.run()


class Caller:
    """Somebody who makes one recording, and repeats what was not answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.room = ""
        self.recording = ""
        self.repeats = False

    def come(self) -> None:
        world = self.world
        taken = [name for name, goes_on in world.going_on.items() if goes_on]
        if taken and world.chance(0.3):
            self.room = world.random.choice(taken)
        else:
            soon = world.chance(0.1)
            ends = world.now() + int(world.between(2, 5) * MINUTE if soon else 30 * HOUR)
            reply = world.call("POST", "/rooms", {"expirationDate": ends})
            if reply is None:
                world.after(SECOND, self.come)
                return
            self.room = reply.body["roomName"]
            world.going_on[self.room] = True
        self.start()

    def start(self, tries: int = 6) -> None:
        world = self.world
        reply = world.call("POST", "/recordings", {"roomName": self.room})
        if reply is None or reply.status == 503:
            if tries > 1:
                world.after(5 * SECOND, lambda: self.start(tries - 1))
            return
        world.counts[f"POST /recordings answered {int(reply.status)}"] += 1
        if reply.status != 200:
            return
        self.recording = reply.body["id"]
        world.answered[self.recording] = self.room
        how = world.pick({"stop": 60, "early": 10, "delete": 15, "leave": 15})
        wait = world.between(0, 2 * SECOND if how == "early" else 5 * MINUTE)
        if how == "delete":
            world.after(wait, self.delete_room)
        elif how != "leave":
            world.after(wait, self.stop)
        if world.chance(0.2):
            world.after(world.between(8 * MINUTE, 40 * MINUTE), self.delete)

    def stop(self) -> None:
        world = self.world
        reply = world.call("PUT", f"/recordings/{self.recording}")
        if reply is None:
            world.after(2 * SECOND, self.stop)
        else:
            assert reply.status in {204, 404, 409}, reply

    def delete_room(self) -> None:
        world = self.world
        if world.call("DELETE", f"/rooms/{self.room}") is None:
            world.after(2 * SECOND, self.delete_room)

    def delete(self, tries: int = 20) -> None:
        world = self.world
        assert tries, "a delete that is repeated has to come to its end"
        if world.chance(0.5):
            reply = world.call("DELETE", f"/recordings/{self.recording}")
        else:
            reply = world.call("DELETE", "/recordings", {"recordingIds": [self.recording]})
        if reply is None or (reply.status == 200 and "now" in reply.text):
            self.repeats = True
            world.after(2 * SECOND, lambda: self.delete(tries - 1))
        elif reply.status == 204 or (self.repeats and "not found" in reply.text):
            world.deleted.add(self.recording)
            world.counts["deleted by their callers"] += 1


def judge(world: World) -> Iterator[str]:
    """Yield what is not as it has to be."""
    items = world.recordings()
    files = world.objects()
    egresses = {each.egress.object_key: each for each in world.live.values()}
    for recording_id in items:
        recording = wiring.recording_repository().get(recording_id)
        status, key = recording.status.value, recording.object_key
        live = egresses.get(key)
        name = f"{recording_id} ({live.fate if live else 'never began'}) is {status}"
        if status not in {"READY", "FAILED"}:
            yield f"{name}: no end"
        if (status == "READY") != (files.get(key) == len(CONTENT)):
            yield f"{name}, but its file is {'there' if key in files else 'not there'}"
        if (status == "FAILED") != (recording.error is not None):
            yield f"{name}, with the reason {recording.error}"
        if status == "READY" and recording.size != len(CONTENT):
            yield f"{name}, with the size {recording.size}"
        ended = live is not None and live.egress.state is EgressState.COMPLETE
        if live is not None and ended and status == "READY":
            yield from _facts(name, recording, live.egress)
        if recording_id in world.deleted:
            yield f"{name}, but it was deleted"
    for room in world.items("RoomsTable"):
        if "activeRecordingId" in room:
            yield f"room {room['roomName']['S']} is locked by {room['activeRecordingId']['S']}"
    for recording_id in world.answered.keys() - items.keys() - world.deleted:
        yield f"{recording_id} is lost"
    for key in files.keys() - {
        wiring.recording_repository().get(each).object_key for each in items
    }:
        yield f"{key} belongs to nothing"
    for key, live in egresses.items():
        if key[-34:-4] not in items.keys() | world.deleted:
            yield f"{key} ({live.fate}) was begun, and nothing is known of it"


def still_swept(world: World) -> Iterator[str]:
    """Yield the recordings that sweeps would look at for ever."""
    for recording_id, item in world.recordings().items():
        if "sweepAt" in item:
            yield f"{recording_id} has its end, but every sweep still looks at it"


def tally(world: World) -> None:
    """Count how it ended."""
    world.counts["rooms"] += len(world.items("RoomsTable"))
    for status in world.statuses().values():
        world.counts[f"end: {status}"] += 1


def _facts(name: str, recording: Any, egress: Any) -> Iterator[str]:
    for fact in ("started_at", "duration"):
        ours, theirs = getattr(recording, fact), getattr(egress, fact)
        if ours != theirs:
            yield f"{name}: {fact} is {ours}, LiveKit says {theirs}"
