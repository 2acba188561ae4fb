"""Meetings that are recorded without a caller, and reported by webhooks that get lost.

Each start is judged at the moment it happens, by what went before in its room.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from meet import wiring
from meet.clock import DAY, SECOND, Milliseconds
from meet.livekit.participants import Participant
from meet.livekit.recorder import DEFAULT_COMPOSITION, Composition, Egress
from meet.livekit.rooms import LiveMeeting, room_metadata
from meet.recordings.model import id_in_key
from tests.chaos.ledger import Ledger, Record
from tests.chaos.simulator import Figures, World

CONDITIONS = (
    "when_first_participant_joins",
    "when_second_participant_joins",
    "when_first_publishes",
)


@dataclass
class Gathering:
    """One meeting as it really was."""

    room: str
    sid: str
    began_at: Milliseconds
    auto_start: str | None
    automatic: list[str] = field(default_factory=list)
    """Recordings that began without a caller."""
    recorded: bool = False
    """By a caller, or LiveKit was asked to."""
    stopped_at: int | None = None
    may_be_stopped: bool = False
    """A caller stopped a recording of its room, and was not answered."""


class Automatic(World):
    """A batch of recordings in meetings, some of which begin to be recorded by themselves."""

    def __init__(self, seed: int, figures: Figures) -> None:
        super().__init__(seed, figures)
        self.trash_days = seed % 2
        self.days = (0, 0, 1)[seed % 3]
        """That the stack keeps recordings; rooms may say otherwise."""
        self.environment = {
            "RECORDING_TRASH_DAYS": str(self.trash_days),
            "RECORDING_RETENTION_DAYS": str(self.days),
        }
        self.ledger = Ledger(self.trash_days * DAY, self.now)
        self.room_days: dict[str, int] = {}
        self.gatherings: dict[str, Gathering] = {}

    def gather(self, room: str, auto_start: str | None) -> None:
        """Let a meeting begin, whose webhooks may get lost."""
        number = len(self.gatherings)
        meeting = Gathering(room, f"RM_{number}_{room}", self.now(), auto_start)
        self.gatherings[room] = meeting
        self.going_on[room] = True
        self.report(meeting, "room_started")
        for sid in ("PA_1", "PA_2"):
            who = {"sid": f"{sid}_{meeting.sid}", "identity": f"{sid}_k2j9x0", "name": "Ada"}
            who["joinedAtMs"] = str(self.now())
            self.report(meeting, "participant_joined", participant=who)
            self.report(meeting, "track_published", participant=who)

    def report(self, meeting: Gathering, kind: str, **more: Any) -> None:
        """Send a webhook of a meeting."""
        room: dict[str, Any] = {"sid": meeting.sid, "name": meeting.room}
        if kind != "track_published":
            room["creationTimeMs"] = str(meeting.began_at)
            room["metadata"] = room_metadata(wiring.owner())
        told = {"id": "EV_1", "event": kind, "room": room, "createdAt": str(self.now() // SECOND)}
        body = json.dumps(told | more).encode()
        self.spread("webhooks", lambda: self.webhook(body))

    def meetings(self, owner: str) -> list[LiveMeeting]:
        self.ask()
        going_on = [self.gatherings[room] for room, goes_on in self.going_on.items() if goes_on]
        return [LiveMeeting(each.room, each.sid, each.began_at) for each in going_on]

    def participants(self, room: str) -> list[Participant]:
        inside = super().participants(room)
        people = [each for each in inside if not each.is_recorder]
        return inside + [Participant("Bob", is_publishing=True)] * len(people)

    def disperse(self, room: str) -> None:
        """Let everybody leave."""
        if self.going_on.get(room):
            self.going_on[room] = False
            for each in self.live.values():
                if each.egress.room_name == room:
                    self.end(each)
            self.report(self.gatherings[room], "room_finished")

    def delete_room(self, room: str) -> None:
        went_on = self.going_on.get(room)
        super().delete_room(room)
        if went_on:
            self.report(self.gatherings[room], "room_finished")

    def start(
        self, room: str, object_key: str, composition: Composition = DEFAULT_COMPOSITION
    ) -> Egress:
        recording_id = id_in_key(object_key)
        assert recording_id is not None
        self.known(recording_id, room, since=self.now())
        self.note_start(self.gatherings[room], recording_id)
        return super().start(room, object_key, composition)

    def note_start(self, meeting: Gathering, recording_id: str) -> None:
        """Judge a start by what went before."""
        meeting.recorded = True
        for live in self.live.values():
            other = id_in_key(live.egress.object_key) or ""
            if live.egress.room_name != meeting.room or live.egress.is_over or live.dead:
                continue
            stored = wiring.recording_repository().stored(other)
            if stored is not None and stored.holds_its_room:
                self.ledger.wrong.append(f"{recording_id} began while {other} went on")
        item = self.recordings()[recording_id]
        if item.get("by", {}).get("M", {}).get("name") != {"S": "autoStart"}:
            return
        self.counts["began automatically"] += 1
        if meeting.auto_start is None:
            self.ledger.wrong.append(f"{recording_id} began, and nobody wanted it")
        created, stopped_at = int(item["createdAt"]["N"]), meeting.stopped_at
        if stopped_at is not None and created > stopped_at:
            what = (
                f"{recording_id} of {created} began after a caller had stopped it at {stopped_at}"
            )
            self.ledger.wrong.append(what)
        elif stopped_at is not None:  # it waited for LiveKit while the one before was stopped
            self.counts["was under way when the one before was stopped"] += 1
        for each in meeting.automatic:
            before = wiring.recording_repository().stored(each)
            if before is not None and before.status != "FAILED":
                self.ledger.wrong.append(f"{recording_id} began after {each}, {before.status}")
        meeting.automatic.append(recording_id)
        if len(meeting.automatic) > 2:
            self.ledger.wrong.append(f"{meeting.sid} began {len(meeting.automatic)} recordings")

    def known(self, recording_id: str, room: str, *, since: int) -> None:
        """Begin to write down what callers are answered about a recording, which began then."""
        days = self.room_days.get(room) or self.days
        self.ledger.records.setdefault(recording_id, Record(since, days))
