"""Runs uv, which installs and unpacks the locked Python packages."""

import os
import shutil
import subprocess
from pathlib import Path

from tools import ROOT
from tools.build.environment import find_uv


class BuildFailed(Exception):
    """A build failed; the message has the tool's own output."""


def run(*arguments: str | Path) -> str:
    """Run uv in the repository and return its output; raises BuildFailed."""
    uv = find_uv()
    if uv is None:
        raise BuildFailed("uv is missing: run make run, test or check once, they install it.")
    done = subprocess.run(
        [uv, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildFailed(done.stderr.strip())
    return done.stdout


def unpack(requirements: str, target: Path, options: tuple[str, ...]) -> None:
    """Unpack the wheels of a list of requirements into a new folder; raises BuildFailed."""
    building = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    listing = building.with_suffix(".txt")
    listing.write_text(requirements)
    try:
        run("pip", "install", "--quiet", "--no-deps", *options, "--target", building, "-r", listing)
        if not target.exists():
            building.rename(target)
    finally:
        listing.unlink()
        shutil.rmtree(building, ignore_errors=True)
