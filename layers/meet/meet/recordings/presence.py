"""Checks whether recorders are alive: LiveKit lists a dead one as ACTIVE for ever."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from meet import clock
from meet.clock import MINUTE, SECOND, Milliseconds
from meet.errors import MediaServerUnavailable
from meet.livekit.recorder import Egress, EgressState, Recorder
from meet.recordings.model import Recording
from meet.recordings.repository import RecordingRepository

if TYPE_CHECKING:
    from meet.livekit.rooms import MediaServer

logger = logging.getLogger(__name__)

ABSENCE_DEADLINE = MINUTE - 10 * SECOND
"""How long the recorder, or all participants, may be absent: they may lose the network and
reconnect. It is the minute between two sweeps, less a margin for a sweep that runs early."""

IN_THE_MEETING = frozenset({EgressState.STARTING, EgressState.ACTIVE})
"""A recorder that is ENDING has left the meeting, and uploads its file."""


class Verdict(Enum):
    """The state of a recording that LiveKit lists as active."""

    GOES_ON = auto()
    IS_OVER = auto()
    """All participants have left."""
    IS_DEAD = auto()
    """The recorder is neither in the meeting nor reachable."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen in a meeting that is being recorded."""

    recorder: bool
    people: bool
    """True if anyone is in it who is not a recorder."""


@dataclass(frozen=True)
class Presence:
    """Checks that the recorder and at least one participant are in the recorded meeting."""

    recordings: RecordingRepository
    media_server: "Callable[[], MediaServer]"
    recorder: Callable[[], Recorder]

    def look(self, room: str, egress: Egress) -> Sight | None:
        """Look into a recorded meeting; None if LiveKit cannot be reached."""
        try:
            inside = self.media_server().participants(room)
        except MediaServerUnavailable:
            return None
        return Sight(
            recorder=any(each.is_recorder and each.identity == egress.id for each in inside),
            people=not all(each.is_recorder for each in inside),
        )

    def judge(
        self,
        recording: Recording,
        egress: Egress | None,
        look: Callable[[str, Egress], Sight | None],
    ) -> Verdict:
        """Judge a recording by the participants of its meeting, now and at earlier checks.

        While LiveKit cannot be reached, nothing is concluded, and absences are counted from zero
        afterwards. Without an egress nothing is known about the recorder.
        """
        seen = None
        if egress is not None and egress.state in IN_THE_MEETING:
            seen = look(recording.room_name, egress)
        if egress is None or seen is None:
            self._note(recording, recorder_missing_since=None, empty_since=None)
            return Verdict.GOES_ON
        now = clock.now()
        missing_since = None if seen.recorder else recording.recorder_missing_since or now
        empty_since = None if seen.people else recording.empty_since or now
        self._note(recording, recorder_missing_since=missing_since, empty_since=empty_since)
        if _is_long(missing_since, now) and not self._is_alive(egress):
            return Verdict.IS_DEAD
        return Verdict.IS_OVER if _is_long(empty_since, now) else Verdict.GOES_ON

    def _is_alive(self, egress: Egress) -> bool:
        """True unless LiveKit reports that the recorder does not answer."""
        try:
            return self.recorder().is_alive(egress.id)
        except MediaServerUnavailable:
            logger.warning("recorder check failed", extra={"egress": egress.id}, exc_info=True)
            return True

    def _note(
        self,
        recording: Recording,
        *,
        recorder_missing_since: Milliseconds | None,
        empty_since: Milliseconds | None,
    ) -> None:
        """Store the absences for the next check, if they have changed."""
        known = (recording.recorder_missing_since, recording.empty_since)
        if known != (recorder_missing_since, empty_since):
            self.recordings.note_absence(recording.id, recorder_missing_since, empty_since)


def _is_long(since: Milliseconds | None, now: Milliseconds) -> bool:
    return since is not None and now >= since + ABSENCE_DEADLINE
