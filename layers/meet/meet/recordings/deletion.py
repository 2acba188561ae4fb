"""Deleting recordings: the file first, then the item, so that a deletion can be repeated."""

from collections.abc import Sequence
from dataclasses import dataclass

from meet.actors import Actor
from meet.recordings.errors import RecordingNotFinished, RecordingNotFound
from meet.recordings.lifecycle import Status
from meet.recordings.media import MAX_DELETES, MediaStore
from meet.recordings.model import Recording
from meet.recordings.repository import RecordingRepository

NOT_NOW = "It could not be deleted now"


@dataclass(frozen=True)
class RecordingDeletion:
    """Deletes finished recordings."""

    recordings: RecordingRepository
    media: MediaStore

    def delete(self, recording_id: str, *, by: Actor) -> None:
        """Delete one recording; raises RecordingNotFound or RecordingNotFinished."""
        while True:
            recording = self.recordings.get(recording_id)
            if not recording.is_finished:
                raise RecordingNotFinished
            self.media.delete_one(recording.object_key)
            if self.recordings.delete(recording, by=by):
                return
            # it was FAILED, and its file has just arrived: delete that too

    def delete_many(
        self, recording_ids: Sequence[str], *, by: Actor
    ) -> tuple[list[str], dict[str, str]]:
        """Delete several, at most MAX_DELETES; return the deleted ids, and the others' errors."""
        wanted = list(dict.fromkeys(recording_ids))[:MAX_DELETES]
        refused = dict.fromkeys(wanted, RecordingNotFound.message)
        ready: list[Recording] = []
        for recording in self.recordings.get_many(wanted):
            if not recording.is_finished:
                refused[recording.id] = RecordingNotFinished.message
            elif recording.status is Status.READY:
                ready.append(recording)
                refused[recording.id] = NOT_NOW
            else:  # its file may arrive just now, which a batch would not notice
                try:
                    self.delete(recording.id, by=by)
                except RecordingNotFound:
                    continue  # another request deleted it
                except OSError:
                    refused[recording.id] = NOT_NOW
                else:
                    del refused[recording.id]
        if ready:
            for each in self._delete_batch(ready, by):
                del refused[each]
        deleted = [each for each in wanted if each not in refused]
        return deleted, {each: refused[each] for each in wanted if each in refused}

    def _delete_batch(self, recordings: list[Recording], by: Actor) -> set[str]:
        """Return the ids of the recordings that both S3 and DynamoDB deleted."""
        kept = self.media.delete([each.object_key for each in recordings])
        clean = [each.id for each in recordings if each.object_key not in kept]
        return set(clean) - self.recordings.delete_many(clean, by=by)
