"""A clock that stands still, and a LiveKit and an egress that do what a test says."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import jwt

from meet import clock
from meet.clock import Milliseconds
from meet.errors import MediaServerUnavailable, ParticipantNotFound
from meet.livekit.recorder import Egress, EgressState
from meet.livekit.rooms import LiveMeeting, Participant
from meet.livekit.tokens import issued
from meet.livekit.twirp import OutcomeUnknown
from meet.recordings.lifecycle import Evidence


class Clock:
    """A clock that moves only when a test moves it."""

    def __init__(self) -> None:
        self.moment = clock.now()

    def __call__(self) -> Milliseconds:
        return self.moment

    def advance(self, milliseconds: int) -> None:
        self.moment = Milliseconds(self.moment + milliseconds)

    def wait_until(self, moment: Milliseconds) -> None:
        self.moment = max(self.moment, moment)


@dataclass
class FakeLiveKit:
    """Stands in for LiveKit; tests/stack asks the real one the same questions."""

    inside: dict[str, dict[str, Participant]] = field(default_factory=dict)
    """Who is in which room."""
    down: bool = False
    failing: set[str] = field(default_factory=set)
    calls: list[tuple[str, ...]] = field(default_factory=list)
    sids: dict[str, str] = field(default_factory=dict)
    ended: Counter[str] = field(default_factory=Counter)
    """How many meetings of a room have ended."""

    def join(self, room: str, identity: str, name: str = "", **facts: Any) -> None:
        self.inside.setdefault(room, {})[identity] = Participant(identity, name, **facts)

    def join_with(self, room: str, token: str) -> str:
        """Connect the bearer of a token, as LiveKit would; return the identity."""
        claims = jwt.decode(token, options={"verify_signature": False})
        issued_at = issued(claims["attributes"])
        self.join(room, claims["sub"], claims["name"], issued_at=issued_at)
        identity: str = claims["sub"]
        return identity

    def participants(self, room: str) -> list[Participant]:
        self._called("participants", room)
        return list(self.inside.get(room, {}).values())

    def remove_participant(self, room: str, identity: str) -> None:
        self._called("remove_participant", room, identity)
        if identity not in self.inside.get(room, {}):
            raise ParticipantNotFound
        del self.inside[room][identity]

    def meetings(self, owner: str) -> list[LiveMeeting]:
        self._called("meetings", owner)
        return [LiveMeeting(room, self.sid_of(room), clock.now()) for room in self.inside]

    def sid_of(self, room: str) -> str:
        """Return the sid of the meeting in a room; the next one has another."""
        return self.sids.setdefault(room, f"RM_{len(self.sids)}_{self.ended[room]}")

    def deletions(self) -> list[str]:
        return [call[1] for call in self.calls if call[0] == "delete_room"]

    def delete_room(self, room: str) -> None:
        self._called("delete_room", room)
        self.vanish(room)

    def vanish(self, room: str) -> None:
        """Let a meeting end, without telling anyone."""
        self.inside.pop(room, None)
        self.sids.pop(room, None)
        self.ended[room] += 1

    def _called(self, *call: str) -> None:
        self.calls.append(call)
        if self.down or call[1] in self.failing:
            raise MediaServerUnavailable("told to fail")


@dataclass
class FakeRecorder:
    """Stands in for LiveKit's egress: nothing happens to a recording unless a test says so."""

    egresses: dict[str, Egress] = field(default_factory=dict)
    down: bool = False
    refuses: bool = False
    answers: bool = True
    """Whether a start is answered; it is begun all the same."""
    dead: set[str] = field(default_factory=set)
    """Egresses whose process is gone; LiveKit goes on listing them as they were."""
    calls: list[tuple[str, ...]] = field(default_factory=list)

    def start(self, room: str, object_key: str) -> Egress:
        self._called("start", room, object_key)
        if self.refuses:
            raise MediaServerUnavailable("no response from servers")
        number = f"EG_{len(self.egresses) + 1}"
        starting = EgressState.STARTING
        nothing = (None, None, None, None, "")
        egress = Egress(number, room, starting, object_key, *nothing, bucket="recordings")
        self.egresses[number] = egress
        if not self.answers:
            raise OutcomeUnknown("told not to answer")
        return egress

    def stop(self, egress_id: str) -> None:
        self._called("stop", egress_id)
        if egress_id in self.dead:
            raise OutcomeUnknown("request timed out")

    def is_alive(self, egress_id: str) -> bool:
        self._called("is_alive", egress_id)
        return egress_id not in self.dead

    def under_way(self) -> list[Egress]:
        self._called("under_way")
        return [each for each in self.egresses.values() if not each.is_over]

    def in_room(self, room: str) -> list[Egress]:
        self._called("in_room", room)
        return [each for each in self.egresses.values() if each.room_name == room]

    def change(self, egress_id: str, evidence: Evidence, **facts: Any) -> Egress:
        """Let a recording come to something."""
        changed = replace(self.egresses[egress_id], state=EgressState(evidence), **facts)
        self.egresses[egress_id] = changed
        return changed

    def _called(self, *call: str) -> None:
        self.calls.append(call)
        if self.down:
            raise MediaServerUnavailable("told to fail")
