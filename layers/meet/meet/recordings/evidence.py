"""The evidence about recordings: from LiveKit, from the bucket and from the sweep."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from meet import clock
from meet.clock import DAY
from meet.errors import MediaServerUnavailable
from meet.livekit.recorder import Egress, EgressState, Recorder
from meet.recordings import reasons
from meet.recordings.errors import RecordingNotFound
from meet.recordings.lifecycle import RECORDING, Evidence, Status, advance
from meet.recordings.media import MediaStore, StoredFile
from meet.recordings.model import Recording, id_in_key
from meet.recordings.repository import RecordingRepository
from meet.rooms.repository import RoomRepository

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RecordingEvidence:
    """Advances recordings by evidence, which may come in any order."""

    recordings: RecordingRepository
    rooms: RoomRepository
    recorder: Callable[[], Recorder]
    media: MediaStore
    retention: int
    """Milliseconds that a recording is kept after its end; 0 for ever."""

    def egress_seen(self, egress: Egress) -> Recording | None:
        """Store the state of an egress; return its recording, None if it has none."""
        recording_id = id_in_key(egress.object_key)
        if recording_id is None or egress.bucket not in {"", self.media.bucket}:
            return None
        try:
            recording = self.egress_of(self.recordings.find(recording_id), egress)
        except RecordingNotFound:
            self._end_ownerless(egress)
            return None
        ids = {"recording": recording.id, "room": recording.room_name}
        extra = {**ids, "status": recording.status, **reasons.words(egress)}
        logger.info("egress status changed", extra=extra)
        return recording

    def object_seen(self, key: str) -> Recording | None:
        """Store that a file is in the bucket; return its recording, None if it has none."""
        recording_id = id_in_key(key)
        if recording_id is None:
            return None
        try:
            recording = self.recordings.find(recording_id)
            if recording.object_key != key:
                return None
            if recording.status is Status.READY:
                return self._file_replaced(recording)
            return self.look_into_bucket(recording)
        except RecordingNotFound:
            if self.recordings.was_deleted(recording_id):
                logger.warning("late file deleted", extra={"key": key})
                self.media.delete_one(key)
            return None

    def egress_of(self, recording: Recording, egress: Egress) -> Recording:
        """Store the state of a recording's egress; return the updated recording."""
        facts: dict[str, Any] = {
            "egressId": egress.id,
            "startedAt": egress.started_at,
            "endedAt": egress.ended_at,
            "duration": egress.duration,
        }
        failure = reasons.of_failure(egress)
        if failure is not None:
            # The recorder's failure counts only if there is no file.
            recording = self.look_into_bucket(recording)
            extra = {"recording": recording.id, "reason": failure, **reasons.words(egress)}
            logger.warning("egress failed", extra=extra)
            facts["error"] = failure
        recording = self.write(recording, Evidence(egress.state), facts)
        if egress.is_over and failure is None:
            recording = self.look_into_bucket(recording)
        if recording.is_finished:
            self._end_ownerless(egress)
        elif recording.stop_requested_at is not None and not egress.is_over:
            self.stop_egress(egress)
        return recording

    def _end_ownerless(self, egress: Egress) -> None:
        """Stop an active egress whose recording has ended or was deleted."""
        if not egress.is_over and egress.bucket == self.media.bucket:
            logger.warning("ownerless egress stopped", extra={"egress": egress.id})
            self.stop_egress(egress)

    def look_into_bucket(self, recording: Recording) -> Recording:
        """Make a recording READY if its file is in the bucket; return the updated recording."""
        if recording.status is Status.READY:
            return recording
        file = self.media.find(recording.object_key)
        return recording if file is None else self._file_found(recording, file)

    def _file_found(self, recording: Recording, file: StoredFile) -> Recording:
        if not file.size:
            if recording.status is Status.FAILED:
                return recording
            logger.warning("recording file empty", extra={"recording": recording.id})
            facts: dict[str, Any] = {"error": reasons.EMPTY_FILE, "givenUpAt": clock.now()}
            return self.write(recording, Evidence.EMPTY_OBJECT_SEEN, facts)
        facts = {"size": file.size, "etag": file.etag, "fileVersion": file.version}
        written = self.write(recording, Evidence.OBJECT_SEEN, facts)
        if (written.etag, written.file_version) == (file.etag, file.version):
            return written
        # Somebody else saw the file before it was replaced, or after, and was quicker to store it.
        return self._file_replaced(written)

    def _file_replaced(self, recording: Recording) -> Recording:
        """Store the size, ETag and version of a READY recording's current file."""
        while True:
            file = self.media.find(recording.object_key)
            known = recording.size, recording.etag, recording.file_version
            if file is None or (file.size, file.etag, file.version) == known:
                return recording
            if self.recordings.replace_file(
                recording, size=file.size, etag=file.etag, version=file.version
            ):
                logger.info("recording file replaced", extra={"recording": recording.id})
                return recording
            # Another event stored what it saw, which may be older or newer: check again.
            recording = self.recordings.find(recording.id)

    def write(self, recording: Recording, evidence: Evidence, facts: dict[str, Any]) -> Recording:
        """Advance a recording, and free its room if it has ended; return the updated recording."""
        if advance(recording.status, evidence) not in RECORDING:
            # Before the final status: after it the recording may be deleted, and nothing would
            # free its room.
            self.rooms.release(recording.room_name, recording.id)
        days = recording.retention_days
        retention = self.retention if days is None else days * DAY
        return self.recordings.observe(recording.id, evidence, facts, retention)

    def stop_egress(self, egress: Egress) -> bool:
        """Stop an egress, unless it is ending; True if LiveKit confirmed that it will end."""
        if egress.state is EgressState.ENDING:
            return True
        try:
            self.recorder().stop(egress.id)
        except MediaServerUnavailable:
            logger.warning("egress stop unanswered", extra={"egress": egress.id}, exc_info=True)
            return False
        return True


def is_known(recording: Recording, egress: Egress) -> bool:
    """True if everything that an active egress tells is stored: writing it would change nothing."""
    return (
        recording.status in RECORDING
        and advance(recording.status, Evidence(egress.state)) is recording.status
        and recording.egress_id is not None
        and (egress.started_at is None or recording.started_at is not None)
    )
