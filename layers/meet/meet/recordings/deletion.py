"""How recordings are deleted: the file first, then the item, so that it can be repeated."""

from collections.abc import Sequence
from dataclasses import dataclass

from meet.errors import RecordingNotFinished, RecordingNotFound
from meet.recordings.media import MAX_DELETES, MediaStore
from meet.recordings.model import Recording
from meet.recordings.repository import RecordingRepository


@dataclass(frozen=True)
class RecordingDeletion:
    """Deletes finished recordings."""

    recordings: RecordingRepository
    media: MediaStore

    def delete(self, recording_id: str) -> None:
        """Delete one; raise RecordingNotFound, RecordingNotFinished."""
        recording = self.recordings.get(recording_id)
        if not recording.is_finished:
            raise RecordingNotFinished
        if self.media.delete([recording.object_key]):
            raise OSError(f"S3 did not delete {recording.object_key}")
        self.recordings.delete(recording.id)

    def delete_many(self, recording_ids: Sequence[str]) -> tuple[list[str], dict[str, str]]:
        """Delete several, at most MAX_DELETES; return those gone, and why the others are not."""
        wanted = list(dict.fromkeys(recording_ids))[:MAX_DELETES]
        refused = dict.fromkeys(wanted, RecordingNotFound.message)
        finished: dict[str, Recording] = {}
        for recording in self.recordings.get_many(wanted):
            if recording.is_finished:
                finished[recording.id] = recording
            else:
                refused[recording.id] = RecordingNotFinished.message
        if finished:
            kept = self.media.delete([each.object_key for each in finished.values()])
            clean = [each.id for each in finished.values() if each.object_key not in kept]
            gone = set(clean) - self.recordings.delete_many(clean)
            for each in finished:
                refused[each] = "It could not be deleted now"
            for each in gone:
                del refused[each]
        deleted = [each for each in wanted if each not in refused]
        return deleted, {each: refused[each] for each in wanted if each in refused}
