"""Records what is seen of recordings, and ends those whose webhook or file event never came."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from meet import clock, metrics
from meet.clock import HOUR, MINUTE, Milliseconds
from meet.errors import MediaServerUnavailable, RecordingNotFound, RoomNotFound
from meet.recordings import reasons
from meet.recordings.lifecycle import RECORDING, Evidence, Status, advance
from meet.recordings.media import MediaStore, StoredFile
from meet.recordings.model import Recording, id_in_key
from meet.recordings.presence import Presence, Verdict
from meet.recordings.repository import RecordingRepository
from meet.rooms.repository import RoomRepository

if TYPE_CHECKING:
    from meet.recorder import Egress, Recorder

logger = logging.getLogger(__name__)

START_DEADLINE = MINUTE
"""How long LiveKit may take before a recording that it was asked for shows up in its list."""
STOP_DEADLINE = 2 * MINUTE
"""How long a stop may go unanswered before the recorder is taken for dead."""
UPLOAD_DEADLINE = 30 * MINUTE
"""How long a recorder that ends, or said that it would, may take: hours of video take minutes."""
OBJECT_DEADLINE = MINUTE
"""How long a file may take to show up after LiveKit said that it is written."""
SILENCE_DEADLINE = HOUR
"""How long past its maximum duration a recording waits for a LiveKit that cannot be reached."""

_PARALLEL = 8

_Seen: TypeAlias = "dict[str | None, Egress]"
"""What LiveKit takes for going on, by recording."""


@dataclass(frozen=True)
class RecordingEvidence:
    """Brings recordings to their end from what LiveKit, the bucket and the clock tell."""

    recordings: RecordingRepository
    rooms: RoomRepository
    recorder: "Callable[[], Recorder]"
    media: MediaStore
    presence: Presence
    max_duration: int
    """Milliseconds."""

    def egress_seen(self, egress: "Egress") -> Recording | None:
        """Write down what LiveKit says about an egress; None when it is none of ours."""
        recording_id = id_in_key(egress.object_key)
        if recording_id is None or egress.bucket not in {"", self.media.bucket}:
            return None
        try:
            return self._egress_seen(self.recordings.get(recording_id), egress)
        except RecordingNotFound:
            self._end_ownerless(egress)
            return None

    def object_seen(self, key: str) -> Recording | None:
        """Write down that a file is in the bucket; None when it is none of ours, or gone."""
        recording_id = id_in_key(key)
        if recording_id is None:
            return None
        try:
            recording = self.recordings.get(recording_id)
            if recording.object_key != key:
                return None
            if recording.status is Status.READY:
                return self._file_replaced(recording)
            return self._look_into_bucket(recording)
        except RecordingNotFound:
            if self.recordings.was_deleted(recording_id):
                logger.warning("file of a deleted recording deleted", extra={"key": key})
                self.media.delete_one(key)
            return None

    def sweep(self, deadline: Milliseconds) -> tuple[int, int]:
        """Look at every recording that has no end; return how many got one, and how many wait.

        Takes up no new one after the deadline. One that fails is in no other's way.
        """
        due = [each for each, _ in self.recordings.due(clock.now())]
        if not due:
            return 0, 0
        try:
            seen: _Seen | None = {
                id_in_key(each.object_key): each
                for each in self.recorder().under_way()
                if each.bucket in {"", self.media.bucket}
            }
        except Exception:  # whatever it is: the bucket may still tell
            logger.warning("LiveKit cannot be asked; only the bucket is", exc_info=True)
            seen = None

        def attempt(recording_id: str) -> bool:
            if clock.now() >= deadline:
                return False
            try:
                return self._settle(self.recordings.get(recording_id), seen)
            except RecordingNotFound:
                return self._settle_deleted(recording_id)
            except Exception:
                logger.exception("recording not settled", extra={"recording": recording_id})
                return False

        with ThreadPoolExecutor(_PARALLEL) as pool:
            settled = list(pool.map(attempt, due))
        return settled.count(True), settled.count(False)

    def _egress_seen(self, recording: Recording, egress: "Egress") -> Recording:
        facts: dict[str, Any] = {
            "egressId": egress.id,
            "startedAt": egress.started_at,
            "endedAt": egress.ended_at,
            "duration": egress.duration,
        }
        failure = reasons.of_failure(egress)
        if failure is not None:
            # What the recorder says of itself counts only when there is no file to say better.
            recording = self._look_into_bucket(recording)
            extra = {"recording": recording.id, "reason": failure, **reasons.words(egress)}
            logger.warning("egress failed", extra=extra)
            facts["error"] = failure
        recording = self._write(recording, egress.evidence, facts)
        if egress.is_over and failure is None:
            recording = self._look_into_bucket(recording)
        if recording.is_finished:
            self._end_ownerless(egress)
        elif recording.stop_requested_at is not None and not egress.is_over:
            self._stop_again(egress)
        return recording

    def _end_ownerless(self, egress: "Egress") -> None:
        """Stop an egress that goes on though its recording has its end, or is no more."""
        if not egress.is_over and egress.bucket == self.media.bucket:
            logger.warning("stopping an egress nobody waits for", extra={"egress": egress.id})
            self._stop_again(egress)

    def _look_into_bucket(self, recording: Recording) -> Recording:
        if recording.status is Status.READY:
            return recording
        file = self.media.find(recording.object_key)
        return recording if file is None else self._file_found(recording, file)

    def _file_found(self, recording: Recording, file: StoredFile) -> Recording:
        if not file.size:
            if recording.status is Status.FAILED:
                return recording
            logger.warning("file of a recording is empty", extra={"recording": recording.id})
            facts: dict[str, Any] = {"error": reasons.EMPTY_FILE, "givenUpAt": clock.now()}
            return self._write(recording, Evidence.EMPTY_OBJECT_SEEN, facts)
        facts = {"size": file.size, "etag": file.etag}
        return self._write(recording, Evidence.OBJECT_SEEN, facts)

    def _file_replaced(self, recording: Recording) -> Recording:
        """Write down size and ETag of the file that a READY recording has by now."""
        while True:
            file = self.media.find(recording.object_key)
            if file is None or (file.size, file.etag) == (recording.size, recording.etag):
                return recording
            if self.recordings.replace_file(recording, size=file.size, etag=file.etag):
                logger.warning("file of a recording replaced", extra={"recording": recording.id})
                return recording
            # Another event was faster, and what it saw may be older or newer: look again.
            recording = self.recordings.get(recording.id)

    def _write(self, recording: Recording, evidence: Evidence, facts: dict[str, Any]) -> Recording:
        if advance(recording.status, evidence) not in RECORDING:
            # First of all: what is written as over may be deleted, and nobody would do it then.
            self.rooms.release(recording.room_name, recording.id)
        return self.recordings.observe(recording.id, evidence, facts)

    def _settle(self, recording: Recording, seen: "_Seen | None") -> bool:
        """Find out what became of a recording; tell whether no sweep has to look again."""
        found_in = recording.status
        egress = None
        if not recording.is_finished or recording.ended_at is None:
            egress = self._find(recording, seen)
            if egress is not None:
                recording = self._egress_seen(recording, egress)
        looked = egress is not None and egress.is_over  # as _egress_seen does then
        if not looked:
            # A dead worker seems to record on, though its file is there.
            recording = self._look_into_bucket(recording)
        if not recording.is_finished:
            recording = self._give_up_or_end(recording, egress, silent=seen is None)
        if not recording.is_finished or self._details_may_come(recording, egress, seen):
            return False
        self.rooms.release(recording.room_name, recording.id)
        self.recordings.settled(recording.id, look_again_at=self._next_look(recording))
        if recording.status is not found_in:
            metrics.count("RecordingsSettledBySweep")
        return True

    def _next_look(self, recording: Recording) -> Milliseconds | None:
        """Return when to look for a late file, ever more seldom; None for never again."""
        now, until = clock.now(), recording.file_may_come_until
        if until is None or recording.given_up_at is None or now >= until:
            return None
        return Milliseconds(min(now + max(now - recording.given_up_at, MINUTE), until))

    def _settle_deleted(self, recording_id: str) -> bool:
        """Delete the file that came for a deleted recording, in case nobody told of it."""
        key = self.recordings.late_file_of_deleted(recording_id)
        if key is not None:
            self.media.delete_one(key)
            self.recordings.deleted_for_good(recording_id)
        return True

    def _find(self, recording: Recording, seen: "_Seen | None") -> "Egress | None":
        if seen is None:
            return None
        if recording.id in seen:
            return seen[recording.id]
        ended = self.recorder().in_room(recording.room_name)
        return next((each for each in ended if each.object_key == recording.object_key), None)

    def _details_may_come(
        self, recording: Recording, egress: "Egress | None", seen: "_Seen | None"
    ) -> bool:
        """Tell whether LiveKit may still know how long a READY recording is."""
        if recording.status is not Status.READY or recording.ended_at is not None:
            return False
        asked = seen is not None and (egress is None or egress.is_over)
        return not asked and clock.now() < self._last_moment(recording)

    def _give_up_or_end(
        self, recording: Recording, egress: "Egress | None", *, silent: bool
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
            recording = self._write(recording, Evidence.LOST, {"error": reason, "givenUpAt": now})
            if recording.error == reason:  # and no file came in this very moment
                metrics.count("RecordingsLost")
        return recording

    def _end(
        self, recording: Recording, egress: "Egress", now: Milliseconds
    ) -> tuple[Recording, bool]:
        """Stop a recording; return it, and whether LiveKit answered that it will end."""
        recording = self._write(recording, Evidence.STOP_REQUESTED, {"stopRequestedAt": now})
        return recording, self._stop_again(egress)

    def _hopeless(
        self, recording: Recording, egress: "Egress | None", now: Milliseconds, *, silent: bool
    ) -> str | None:
        """Return why nobody will bring a recording to its end any more; None if somebody may."""
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
            where = {"key": recording.object_key, "bucket": self.media.bucket}
            return reasons.of_missing_file(egress, **where)
        if egress.evidence is Evidence.EGRESS_ENDING:
            since = egress.updated_at or recording.stop_requested_at or recording.created_at
            return reasons.NO_ANSWER if now > since + UPLOAD_DEADLINE else None
        asked, answered = recording.stop_requested_at, recording.stop_answered_at
        if asked is None or now <= asked + STOP_DEADLINE:
            return None
        if answered is not None and now > answered + UPLOAD_DEADLINE:
            return reasons.NEVER_ENDED
        # It may be that LiveKit was away all the time, and ends it only now.
        if not self._stop_again(egress):
            return reasons.NO_ANSWER
        if answered is None:
            self._write(recording, Evidence.STOP_REQUESTED, {"stopAnsweredAt": now})
        return None

    def _has_to_end(self, recording: Recording, now: Milliseconds) -> bool:
        if now > (recording.started_at or recording.created_at) + self.max_duration:
            return True
        try:
            return not self.rooms.get(recording.room_name).is_open(now)
        except RoomNotFound:
            return True

    def _last_moment(self, recording: Recording) -> int:
        return recording.created_at + self.max_duration + SILENCE_DEADLINE

    def _stop_again(self, egress: "Egress") -> bool:
        """Stop an egress, unless it is ending; True if LiveKit answered that it will end."""
        if egress.evidence is Evidence.EGRESS_ENDING:
            return True
        try:
            self.recorder().stop(egress.id)
        except MediaServerUnavailable:
            logger.warning("stop not answered", extra={"egress": egress.id}, exc_info=True)
            return False
        return True
