"""Moves the index of a recording to its beginning, so that players start at once (faststart).

LiveKit's egress writes it last. Of the media only the first bytes come here; S3 copies the rest.
"""

from dataclasses import dataclass

from meet import clock
from meet.recordings.byte_range import MAX_LENGTH
from meet.recordings.media import FileChanged, FileLost
from meet.recordings.model import id_in_key
from meet.recordings.mp4 import NotRearranged, beginning, media_of
from meet.recordings.replacement import MIN_PART, Replacement
from meet.recordings.repository import RecordingRepository

_HEAD = 64 * 1024
"""Bytes that the media have to begin within."""
MAX_INDEX = 64 * 1024 * 1024
"""Bytes of an index that fit into memory a few times: those of a day and more."""


@dataclass(frozen=True)
class Faststart:
    """Rearranges the files of recordings."""

    recordings: RecordingRepository
    files: Replacement

    def rearrange(self, key: str) -> None:
        """Put the index of a file before its media.

        Raises NotRearranged if it stays as it is: an index that is there already, a file that we do
        not understand or that is sent in one answer, or one that is deleted, held or replaced.
        """
        self._check(key)
        try:
            self._rearrange(key)
        except (FileLost, FileChanged) as error:
            raise NotRearranged("it was deleted or replaced meanwhile") from error

    def _rearrange(self, key: str) -> None:
        file = self.files.original(key)
        if file.size <= MAX_LENGTH:
            raise NotRearranged("it is sent in one answer")
        head = self.files.read(file, 0, _HEAD)
        media = media_of(head, file.size)
        if media.end == file.size:
            raise NotRearranged("it has no index")
        if file.size - media.end > MAX_INDEX:
            raise NotRearranged("its index is too large")
        first = beginning(head, media, self.files.read(file, media.end, file.size))
        # S3 wants 5 MiB in any part but the last.
        copied_from = min(media.start + max(MIN_PART - len(first), media.header), media.end)
        first += self.files.read(file, media.start, copied_from)
        with self.files.begun(file) as upload:
            self.files.add(file, upload, first)
            self.files.copy(file, upload, copied_from, media.end)
            self._check(key)  # copying may have taken a minute
            self.files.complete(file, upload)

    def _check(self, key: str) -> None:
        """Raises NotRearranged unless callers can see the recording, and it is not held."""
        recording_id = id_in_key(key)
        recording = None if recording_id is None else self.recordings.stored(recording_id)
        if recording is None or recording.object_key != key:
            raise NotRearranged("it does not belong to a recording")
        if recording.claim is not None or not recording.is_kept(clock.now()):
            raise NotRearranged("its recording is deleted")
        if recording.hold is not None:
            raise NotRearranged("its recording is held")
