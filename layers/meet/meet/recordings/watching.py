"""Share links as their bearers see them: what they show, and the bytes behind it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from meet import clock
from meet.clock import Milliseconds
from meet.recordings import playback
from meet.recordings.errors import DownloadNotAllowed, LinkExpired, LinkNotFound, LinkUsedUp
from meet.recordings.link_repository import LinkRepository
from meet.recordings.links import NOTED_EVERY, PASS, VIEW, ShareLink, viewer
from meet.recordings.media import MediaStore
from meet.recordings.model import Recording
from meet.recordings.repository import RecordingRepository
from meet.recordings.stream import RecordingStream, StreamAnswer, StreamRequest, stream_query


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened link: its recording, and the player's pass."""

    recording: Recording
    link: ShareLink
    query: str
    """Of the stream's URL. It has a pass for players, and not the link's token: URLs end up in
    logs."""
    pass_expires_at: Milliseconds


@dataclass(frozen=True)
class SharedPlayback:
    """Plays recordings for those who have a link."""

    recordings: RecordingRepository
    links: LinkRepository
    media: Callable[[], MediaStore]
    pass_key: Callable[[], bytes]
    viewer_key: Callable[[], bytes]

    def open(self, recording_id: str, link_id: str, token: str, *, address: str) -> Opened:
        """Return the recording that a link opens. The first bytes count as a view, not this.

        Raises LinkNotFound, LinkExpired, LinkUsedUp, RecordingNotFound or RecordingNotReady.
        """
        watcher = viewer(link_id, address, self.viewer_key())
        link, viewed_until = self.links.seen_by(recording_id, link_id, watcher)
        if not link.is_opened_by(token):
            raise LinkNotFound
        recording = self.recordings.ready(recording_id)
        now = clock.now()
        _check(link, viewed_until, now)
        # Also beyond the link's end, which each request checks: it then says that it has expired.
        ends = Milliseconds(now + playback.LIFETIME)
        opens = _opened_by_pass(recording_id, link_id)
        player_pass = playback.sign(opens, expires_at=ends, key=self.pass_key())
        query = stream_query(recording, **{PASS: player_pass})
        link = link.within(recording.kept_until)
        return Opened(recording, link, query, min(ends, link.draft.expires_at))

    def stream(
        self,
        recording_id: str,
        link_id: str,
        request: StreamRequest,
        *,
        player_pass: str,
        address: str,
        is_download: bool,
    ) -> StreamAnswer:
        """Return bytes, at most 4 MiB of them; a redirect to the file only if it may be saved.

        The first bytes for an address begin a view. Raises what `open` raises, LinkNotFound also
        for an expired pass, DownloadNotAllowed, InvalidRangeHeader or RangeNotSatisfiable.
        """
        now = clock.now()
        opens = _opened_by_pass(recording_id, link_id)
        if not playback.is_valid(player_pass, opens, now=now, key=self.pass_key()):
            raise LinkNotFound
        recording = self.recordings.ready(recording_id)
        watcher = viewer(link_id, address, self.viewer_key())
        link, viewed_until = self.links.seen_by(recording_id, link_id, watcher)
        _check(link, viewed_until, now)
        if is_download and not link.draft.allows_download:
            raise DownloadNotAllowed
        # Every client gets parts, like a player: a redirect would go on after the link is deleted.
        asked = request if is_download else replace(request, is_player=True)
        answer = RecordingStream(
            self.media(),
            recording,
            asked,
            "attachment" if is_download else "inline",
            may_redirect=link.draft.allows_download,
        ).answer()
        self._note_view(recording_id, link, watcher, viewed_until, now)
        return answer

    def _note_view(
        self,
        recording_id: str,
        link: ShareLink,
        watcher: str,
        viewed_until: Milliseconds | None,
        now: Milliseconds,
    ) -> None:
        if viewed_until is None or viewed_until <= now:
            self.links.count_view(recording_id, link, watcher, now=now)
        elif viewed_until - now <= VIEW - NOTED_EVERY:
            self.links.prolong_view(recording_id, link.id, watcher, now=now)


def _check(link: ShareLink, viewed_until: Milliseconds | None, now: Milliseconds) -> None:
    """Raise LinkExpired, or LinkUsedUp for those who are not watching already."""
    if link.is_forgotten(now):
        raise LinkNotFound
    if link.has_expired(now):
        raise LinkExpired
    is_watching = viewed_until is not None and viewed_until > now
    if link.is_used_up and not is_watching:
        raise LinkUsedUp


def _opened_by_pass(recording_id: str, link_id: str) -> str:
    """Return the text that a player's pass is signed for."""
    return f"{recording_id}/{link_id}"
