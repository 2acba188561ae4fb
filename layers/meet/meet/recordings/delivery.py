"""Access to a READY recording's file: a link to our stream, one to the bucket, or the bytes."""

from collections.abc import Callable
from dataclasses import dataclass

from meet import clock
from meet.access import API
from meet.clock import Milliseconds
from meet.recordings import playback
from meet.recordings.errors import RecordingNotFound
from meet.recordings.media import Link, MediaStore, content_disposition
from meet.recordings.repository import RecordingRepository
from meet.recordings.stream import RecordingStream, StreamAnswer, StreamRequest, stream_query


@dataclass(frozen=True)
class RecordingDelivery:
    """Delivers recordings; each method raises RecordingNotFound or RecordingNotReady."""

    recordings: RecordingRepository
    media: Callable[[], MediaStore]
    playback_key: Callable[[], bytes]

    def stream_link(self, recording_id: str, *, origin: str) -> Link:
        """Return a link to the stream that needs no API key.

        It opens only this recording, until it expires or the recording is deleted.
        """
        recording = self.recordings.ready(recording_id)
        expires_at = recording.end_of_access(Milliseconds(clock.now() + playback.LIFETIME))
        token = playback.sign(recording.id, expires_at=expires_at, key=self.playback_key())
        query = stream_query(recording, **{playback.PARAMETER: token})
        return Link(f"{origin}/meet{API}/recordings/{recording.id}/stream?{query}", expires_at)

    def file_link(self, recording_id: str, *, is_download: bool) -> Link:
        """Return a presigned link to the file, to play it or to save it by its title."""
        recording, media = self.recordings.ready(recording_id), self.media()
        if media.find(recording.object_key) is None:
            raise RecordingNotFound  # otherwise the player would get S3's XML error
        kind = "attachment" if is_download else "inline"
        disposition = content_disposition(kind, recording.title)
        return media.link(recording.object_key, disposition=disposition)

    def stream(self, recording_id: str, request: StreamRequest) -> StreamAnswer:
        """Return the bytes that a request asks for, at most 4 MiB of them, or a redirect.

        Also raises InvalidRangeHeader or RangeNotSatisfiable.
        """
        return RecordingStream(self.media(), self.recordings.ready(recording_id), request).answer()

    def download(self, recording_id: str, request: StreamRequest) -> StreamAnswer:
        """Return the same, for clients that save the file by its title."""
        recording = self.recordings.ready(recording_id)
        return RecordingStream(self.media(), recording, request, "attachment").answer()
