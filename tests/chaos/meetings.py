"""Meetings at a LiveKit whose webhooks get lost, and the log that is written from what was stored.

Besides what tests.chaos.simulator does: batches of the streams come again, log_events is killed
between its calls, and two of them run at the same time.
"""

import json
from collections import deque
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from meet import wiring
from meet.clock import HOUR, MINUTE, SECOND
from meet.events.cursor import Cursor
from meet.events.stream import facts_in
from meet.livekit.rooms import LiveMeeting, room_metadata
from tests.chaos.simulator import Figures, World
from tests.functions.gateway import CONTEXT, Reply, event, invoke
from tests.streams import LOGGED
from tools.deploy.stream_records import as_lambda_has_it

ENDS = ("ROOM_END_IDLE_TIMEOUT", "ROOM_END_API_DELETE", "ROOM_END_SERVER_SHUTDOWN")
LEAVES = ("CLIENT_INITIATED", "SIGNAL_CLOSE", "PARTICIPANT_REMOVED", "DUPLICATE_IDENTITY")
AT_ONCE = 0.3
"""How often a second log_events runs while the first is about to write."""


@dataclass
class Visit:
    """One connection of a participant, as it really was, and what was reported of it."""

    sid: str
    joined_at: int
    is_here: bool = True
    reported: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    """Of what was reported, what was answered 2xx."""


@dataclass
class Gathering:
    """One meeting as it really was."""

    room: str
    sid: str
    began_at: int
    visits: list[Visit] = field(default_factory=list)
    goes_on: bool = True
    reported: bool = False
    """Whether any webhook about it arrived."""


class Stream:
    """What is new in the stream of a table."""

    def __init__(self, table: str) -> None:
        moto: Any = dynamodb_backends["123456789012"]["eu-west-1"].get_table(table)
        self.arn = f"{moto.table_arn}/stream/{moto.latest_stream_label}"
        self.shard = moto.stream_shard
        self.waiting: deque[dict[str, Any]] = deque()
        self.read: list[dict[str, Any]] = []

    def fetch(self) -> None:
        # What GetRecords answers, without asking: it is called ten times for each meeting.
        new = self.shard.items[len(self.read) :]
        records = [as_lambda_has_it(deepcopy(each.to_json()), self.arn) for each in new]
        self.waiting.extend(records)
        self.read += records


class Meetings(World):
    """A batch of meetings, and the log of what was stored of them."""

    killed = 0.12

    def __init__(self, seed: int, figures: Figures) -> None:
        super().__init__(seed, figures)
        self.gatherings: list[Gathering] = []
        self.streams: dict[str, Stream] = {}
        self.seen: list[tuple[int, str]] = []
        self.cursor: Cursor | None = None
        self.interrupting = False

    # ----------------------------------------------------------------------------- LiveKit

    def meetings(self, owner: str) -> list[LiveMeeting]:
        self.ask()
        return [
            LiveMeeting(each.room, each.sid, each.began_at)  # type: ignore[arg-type]
            for each in self.gatherings
            if each.goes_on
        ]

    def delete_room(self, room: str) -> None:
        self.ask()
        for each in self.gatherings:
            if each.room == room and each.goes_on:
                self.disperse(each, "ROOM_END_API_DELETE")

    def gather(self, room: str) -> None:
        """Let a meeting take place."""
        sid = f"RM_{len(self.gatherings)}"
        meeting = Gathering(room, sid, self.now())
        self.gatherings.append(meeting)
        self.report(meeting, "room_started")
        for _ in range(self.random.choice([1, 2, 2, 3])):
            self.after(self.between(0, MINUTE), lambda: self.arrive(meeting))
        self.after(self.between(2, 8) * MINUTE, lambda: self.disperse(meeting, self.pick_one(ENDS)))

    def pick_one(self, names: tuple[str, ...]) -> str:
        return self.random.choice(names)

    def arrive(self, meeting: Gathering) -> None:
        if not meeting.goes_on:
            return
        visit = Visit(f"PA_{meeting.sid}_{len(meeting.visits)}", self.now())
        meeting.visits.append(visit)
        self.report(meeting, "participant_joined", visit)
        if self.chance(0.7):
            self.after(self.between(0, 5) * MINUTE, lambda: self.leave(meeting, visit))

    def leave(self, meeting: Gathering, visit: Visit, reason: str | None = None) -> None:
        if visit.is_here:
            visit.is_here = False
            why = {"disconnectReason": reason or self.pick_one(LEAVES)}
            self.report(meeting, "participant_left", visit, **why)

    def disperse(self, meeting: Gathering, reason: str) -> None:
        if meeting.goes_on:
            for visit in meeting.visits:
                self.leave(meeting, visit, "ROOM_CLOSED")
            meeting.goes_on = False
            self.report(meeting, "room_finished", roomEndReason=reason)

    def report(
        self, meeting: Gathering, kind: str, visit: Visit | None = None, **more: Any
    ) -> None:
        """Send a webhook, which may be lost, doubled or late."""
        room = {
            "sid": meeting.sid,
            "name": meeting.room,
            "creationTimeMs": str(meeting.began_at),
            "metadata": room_metadata(wiring.owner()),
        }
        told: dict[str, Any] = {
            "id": "EV_1",
            "event": kind,
            "room": room,
            "createdAt": str(self.now() // SECOND),
        }
        if visit is not None:
            participant = {
                "sid": visit.sid,
                "identity": f"{visit.sid}_k2j9x0",
                "name": "Ada",
                "joinedAtMs": str(visit.joined_at),
            }
            told["participant"] = participant | more
        body = json.dumps(told | (more if visit is None else {})).encode()

        def deliver() -> None:
            meeting.reported = True
            if visit is not None:
                visit.reported.add(kind)
            self.webhook(body, accepted=accept)

        def accept() -> None:
            if visit is not None:
                visit.accepted.add(kind)

        self.spread("webhooks", deliver)

    # ----------------------------------------------------------------------------- the log

    def make_api_call(self, make: Callable[..., Any]) -> Callable[..., Any]:
        inner = super().make_api_call(make)

        def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            if operation == "TransactWriteItems" and _is_log(parameters):
                self.interrupt()
            return inner(client, operation, parameters)

        return call

    def interrupt(self) -> None:
        """Run another log_events, whose batch is of another stream, before this one writes."""
        if self.interrupting or not self.killable or not self.chance(AT_ONCE):
            return
        self.interrupting = True
        failing = self.failing
        try:
            self.log(self.random.choice(LOGGED))
            self.counts["two log_events at once"] += 1
        finally:
            self.interrupting = False
            self.failing = failing

    def log(self, table: str) -> None:
        """Hand the next batch of a stream to log_events; one that fails comes again."""
        stream = self.streams[table]
        stream.fetch()
        size = self.random.choice([1, 3, 10, 100])
        batch = [stream.waiting[i] for i in range(min(size, len(stream.waiting)))]
        if not batch:
            return
        if self.attempt(lambda: self.run_log(batch)) is None:
            self.counts["batches that failed"] += 1
        elif self.killable and self.chance(0.2):
            self.counts["batches that came again"] += 1
        else:
            # The other one, which ran meanwhile, may have taken some of them already.
            done = {id(each) for each in batch}
            stream.waiting = deque(each for each in stream.waiting if id(each) not in done)

    def run_log(self, batch: list[dict[str, Any]]) -> Reply:
        import_module("functions.log_events.app").handler({"Records": batch}, CONTEXT)
        return Reply(200, {}, "")

    def read_log(self) -> None:
        """Read on with the cursor of the last time."""
        after = "" if self.cursor is None else f"&after={self.cursor.token}"
        size = self.random.choice([1, 10, 1000])
        reply = invoke(event("GET", f"/api/v1/events?maxItems={size}{after}"))
        assert reply.status == 200, reply.text
        self.cursor = Cursor.of(reply.body["cursor"])
        self.seen += [(each["position"], each["id"]) for each in reply.body["events"]]
        self.counts["reads of the log"] += 1

    def facts(self) -> set[str]:
        """Return the ids of the events that everything that was stored is."""
        sources = wiring.event_sources()
        records = [record for stream in self.streams.values() for record in stream.read]
        return {fact.id for record in records for fact in facts_in(record, sources)}


def _is_log(parameters: dict[str, Any]) -> bool:
    (first,) = parameters["TransactItems"][0].values()
    return bool(first["TableName"] == "EventsTable")


def live_through(world: Meetings, count: int) -> None:
    """Have meetings take place, several in some rooms, and let the dust settle."""
    world.streams = {table: Stream(table) for table in LOGGED}
    rooms: list[str] = []
    for _ in range(max(1, count * 3 // 4)):
        ends = world.now() + 30 * HOUR
        reply = None
        while reply is None or reply.status != 200:
            reply = world.call("POST", "/rooms", {"expirationDate": ends})
        rooms.append(reply.body["roomName"])
    for number in range(count):
        # One after another in a room: LiveKit has one meeting in a room at a time.
        turn, room = divmod(number, len(rooms))
        at = world.between(0, 10) * MINUTE + turn * 20 * MINUTE
        world.after(at, lambda room=rooms[room]: world.gather(room))  # type: ignore[misc]
    until = 75 * MINUTE
    at = 0.0
    while at < until:  # a schedule that is late is among what has to be lived through
        at += world.between(MINUTE, 5 * MINUTE)
        world.after(at, world.sweep)
    for _ in range(count * 8):
        table = world.random.choice((*LOGGED, "MeetingsTable", "MeetingsTable"))
        world.after(world.between(0, until), lambda table=table: world.log(table))  # type: ignore[misc]
    for _ in range(count * 2):
        world.after(world.between(0, until), world.read_log)
    world.run()
    world.killable = False
    for _ in range(4):
        world.wait_until(type(world.moment)(world.moment + MINUTE))
        world.sweep()
    for table in LOGGED:
        world.streams[table].fetch()
        while world.streams[table].waiting:
            world.log(table)
    for _ in range(count * 30):
        before = world.cursor
        world.read_log()
        if world.cursor == before:
            break
