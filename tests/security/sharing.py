"""A share link that works, and what an attacker may have besides."""

import json
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from meet import clock, wiring
from meet.clock import HOUR, Milliseconds
from meet.recordings import playback
from tests.functions.links import Viewer, share
from tests.functions.recordings import Studio
from tests.functions.test_get_recording_stream import Answer

FILE = bytes(range(256)) * 8
NO_LINK = (404, "link_not_found")


@dataclass
class Stage:
    """Three links: the attacker's target, and two others that the attacker may have."""

    studio: Studio
    recording: str
    mine: Viewer
    sibling: Viewer
    """Of another link of the same recording."""
    foreign: Viewer
    """Of a link of another recording."""

    @property
    def key(self) -> bytes:
        return wiring.shared_playback().pass_key()

    def pass_of(self, link: Viewer) -> str:
        url: str = link.shown["streamUrl"]
        return parse_qs(urlsplit(url).query)["pass"][0]

    def signed(self, what: str, *, lasting: int = HOUR, key: bytes | None = None) -> str:
        ends = Milliseconds(clock.now() + lasting)
        return playback.sign(what, expires_at=ends, key=key or self.key)

    def watch(self, query: str, path: str | None = None, **headers: str) -> Answer:
        """Ask for the stream with another query, or at another path below the API."""
        stranger = Viewer(self.mine.url, self.mine.address)
        path = path or f"{self.mine.path}/stream"
        stranger.shown = {"streamUrl": f"https://x{path}?{query}"}
        return stranger.watch("bytes=0-", download=False, **headers)

    @classmethod
    def opened(cls, studio: Studio) -> "Stage":
        recording, other = studio.ready(FILE), studio.ready(FILE)
        links = [share(studio, each)["url"] for each in (recording, recording, other)]
        return cls(studio, recording, *(Viewer(each).open() for each in links))


def told(answer: Answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.content)["reason"]
