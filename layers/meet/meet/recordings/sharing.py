"""Share links as their makers see them: made, listed and deleted."""

from dataclasses import dataclass

from meet import clock
from meet.actors import Actor
from meet.recordings.errors import LinkNotFound, RecordingNotFound, TooManyLinks
from meet.recordings.link_repository import LinkRepository
from meet.recordings.links import MOST_LINKS, Draft, ShareLink
from meet.recordings.model import Recording
from meet.recordings.repository import RecordingRepository


@dataclass(frozen=True)
class RecordingSharing:
    """Shares recordings with people who have no account."""

    recordings: RecordingRepository
    links: LinkRepository

    def share(self, recording_id: str, draft: Draft, *, by: Actor, key: bytes) -> ShareLink:
        """Return a new link; the key makes its token.

        Raises RecordingNotFound, RecordingNotReady or TooManyLinks.
        """
        while True:
            recording = self.recordings.ready(recording_id)
            if recording.claim is not None:
                raise RecordingNotFound  # it is being deleted
            # Counting those that are left costs a query, which few recordings need.
            if recording.links_made >= MOST_LINKS and len(self._all(recording)) >= MOST_LINKS:
                raise TooManyLinks
            link = ShareLink.new(draft, now=clock.now(), key=key)
            if self.links.add(recording, link, by=by):
                return link.within(recording.kept_until)
            # it was deleted, or shared by others, meanwhile

    def all(self, recording_id: str) -> list[ShareLink]:
        """Return the links of a recording, newest first; raises RecordingNotFound."""
        recording = self.recordings.get(recording_id)
        return [each.within(recording.kept_until) for each in self._all(recording)]

    def _all(self, recording: Recording) -> list[ShareLink]:
        now = clock.now()
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
