"""Settles recordings that are due: ends those whose webhook or upload event never arrived."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from meet import clock, metrics
from meet.actors import SWEEP
from meet.clock import HOUR, MINUTE, SECOND, Milliseconds
from meet.errors import RoomNotFound
from meet.livekit.recorder import Egress, EgressState
from meet.recordings import reasons
from meet.recordings.deletion import RecordingDeletion
from meet.recordings.errors import RecordingNotFound
from meet.recordings.evidence import RecordingEvidence, is_known
from meet.recordings.lifecycle import Evidence, Status
from meet.recordings.model import Recording
from meet.recordings.presence import IN_THE_MEETING, Presence, Sight, Verdict
from meet.rooms.model import Room

logger = logging.getLogger(__name__)

START_DEADLINE = MINUTE
"""How long a started recording may take to show up in LiveKit's list."""
STOP_DEADLINE = 2 * MINUTE
"""How long a stop may go unanswered before the recorder counts as dead."""
UPLOAD_DEADLINE = 30 * MINUTE
"""How long a recorder may take to end and upload: hours of video take minutes."""
OBJECT_DEADLINE = MINUTE
"""How long a file may take to show up in the bucket after LiveKit reported it."""
SILENCE_DEADLINE = HOUR
"""How long past its maximum duration a recording waits for a LiveKit that cannot be reached."""

_FRESH = SECOND
"""How old it may be what decides about a recording. A batch waits when LiveKit is slow."""

Seen: TypeAlias = dict[str | None, Egress]
"""The active egresses in LiveKit's list, by recording."""
_Look: TypeAlias = Callable[[str, Egress], Sight | None]
"""Looks into a meeting, once for each recording."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Recordings that were read together, and those of their rooms that were open."""

    recordings: dict[str, Recording] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    read_at: int = 0

    def if_fresh(self, now: Milliseconds) -> "Batch":
        """Return it, or an empty one if it is too old to decide by."""
        return self if now <= self.read_at + _FRESH else Batch()


@dataclass(frozen=True)
class RecordingSettlement:
    """Ends recordings whose webhook or upload event never arrived."""

    evidence: RecordingEvidence
    presence: Presence
    deletion: RecordingDeletion
    max_duration: int
    """Milliseconds."""

    def attend_to(self, recording_id: str, seen: Seen | None, batch: Batch) -> bool:
        """Check one recording, or delete it; True if the sweep is done with it."""
        try:
            return self._attend_to(recording_id, seen, batch)
        except RecordingNotFound:
            return self._settle_deleted(recording_id)

    def _attend_to(self, recording_id: str, seen: Seen | None, batch: Batch) -> bool:
        """Check a recording that is stored; raises RecordingNotFound."""
        look: _Look = cache(self.presence.look)
        recording = batch.recordings.get(recording_id)
        egress = (seen or {}).get(recording_id)
        if recording and egress and self._goes_on(recording, egress, batch.rooms, look):
            return False
        batch = batch.if_fresh(clock.now())
        recording = batch.recordings.get(recording_id) or self.evidence.recordings.stored(
            recording_id
        )
        if recording is None:
            raise RecordingNotFound
        if recording.claim is not None or recording.is_over(clock.now()):
            self.evidence.rooms.release(recording.room_name, recording.id)
            return self.deletion.finish(recording)
        if recording.trash is not None:
            self.evidence.recordings.settled(recording, look_again_at=recording.trash.until)
            return True
        return self._settle(recording, seen, batch.rooms, look)

    def _goes_on(
        self, recording: Recording, egress: Egress, rooms: dict[str, Room], look: _Look
    ) -> bool:
        """True if a recording goes on as it is stored: there is nothing to write, or to end.

        Its recorder is in the meeting, so its file is not in the bucket yet.
        """
        if (
            recording.stop_requested_at is not None
            or recording.recorder_missing_since is not None
            or recording.empty_since is not None
            or egress.state not in IN_THE_MEETING
            or not is_known(recording, egress)
            or recording.room_name not in rooms
            or self._has_to_end(recording, clock.now(), rooms)
        ):
            return False
        sight = look(recording.room_name, egress)
        return sight is not None and sight.recorder and sight.people

    def _settle(
        self, recording: Recording, seen: Seen | None, rooms: dict[str, Room], look: _Look
    ) -> bool:
        """Check one recording; True if it is finished and LiveKit has nothing to add."""
        found_in = recording.status
        egress = None
        if not recording.is_finished or recording.ended_at is None:
            egress = self._find(recording, seen)
            is_stopped = recording.stop_requested_at is not None
            if egress is not None and (is_stopped or not is_known(recording, egress)):
                recording = self.evidence.egress_of(recording, egress)
        looked = egress is not None and egress.is_over  # egress_of did it then
        if not looked:
            # LiveKit lists a dead worker as recording, even if its file is in the bucket.
            recording = self.evidence.look_into_bucket(recording)
        if not recording.is_finished:
            verdict = self.presence.judge(recording, egress, look)
            is_silent = seen is None
            recording = self._give_up_or_end(recording, egress, verdict, rooms, silent=is_silent)
        if not recording.is_finished or self._details_may_come(recording, egress, seen, look):
            return False
        self.evidence.rooms.release(recording.room_name, recording.id)
        if recording.trash is not None or recording.claim is not None:
            return True  # deleted meanwhile, which said itself when the sweep has to look
        self.evidence.recordings.settled(recording, look_again_at=self._next_look(recording))
        if recording.status is not found_in:
            metrics.count("RecordingsSettledBySweep")
        return True

    def _next_look(self, recording: Recording) -> Milliseconds | None:
        """Return the next check for a late file, at growing intervals, or the recording's end.

        None for no more: it is kept for ever, or as long as it is held.
        """
        now, until = clock.now(), recording.file_may_come_until
        over = recording.kept_until
        if until is None or recording.given_up_at is None or now >= until:
            return over
        look = Milliseconds(min(now + max(now - recording.given_up_at, MINUTE), until))
        return look if over is None else min(look, over)

    def _settle_deleted(self, recording_id: str) -> bool:
        """Delete the late file of a deleted recording, in case its upload event was lost."""
        key = self.evidence.recordings.late_file_of_deleted(recording_id, now=clock.now())
        if key is not None:
            self.evidence.media.delete_one(key)
            self.evidence.recordings.deleted_for_good(recording_id)
        return True

    def _find(self, recording: Recording, seen: Seen | None) -> Egress | None:
        if seen is None:
            return None
        if recording.id in seen:
            return seen[recording.id]
        ended = self.evidence.recorder().in_room(recording.room_name)
        return next((each for each in ended if each.object_key == recording.object_key), None)

    def _details_may_come(
        self, recording: Recording, egress: Egress | None, seen: Seen | None, look: _Look
    ) -> bool:
        """True if LiveKit may still know how long a READY recording is."""
        if recording.status is not Status.READY or recording.ended_at is not None:
            return False
        if seen is not None and (egress is None or egress.is_over):
            return False
        is_late = clock.now() >= self._last_moment(recording)
        return not is_late and self.presence.judge(recording, egress, look) is not Verdict.IS_DEAD

    def _give_up_or_end(
        self,
        recording: Recording,
        egress: Egress | None,
        verdict: Verdict,
        rooms: dict[str, Room],
        *,
        silent: bool,
    ) -> Recording:
        now = clock.now()
        reason = self._hopeless(recording, egress, now, silent=silent)
        if egress is not None and reason is None:
            if verdict is Verdict.IS_DEAD:
                recording, is_ending = self._end(recording, egress, now)
                reason = None if is_ending else reasons.GONE
            elif recording.stop_requested_at is None and (
                verdict is Verdict.IS_OVER or self._has_to_end(recording, now, rooms)
            ):
                recording, _ = self._end(recording, egress, now)
        if reason is not None:
            said = {} if egress is None else reasons.words(egress)
            extra = {**said, "recording": recording.id, "reason": reason}
            logger.warning("recording given up", extra=extra)
            recording = self.evidence.write(
                recording,
                Evidence.LOST,
                {"error": reason, "givenUpAt": now, "failedBy": SWEEP.to_json()},
            )
            if recording.error == reason:  # and no file arrived just now
                metrics.count("RecordingsLost")
        return recording

    def _end(
        self, recording: Recording, egress: Egress, now: Milliseconds
    ) -> tuple[Recording, bool]:
        """Stop a recording; return it, and True if LiveKit confirmed that it will end."""
        recording = self.evidence.write(
            recording, Evidence.STOP_REQUESTED, {"stopRequestedAt": now, "stopBy": SWEEP.to_json()}
        )
        return recording, self.evidence.stop_egress(egress)

    def _hopeless(
        self, recording: Recording, egress: Egress | None, now: Milliseconds, *, silent: bool
    ) -> str | None:
        """Return why a recording cannot end normally; None if it still can."""
        if silent:
            return reasons.SILENT if now > self._last_moment(recording) else None
        if egress is None:
            if now <= recording.created_at + START_DEADLINE:
                return None
            return reasons.NEVER_STARTED if recording.egress_id is None else reasons.VANISHED
        if egress.is_over:
            ended = egress.ended_at or recording.created_at
            if now <= ended + OBJECT_DEADLINE:
                return None
            where = {"key": recording.object_key, "bucket": self.evidence.media.bucket}
            return reasons.of_missing_file(egress, **where)
        if egress.state is EgressState.ENDING:
            since = egress.updated_at or recording.stop_requested_at or recording.created_at
            return reasons.NO_ANSWER if now > since + UPLOAD_DEADLINE else None
        asked, answered = recording.stop_requested_at, recording.stop_answered_at
        if asked is None or now <= asked + STOP_DEADLINE:
            return None
        if answered is not None and now > answered + UPLOAD_DEADLINE:
            return reasons.NEVER_ENDED
        # LiveKit may have been unreachable until now.
        if not self.evidence.stop_egress(egress):
            return reasons.NO_ANSWER
        if answered is None:
            self.evidence.write(recording, Evidence.STOP_REQUESTED, {"stopAnsweredAt": now})
        return None

    def _has_to_end(self, recording: Recording, now: Milliseconds, rooms: dict[str, Room]) -> bool:
        if now > (recording.started_at or recording.created_at) + self.max_duration:
            return True
        try:
            room = rooms.get(recording.room_name) or self.evidence.rooms.get(recording.room_name)
            return not room.is_open(now)
        except RoomNotFound:
            return True

    def _last_moment(self, recording: Recording) -> int:
        return recording.created_at + self.max_duration + SILENCE_DEADLINE
