"""Deleting recordings: a claim, file and links, then the item, so that it can be repeated."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from meet.actors import RETENTION, Actor
from meet.recordings.custody import Custody
from meet.recordings.errors import RecordingHeld, RecordingNotFinished, RecordingNotFound
from meet.recordings.lifecycle import Status
from meet.recordings.link_repository import LinkRepository
from meet.recordings.media import MAX_DELETES, MediaStore
from meet.recordings.model import Recording
from meet.recordings.repository import RecordingRepository

logger = logging.getLogger(__name__)

NOT_NOW = "It could not be deleted now"


@dataclass(frozen=True)
class RecordingDeletion:
    """Deletes finished recordings, unless they are held."""

    recordings: RecordingRepository
    custody: Custody
    links: LinkRepository
    media: MediaStore
    trash: int
    """Milliseconds within which a deletion can be undone; 0 deletes at once."""

    def delete(self, recording_id: str, *, by: Actor) -> None:
        """Delete one recording.

        Raises RecordingNotFound, RecordingNotFinished or RecordingHeld.
        """
        while True:
            recording = self.recordings.get(recording_id)
            if not recording.is_finished:
                raise RecordingNotFinished
            if recording.hold is not None:
                raise RecordingHeld
            if self.trash and recording.claim is None:
                if self.custody.throw_away(recording, lasting=self.trash, by=by):
                    return
            elif self.custody.claim(recording, by=by):
                self.media.delete_one(recording.object_key)
                self._delete_links(recording)
                if self.recordings.delete(recording, by=by):
                    return
            # it was FAILED, and its file has just arrived, or it is held now

    def delete_many(
        self, recording_ids: Sequence[str], *, by: Actor
    ) -> tuple[list[str], dict[str, str]]:
        """Delete several, at most MAX_DELETES; return the deleted ids, and the others' errors."""
        wanted = list(dict.fromkeys(recording_ids))[:MAX_DELETES]
        refused = dict.fromkeys(wanted, RecordingNotFound.message)
        ready: list[Recording] = []
        failed: list[Recording] = []
        for recording in self.recordings.get_many(wanted):
            if not recording.is_finished:
                refused[recording.id] = RecordingNotFinished.message
            elif recording.hold is not None:
                refused[recording.id] = RecordingHeld.message
            else:
                refused[recording.id] = NOT_NOW
                (ready if recording.status is Status.READY else failed).append(recording)
        # The batch comes first: if all of it fails, no deletion goes unreported.
        for each in self._delete_batch(ready, by) if ready else ():
            del refused[each]
        for recording in failed:  # its file may arrive just now, which a batch would not notice
            try:
                self.delete(recording.id, by=by)
            except (RecordingNotFound, RecordingHeld) as error:  # by another request, meanwhile
                refused[recording.id] = error.message
            except (OSError, ClientError, BotoCoreError):
                logger.exception("recording not deleted", extra={"recording": recording.id})
            else:
                del refused[recording.id]
        deleted = [each for each in wanted if each not in refused]
        return deleted, {each: refused[each] for each in wanted if each in refused}

    def _delete_batch(self, recordings: list[Recording], by: Actor) -> set[str]:
        """Return the ids of the recordings that are deleted: by S3 and DynamoDB, or to the trash.

        A recording that is held meanwhile is not deleted.
        """
        if self.trash:
            unmoved = self.custody.throw_away_many(recordings, lasting=self.trash, by=by)
            return {each.id for each in recordings} - unmoved
        unclaimed = self.custody.claim_many(recordings, by=by)
        claimed = [each for each in recordings if each.id not in unclaimed]
        if not claimed:
            return set()
        kept = self.media.delete([each.object_key for each in claimed])
        ids: list[str] = []
        for each in claimed:
            if each.object_key not in kept:
                try:
                    self._delete_links(each)
                except TimeoutError:
                    logger.exception("share links left to the sweep", extra={"recording": each.id})
                else:
                    ids.append(each.id)
        return set(ids) - self.recordings.delete_many(ids, by=by)

    def finish(self, recording: Recording) -> bool:
        """Delete a recording that is over, or whose deletion stopped, in all versions of its file.

        False if it is held.
        """
        asked = recording.claim or recording.trash
        by = RETENTION if asked is None else asked.by
        if not self.custody.claim(recording, by=by):
            return False
        self.media.delete_forever(recording.object_key)
        self._delete_links(recording)
        return self.recordings.delete(recording, by=by)

    def _delete_links(self, recording: Recording) -> None:
        if recording.links_made:
            self.links.delete_all(recording.id)
