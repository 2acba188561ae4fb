"""Knows which files one egress has while it records; none outlives it."""

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
        """The recorder writes it, and it is uploaded."""
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
    """Remove what a worker that was killed has left: as with LiveKit's, it is lost."""
    for path in directory.glob(f"{_PREFIX}*"):
        path.unlink()
