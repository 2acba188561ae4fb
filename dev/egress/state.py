"""Knows what an egress leaves on disk, so that a worker that starts again can finish it."""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.json_format import MessageToDict, ParseDict
from livekit.protocol.egress import EgressInfo

from dev.egress.recorder import lock
from dev.egress.upload import Target

_WORTH_KEEPING = 4096
"""Bytes; a file without a single frame is smaller."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class State:
    """All but the secrets of one egress."""

    info: EgressInfo
    target: Target
    manifest: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one egress."""

    directory: Path
    egress_id: str

    @property
    def fragments(self) -> Path:
        """Return what the recorder writes."""
        return self.directory / f"{self.egress_id}.part.mp4"

    @property
    def final(self) -> Path:
        """Return what is uploaded."""
        return self.directory / f"{self.egress_id}.mp4"

    @property
    def manifest(self) -> Path:
        """Return LiveKit's description of the upload."""
        return self.directory / f"{self.egress_id}.manifest.json"

    @property
    def _lock(self) -> Path:
        return self.fragments.with_suffix(".lock")

    @property
    def _state(self) -> Path:
        return self.directory / f"{self.egress_id}.state.json"

    def save(self, state: State) -> None:
        """Replace the state at once: a reader sees the old or the new one."""
        text = json.dumps(
            {
                "info": MessageToDict(state.info, preserving_proto_field_name=True),
                "target": state.target.to_json(),
                "manifest": state.manifest,
            },
            indent=1,
        )
        new = self._state.with_suffix(".new")
        new.write_text(text)
        new.replace(self._state)

    def load(self) -> State:
        """Read the state; raise OSError, or ValueError if it is not one."""
        try:
            values = json.loads(self._state.read_text())
            info = ParseDict(values["info"], EgressInfo(), ignore_unknown_fields=True)
            return State(info, Target(**values["target"]), bool(values["manifest"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not an egress state: {error}") from error

    async def recorder_gone(self, timeout: float) -> bool:
        """Wait until no recorder writes here any more, `timeout` in seconds."""
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            held = lock(self._lock)
            if held:
                held.close()
                return True
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.1)

    def clear(self, *, keep_media: bool = False) -> None:
        """Remove the files, except those somebody may still want to look at."""
        for path in (self.fragments, self.final, self.manifest, self._lock, self._state):
            is_media = path in {self.fragments, self.final} and path.exists()
            if not (keep_media and is_media and path.stat().st_size > _WORTH_KEEPING):
                path.unlink(missing_ok=True)


def unfinished(directory: Path) -> Iterator[tuple[Place, State]]:
    """Yield what a worker before us left."""
    for path in sorted(directory.glob("*.state.json")):
        place = Place(directory, path.name.removesuffix(".state.json"))
        try:
            yield place, place.load()
        except (OSError, ValueError) as error:
            log.warning("%s: %s", path, error)
            path.rename(path.with_suffix(".unreadable"))
