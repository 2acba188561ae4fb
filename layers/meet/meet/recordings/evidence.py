"""Records what LiveKit, the bucket and the sweep see of recordings."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from meet import clock
from meet.errors import MediaServerUnavailable, RecordingNotFound
from meet.livekit.recorder import Egress, EgressState, Recorder
from meet.recordings import reasons
from meet.recordings.lifecycle import RECORDING, Evidence, Status, advance
from meet.recordings.media import MediaStore, StoredFile
from meet.recordings.model import Recording, id_in_key
from meet.recordings.repository import RecordingRepository
from meet.rooms.repository import RoomRepository

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RecordingEvidence:
    """Advances recordings by what is seen of them, in whatever order it comes."""

    recordings: RecordingRepository
    rooms: RoomRepository
    recorder: Callable[[], Recorder]
    media: MediaStore
    retention: int
    """Milliseconds that a recording is kept after its end; 0 for ever."""

    def egress_seen(self, egress: Egress) -> Recording | None:
        """Write down what LiveKit says about an egress; None when it is none of ours."""
        recording_id = id_in_key(egress.object_key)
        if recording_id is None or egress.bucket not in {"", self.media.bucket}:
            return None
        try:
            return self.egress_of(self.recordings.get(recording_id), egress)
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
            return self.look_into_bucket(recording)
        except RecordingNotFound:
            if self.recordings.was_deleted(recording_id):
                logger.warning("file of a deleted recording deleted", extra={"key": key})
                self.media.delete_one(key)
            return None

    def egress_of(self, recording: Recording, egress: Egress) -> Recording:
        """Write down what LiveKit says about the egress of a recording; return what is known."""
        facts: dict[str, Any] = {
            "egressId": egress.id,
            "startedAt": egress.started_at,
            "endedAt": egress.ended_at,
            "duration": egress.duration,
        }
        failure = reasons.of_failure(egress)
        if failure is not None:
            # What the recorder says of itself counts only when there is no file to say better.
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
        """Stop an egress that goes on though its recording has its end, or is no more."""
        if not egress.is_over and egress.bucket == self.media.bucket:
            logger.warning("stopping an egress nobody waits for", extra={"egress": egress.id})
            self.stop_egress(egress)

    def look_into_bucket(self, recording: Recording) -> Recording:
        """Make a recording READY if its file is there; return what is known then."""
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
            return self.write(recording, Evidence.EMPTY_OBJECT_SEEN, facts)
        facts = {"size": file.size, "etag": file.etag}
        return self.write(recording, Evidence.OBJECT_SEEN, facts)

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

    def write(self, recording: Recording, evidence: Evidence, facts: dict[str, Any]) -> Recording:
        """Advance a recording, and free its room if it is over; return what is known then."""
        if advance(recording.status, evidence) not in RECORDING:
            # First of all: what is written as over may be deleted, and nobody would do it then.
            self.rooms.release(recording.room_name, recording.id)
        return self.recordings.observe(recording.id, evidence, facts, retention=self.retention)

    def stop_egress(self, egress: Egress) -> bool:
        """Stop an egress, unless it is ending; True if LiveKit answered that it will end."""
        if egress.state is EgressState.ENDING:
            return True
        try:
            self.recorder().stop(egress.id)
        except MediaServerUnavailable:
            logger.warning("stop not answered", extra={"egress": egress.id}, exc_info=True)
            return False
        return True
