"""A meeting that may be recorded automatically, what LiveKit reports of it, and the recorder."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from meet.clock import HOUR, MINUTE, SECOND, Milliseconds
from meet.recordings.lifecycle import Evidence
from tests.fakes import Clock, FakeLiveKit, FakeRecorder
from tests.functions.gateway import Call
from tests.functions.recordings import info_of, post, sweep, webhook
from tests.functions.rooms import create_room
from tests.functions.test_meetings import Hall

FIRST, SECOND_ONE, MODERATOR, PUBLISHES = ALL = (
    "when_first_participant_joins",
    "when_second_participant_joins",
    "when_moderator_joins",
    "when_first_publishes",
)


@dataclass
class Stage(Hall):
    """A room with a meeting, people in it, and a recorder."""

    recorder: FakeRecorder = field(default_factory=FakeRecorder)

    def enter(self, person: str, role: str = "publisher", **more: Any) -> None:
        """Let somebody join, and LiveKit report it."""
        self.come(person, role, **more)
        assert self.tell("participant_joined", person, info=_info(role)) == 200

    def come(self, person: str, role: str = "publisher", **more: Any) -> None:
        """Let somebody join, and nobody hear of it."""
        metadata = f'{{"role": "{role}"}}'
        facts: dict[str, Any] = {"issued_at": Milliseconds(1), "metadata": metadata} | more
        self.livekit.join(self.room, f"{person}_k2j9x0", person, **facts)

    def publish(self, person: str, role: str = "publisher", **more: Any) -> None:
        """Let somebody publish, and LiveKit report it."""
        self.come(person, role, is_publishing=True, **more)
        assert self.report_track(person) == 200

    def report_track(self, person: str) -> int:
        """Report a track as LiveKit does: it says nothing else of the room and the participant."""
        return post(
            {
                "event": "track_published",
                "room": {"sid": self.sid, "name": self.room},
                "participant": {"sid": f"PA_{person}", "identity": f"{person}_k2j9x0"},
                "track": {"sid": "TR_1", "type": "VIDEO", "source": "CAMERA"},
                "createdAt": str(self.now // SECOND),
            }
        ).status

    def leave(self, person: str) -> None:
        del self.livekit.inside[self.room][f"{person}_k2j9x0"]

    def next_meeting(self) -> None:
        """Let this meeting end, and the next one begin."""
        self.tell("room_finished")
        self.livekit.vanish(self.room)
        self.clock.advance(MINUTE)
        self.began, self.sid = self.now, f"{self.sid}_next"
        self.livekit.sids[self.room] = self.sid
        self.livekit.began[self.room] = Milliseconds(self.began + 5)

    def minute(self) -> None:
        """Let a minute pass and both sweeps come."""
        self.clock.advance(MINUTE)
        self.sweep()
        sweep()

    def prefer(self, **preferences: Any) -> None:
        body = {"recordingPreferences": preferences}
        reply = self.call("PUT", f"/rooms/{self.room}", body)
        assert reply.status == 200, reply.text

    def recordings(self) -> list[dict[str, Any]]:
        """Return the recordings of the room, oldest first."""
        found = self.call("GET", f"/recordings?roomName={self.room}").body
        return sorted(found, key=lambda each: str(each["id"]))

    def starts(self) -> int:
        """Return how often the recorder was asked to start."""
        return [each[0] for each in self.recorder.calls].count("start")

    def hear(self, evidence: Evidence, **facts: Any) -> None:
        """Let something happen to the latest recording, and its webhook arrive."""
        number = f"EG_{len(self.recorder.egresses)}"
        assert webhook(info_of(self.recorder.change(number, evidence, **facts))).status == 200

    def stop(self) -> None:
        recording = self.recordings()[-1]["id"]
        assert self.call("PUT", f"/recordings/{recording}").status == 204


def _info(role: str) -> dict[str, Any]:
    return {"metadata": f'{{"role": "{role}"}}'}


Open: TypeAlias = Callable[..., Stage]
"""Opens a stage: open_stage(condition, preference=...)."""


def open_stage(
    call: Call,
    still_clock: Clock,
    livekit: FakeLiveKit,
    recorder: FakeRecorder,
    auto_start: str | None,
    **preferences: Any,
) -> Stage:
    """Create a room with these preferences, in which a meeting begins."""
    plan = {"autoStart": auto_start, **preferences}
    options = {"preferences": {"recordingPreferences": plan}}
    ends = still_clock() + 24 * HOUR
    name = create_room(call, still_clock, expirationDate=ends, **options)["roomName"]
    stage = Stage(call, still_clock, livekit, name, recorder=recorder)
    livekit.sids[name] = stage.sid
    livekit.began[name] = Milliseconds(stage.began + 5)
    livekit.inside[name] = {}
    still_clock.advance(SECOND)
    assert stage.tell("room_started") == 200
    return stage
