"""A clock that stands still, and a LiveKit and an egress that do what a test says."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.client import HTTPMessage
from itertools import count
from typing import Any

import jwt
from livekit.protocol.models import Room

from meet import clock
from meet.clock import SECOND, Milliseconds
from meet.connections import Reply, Sent
from meet.errors import MediaServerUnavailable, ParticipantNotFound
from meet.livekit.participants import Participant, Permission
from meet.livekit.recorder import (
    DEFAULT_COMPOSITION,
    Composition,
    CompositionRefused,
    Egress,
    EgressState,
    Layout,
)
from meet.livekit.rooms import LiveMeeting, to_meeting
from meet.livekit.tokens import issued
from meet.livekit.twirp import OutcomeUnknown
from meet.recordings.lifecycle import Evidence
from tools.memory_aws import answered


def replied(status: int, data: bytes = b"") -> Sent:
    """Return a request whose reply is there."""
    return answered(Reply(status, HTTPMessage(), data))


class Clock:
    """A clock that moves only when a test moves it.

    It stands in the middle of a second: LiveKit reports some times in seconds, and what a test
    shows must not depend on the millisecond in which it begins.
    """

    def __init__(self) -> None:
        self.moment = Milliseconds(clock.now() // SECOND * SECOND + SECOND // 2)

    def __call__(self) -> Milliseconds:
        return self.moment

    def advance(self, milliseconds: int) -> None:
        self.moment = Milliseconds(self.moment + milliseconds)

    def wait_until(self, moment: Milliseconds) -> None:
        self.moment = max(self.moment, moment)


@dataclass(frozen=True)
class Message:
    """A message that was sent into a meeting; `to` is empty for everybody."""

    room: str
    topic: str
    data: bytes
    to: tuple[str, ...]


@dataclass
class FakeLiveKit:
    """Stands in for LiveKit; tests/stack asks the real one the same questions."""

    inside: dict[str, dict[str, Participant]] = field(default_factory=dict)
    """Who is in which room."""
    down: bool = False
    failing: set[str] = field(default_factory=set)
    calls: list[tuple[str, ...]] = field(default_factory=list)
    sids: dict[str, str] = field(default_factory=dict)
    began: dict[str, Milliseconds] = field(default_factory=dict)
    """When meetings began, if not just now."""
    ended: Counter[str] = field(default_factory=Counter)
    """How many meetings of a room have ended."""
    permissions: dict[tuple[str, str], Permission] = field(default_factory=dict)
    """What participants may do, by room and identity, where it was changed."""
    messages: list[Message] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    """What everybody in a room can read about it, where it was changed."""
    numbers: Iterator[int] = field(default_factory=count)

    def join(self, room: str, identity: str, name: str = "", **more: Any) -> None:
        facts: dict[str, Any] = {"sid": f"PA_{next(self.numbers)}", "joined_at": clock.now()} | more
        self.inside.setdefault(room, {})[identity] = Participant(identity, name, **facts)

    def join_with(self, room: str, token: str) -> str:
        """Connect the bearer of a token, as LiveKit would; return the identity."""
        claims = jwt.decode(token, options={"verify_signature": False})
        self.join(
            room,
            claims["sub"],
            claims["name"],
            issued_at=issued(claims["attributes"]),
            metadata=claims["metadata"],
            attributes=claims["attributes"],
        )
        identity: str = claims["sub"]
        return identity

    def participants(self, room: str) -> list[Participant]:
        self._called("participants", room)
        return list(self.inside.get(room, {}).values())

    def participant(self, room: str, identity: str) -> Participant:
        self._called("participant", room, identity)
        return self._connected(room, identity)

    def remove_participant(self, room: str, identity: str) -> None:
        self._called("remove_participant", room, identity)
        self._connected(room, identity)
        del self.inside[room][identity]

    def update_participant(
        self,
        room: str,
        identity: str,
        *,
        attributes: Mapping[str, str],
        metadata: str | None = None,
        permission: Permission | None = None,
    ) -> None:
        self._called("update_participant", room, identity)
        before = self._connected(room, identity)
        merged = {name: v for name, v in {**before.attributes, **attributes}.items() if v}
        shown = before.metadata if metadata is None else metadata
        self.inside[room][identity] = replace(before, metadata=shown, attributes=merged)
        if permission is not None:
            self.permissions[room, identity] = permission

    def mute_track(self, room: str, identity: str, track_sid: str) -> None:
        self._called("mute_track", room, identity, track_sid)
        before = self._connected(room, identity)
        tracks = (
            replace(each, is_muted=each.is_muted or each.sid == track_sid) for each in before.tracks
        )
        self.inside[room][identity] = replace(before, tracks=tuple(tracks))

    def send_data(self, room: str, data: bytes, *, topic: str, to: Sequence[str] = ()) -> None:
        self._called("send_data", room, topic)
        if room in self.inside:
            self.messages.append(Message(room, topic, data, tuple(to)))

    def update_room_metadata(self, room: str, metadata: str) -> None:
        self._called("update_room_metadata", room, metadata)
        if room in self.inside:
            self.metadata[room] = metadata

    def _connected(self, room: str, identity: str) -> Participant:
        if identity not in self.inside.get(room, {}):
            raise ParticipantNotFound
        return self.inside[room][identity]

    def meetings(self, owner: str) -> list[LiveMeeting]:
        self._called("meetings", owner)
        return [
            to_meeting(
                Room(
                    name=room,
                    sid=self.sid_of(room),
                    creation_time_ms=self.began.get(room, clock.now()),
                    metadata=self.metadata.get(room, ""),
                )
            )
            for room in self.inside
        ]

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
        self.began.pop(room, None)
        self.metadata.pop(room, None)
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
    compositions: list[Composition] = field(default_factory=list)
    """What was asked for, one for each start."""
    unknown_layouts: set[Layout] = field(default_factory=set)

    def start(
        self, room: str, object_key: str, composition: Composition = DEFAULT_COMPOSITION
    ) -> Egress:
        self._called("start", room, object_key)
        self.compositions.append(composition)
        if composition.layout in self.unknown_layouts:
            raise CompositionRefused
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
