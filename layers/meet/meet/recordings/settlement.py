"""The sweep of recordings: ends those whose webhook or upload event never arrived."""

import logging
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

from meet import clock, metrics
from meet.actors import SWEEP
from meet.clock import HOUR, MINUTE, Milliseconds
from meet.errors import RoomNotFound
from meet.livekit.recorder import Egress, EgressState
from meet.recordings import reasons
from meet.recordings.deletion import RecordingDeletion
from meet.recordings.errors import RecordingNotFound
from meet.recordings.evidence import RecordingEvidence
from meet.recordings.lifecycle import Evidence, Status
from meet.recordings.model import Recording, id_in_key
from meet.recordings.presence import Presence, Verdict

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

_PARALLEL = 8

_Seen: TypeAlias = dict[str | None, Egress]
"""The active egresses in LiveKit's list, by recording."""


@dataclass(frozen=True)
class RecordingSettlement:
    """Ends recordings whose webhook or upload event never arrived."""

    evidence: RecordingEvidence
    presence: Presence
    deletion: RecordingDeletion
    max_duration: int
    """Milliseconds."""

    def sweep(self, deadline: Milliseconds) -> tuple[int, int]:
        """Check every recording that is due; return how many are settled and how many wait.

        Starts no new check after the deadline, and checks in another order each time: those that
        wait stay due, and while LiveKit is slow the same ones would keep the rest waiting. A
        failure does not stop the others.
        """
        due = [each for each, _ in self.evidence.recordings.due(clock.now())]
        if not due:
            return 0, 0
        random.Random(clock.now()).shuffle(due)  # noqa: S311 - no secret
        try:
            seen: _Seen | None = {
                id_in_key(each.object_key): each
                for each in self.evidence.recorder().under_way()
                if each.bucket in {"", self.evidence.media.bucket}
            }
        except Exception:  # whatever it is: the bucket can still be checked
            logger.warning("egress list unavailable", exc_info=True)
            seen = None

        def attempt(recording_id: str) -> bool:
            if clock.now() >= deadline:
                return False
            try:
                return self._attend_to(recording_id, seen)
            except RecordingNotFound:
                return self._settle_deleted(recording_id)
            except Exception:
                logger.exception("recording sweep failed", extra={"recording": recording_id})
                return False

        with ThreadPoolExecutor(_PARALLEL) as pool:
            settled = list(pool.map(attempt, due))
        return settled.count(True), settled.count(False)

    def _attend_to(self, recording_id: str, seen: _Seen | None) -> bool:
        """Check one recording, or delete it; raises RecordingNotFound."""
        recording = self.evidence.recordings.stored(recording_id)
        if recording is None:
            raise RecordingNotFound
        if recording.claim is not None or recording.is_over(clock.now()):
            self.evidence.rooms.release(recording.room_name, recording.id)
            return self.deletion.finish(recording)
        if recording.trash is not None:
            self.evidence.recordings.settled(recording, look_again_at=recording.trash.until)
            return True
        return self._settle(recording, seen)

    def _settle(self, recording: Recording, seen: _Seen | None) -> bool:
        """Check one recording; True if it is finished and LiveKit has nothing to add."""
        found_in = recording.status
        egress = None
        if not recording.is_finished or recording.ended_at is None:
            egress = self._find(recording, seen)
            if egress is not None:
                recording = self.evidence.egress_of(recording, egress)
        looked = egress is not None and egress.is_over  # egress_of did it then
        if not looked:
            # LiveKit lists a dead worker as recording, even if its file is in the bucket.
            recording = self.evidence.look_into_bucket(recording)
        if not recording.is_finished:
            recording = self._give_up_or_end(recording, egress, silent=seen is None)
        if not recording.is_finished or self._details_may_come(recording, egress, seen):
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

    def _find(self, recording: Recording, seen: _Seen | None) -> Egress | None:
        if seen is None:
            return None
        if recording.id in seen:
            return seen[recording.id]
        ended = self.evidence.recorder().in_room(recording.room_name)
        return next((each for each in ended if each.object_key == recording.object_key), None)

    def _details_may_come(
        self, recording: Recording, egress: Egress | None, seen: _Seen | None
    ) -> bool:
        """True if LiveKit may still know how long a READY recording is."""
        if recording.status is not Status.READY or recording.ended_at is not None:
            return False
        if seen is not None and (egress is None or egress.is_over):
            return False
        is_late = clock.now() >= self._last_moment(recording)
        return not is_late and self.presence.look(recording, egress) is not Verdict.IS_DEAD

    def _give_up_or_end(
        self, recording: Recording, egress: Egress | None, *, silent: bool
    ) -> Recording:
        now = clock.now()
        verdict = self.presence.look(recording, egress)
        reason = self._hopeless(recording, egress, now, silent=silent)
        if egress is not None and reason is None:
            if verdict is Verdict.IS_DEAD:
                recording, is_ending = self._end(recording, egress, now)
                reason = None if is_ending else reasons.GONE
            elif recording.stop_requested_at is None and (
                verdict is Verdict.IS_OVER or self._has_to_end(recording, now)
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

    def _has_to_end(self, recording: Recording, now: Milliseconds) -> bool:
        if now > (recording.started_at or recording.created_at) + self.max_duration:
            return True
        try:
            return not self.evidence.rooms.get(recording.room_name).is_open(now)
        except RoomNotFound:
            return True

    def _last_moment(self, recording: Recording) -> int:
        return recording.created_at + self.max_duration + SILENCE_DEADLINE
