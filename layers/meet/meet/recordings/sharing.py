"""Share links as their makers see them: made, listed and deleted."""

from dataclasses import dataclass

from meet import clock
from meet.actors import Actor
from meet.recordings.errors import LinkNotFound, RecordingNotFound
from meet.recordings.link_repository import LinkRepository
from meet.recordings.links import Draft, ShareLink
from meet.recordings.repository import RecordingRepository


@dataclass(frozen=True)
class RecordingSharing:
    """Shares recordings with people who have no account."""

    recordings: RecordingRepository
    links: LinkRepository

    def share(self, recording_id: str, draft: Draft, *, by: Actor, key: bytes) -> ShareLink:
        """Return a new link; the key makes its token.

        Raises RecordingNotFound or RecordingNotReady.
        """
        recording = self.recordings.ready(recording_id)
        link = ShareLink.new(draft, now=clock.now(), key=key)
        if not self.links.add(recording.id, link, by=by):
            raise RecordingNotFound  # it was deleted meanwhile
        return link

    def all(self, recording_id: str) -> list[ShareLink]:
        """Return the links of a recording, newest first; raises RecordingNotFound."""
        now, recording = clock.now(), self.recordings.get(recording_id)
        return [each for each in self.links.all(recording.id) if not each.is_forgotten(now)]

    def revoke(self, recording_id: str, link_id: str) -> None:
        """Delete a link, also of a recording in the trash; it opens nothing from then on.

        Raises RecordingNotFound or LinkNotFound.
        """
        try:
            self.links.delete(recording_id, link_id)
        except LinkNotFound:
            self.recordings.get(recording_id)
            raise
