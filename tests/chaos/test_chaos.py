"""Recordings while messages are lost, recorders die and functions are killed at their work.

Some begin automatically; callers delete, restore, hold and release them, also at the same time.

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
from meet.recordings.model import id_in_key
from meet.recordings.settlement import UPLOAD_DEADLINE
from meet.rooms.auto_start import MOST_ATTEMPTS, attempts_in
from tests.chaos.archive import Archive
from tests.chaos.automatic import CONDITIONS, Gathering
from tests.chaos.simulator import MAX_DURATION, Figures, in_place
from tests.chaos.verdict import judge, judge_what_is_left, still_swept, tally
from tests.quick_moto import moto_without_http
from tests.threads import threads_apart
from tests.together import FIGURES

DEFAULT = 120
BATCH = 40
"""Recordings in one world: every second one has a trash, every third one a retention."""

SIZE = int(os.environ.get("MEET_CHAOS", DEFAULT))
SEED = int(os.environ.get("MEET_CHAOS_SEED", "1"))


@pytest.fixture
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.timeout(600 + 4 * SIZE)
def test_after_the_dust_settles_every_recording_has_its_right_end(
    quiet: None, record_property: Callable[[str, object], None]
) -> None:
    figures = Figures()
    wrong: list[str] = []
    for batch, first in enumerate(range(0, SIZE, BATCH)):
        world = Archive(SEED * 1_000_000 + batch, figures)
        with moto_without_http(), threads_apart(), in_place(world):
            live_through(world, min(BATCH, SIZE - first))
            found = [*judge(world)]
            live_through_the_next_day(world)
            found += [f"a day later: {each}" for each in (*judge(world), *still_swept(world))]
            tally(world)
            world.pass_days(4)
            found += [f"days later: {each}" for each in (*judge(world), *judge_what_is_left(world))]
            found += world.ledger.wrong
        wrong += [f"seed {SEED}, batch {batch}: {each}" for each in found]
    told = f"chaos: {SIZE} recordings wanted (MEET_CHAOS), seed {SEED}\n{figures}"
    record_property(FIGURES, told)
    assert not wrong, "\n".join(wrong[:50])


@pytest.mark.timeout(900)  # the long way, at the lowest priority
@pytest.mark.usefixtures("quiet")
def test_the_short_way_to_moto_makes_no_difference() -> None:
    def history(way: AbstractContextManager[None]) -> list[Any]:
        figures = Figures()
        world = Archive(SEED, figures)
        with way, threads_apart(), in_place(world):
            live_through(world, 5)
            stored = [world.items(each) for each in ("RoomsTable", "RecordingsTable")]
            return [figures, stored, world.objects()]

    assert history(moto_without_http()) == history(nullcontext())


def live_through(world: Archive, count: int) -> None:
    """Have so many recordings made, in rooms that come and go, and let the dust settle."""
    for _ in range(count):
        world.after(world.between(0, 10 * MINUTE), Caller(world).come)
        world.after(world.between(10 * MINUTE, 50 * MINUTE), world.act_on_one)
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
    for meeting in world.gatherings.values():
        if meeting.auto_start is not None:
            note_unrecorded(world, meeting)
            world.disperse(meeting.room)
    world.run()
    for _ in range(2):
        world.wait_until(type(world.moment)(world.moment + MAX_DURATION + 31 * MINUTE))
        world.sweep()
        world.run()


def live_through_the_next_day(world: Archive) -> None:
    """Let files come hours after their recordings were given up, and callers change their minds."""
    world.killable = True
    for delay, upload in world.hours_later:
        world.after(delay, upload)
    for _ in range(len(world.recordings())):
        world.after(world.between(0, 26 * HOUR), world.act_on_one)
    for hour in range(1, 28):
        world.after(hour * HOUR, world.sweep)
        world.after(hour * HOUR, world.apply_lifecycle)
    world.run()
    world.killable = False
    for _ in range(3):
        world.wait_until(type(world.moment)(world.moment + HOUR))
        world.sweep()
    world.run()


def note_unrecorded(world: Archive, meeting: Gathering) -> None:
    """A meeting that goes on has been recorded by now, if its room wants and can have that."""
    stored = wiring.room_repository().get(meeting.room)
    wanted = world.going_on[meeting.room] and stored.is_open(world.now())
    wanted = wanted and not meeting.may_be_stopped
    if attempts_in(stored, meeting.sid) == MOST_ATTEMPTS:  # both functions were killed at it
        return
    if wanted and is_waited_for(world, stored.active_recording_id):
        return
    if wanted and not meeting.recorded and meeting.stopped_at is None:
        world.ledger.wrong.append(f"{meeting.sid} was not recorded: {stored}")


def is_waited_for(world: Archive, recording_id: str | None) -> bool:
    """True if a recorder may still upload a recording that was stopped, so that no other begins."""
    egresses = [each.egress for each in world.live.values()]
    return any(
        id_in_key(each.object_key) == recording_id
        and each.state is EgressState.ENDING
        and world.now() <= (each.updated_at or 0) + UPLOAD_DEADLINE
        for each in egresses
    )


class Caller:
    """Somebody who has a meeting recorded, and repeats what was not answered."""

    def __init__(self, world: Archive) -> None:
        self.world = world
        self.room = ""
        self.recording = ""

    def come(self) -> None:
        world = self.world
        taken = [name for name, goes_on in world.going_on.items() if goes_on]
        if taken and world.chance(0.3):
            self.room = world.random.choice(taken)
        else:
            soon = world.chance(0.1)
            ends = world.now() + int(world.between(2, 5) * MINUTE if soon else 30 * HOUR)
            auto_start = world.random.choice(CONDITIONS) if world.chance(0.3) else None
            days = 1 if world.chance(0.2) else None
            wishes = {"autoStart": auto_start, "retentionDays": days}
            set_ones = {name: value for name, value in wishes.items() if value}
            preferences = {"recordingPreferences": {"enabled": True, **set_ones}}
            wanted = {"expirationDate": ends, "preferences": preferences}
            reply = world.call("POST", "/rooms", wanted)
            if reply is None:
                world.after(SECOND, self.come)
                return
            assert reply.status == 200, reply
            self.room = reply.body["roomName"]
            world.room_days[self.room] = days or 0
            world.gather(self.room, auto_start)
            if auto_start is not None:
                self.leave_it_to_the_room(auto_start)
                return
        self.start()

    def leave_it_to_the_room(self, auto_start: str, meetings: int = 2) -> None:
        """Have a meeting recorded without asking for it, and stop that perhaps."""
        world = self.world
        if world.chance(0.4):
            world.after(world.between(MINUTE, 6 * MINUTE), self.stop_what_began)
        if world.chance(0.6):
            world.after(
                world.between(3 * MINUTE, 25 * MINUTE), lambda: self.end(auto_start, meetings)
            )

    def end(self, auto_start: str, meetings: int) -> None:
        """Let the meeting end, and perhaps another one follow in the same room."""
        world = self.world
        world.disperse(self.room)
        if meetings > 1 and world.chance(0.5):
            world.after(world.between(MINUTE, 5 * MINUTE), lambda: self.gather_again(auto_start))

    def gather_again(self, auto_start: str) -> None:
        world = self.world
        if world.killable and not world.going_on[self.room]:
            world.gather(self.room, auto_start)
            self.leave_it_to_the_room(auto_start, meetings=1)

    def stop_what_began(self) -> None:
        reply = self.world.call("GET", f"/recordings?roomName={self.room}")
        if reply is not None and reply.status == 200 and reply.body:
            self.recording = reply.body[0]["id"]
            self.stop()

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

    def stop(self) -> None:
        world = self.world
        reply = world.call("PUT", f"/recordings/{self.recording}")
        if reply is None:
            world.gatherings[self.room].may_be_stopped = True
            world.after(2 * SECOND, self.stop)
            return
        assert reply.status in {204, 404, 409}, reply
        world.counts["stopped by their callers"] += reply.status == 204
        meeting = world.gatherings[self.room]
        stored = wiring.recording_repository().stored(self.recording)
        # One that has failed by itself was stopped, too: its meeting is not recorded again. A stop
        # counts for the meeting in which it recorded last, as far as that is known.
        if reply.status == 404 or stored is None:
            return
        if stored.last_moment(world.now()) >= meeting.began_at:
            meeting.stopped_at = world.now()

    def delete_room(self) -> None:
        world = self.world
        if world.call("DELETE", f"/rooms/{self.room}") is None:
            world.after(2 * SECOND, self.delete_room)
