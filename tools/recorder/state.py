"""The files of one egress while it records; they are removed at its end."""

from dataclasses import dataclass
from pathlib import Path

_PREFIX = "EG_"


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one egress."""

    directory: Path
    egress_id: str

    @property
    def film(self) -> Path:
        """Written by the recorder, then uploaded."""
        return self.directory / f"{self.egress_id}.mp4"

    @property
    def manifest(self) -> Path:
        """LiveKit's description of the upload."""
        return self.directory / f"{self.egress_id}.manifest.json"

    def clear(self) -> None:
        """Remove the files."""
        for path in (self.film, self.manifest, self.film.with_suffix(".lock")):
            path.unlink(missing_ok=True)


def clear_all(directory: Path) -> None:
    """Remove the files of a killed worker: they are lost, as with LiveKit's egress."""
    for path in directory.glob(f"{_PREFIX}*"):
        path.unlink()
