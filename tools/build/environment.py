"""Creates .venv from uv.lock; needs only Python, not even uv."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
SUPPORTED = ((3, 11), (3, 12), (3, 13))
UV_VERSION = "0.13.9"
INSTALL_SECONDS = 1800  # a slow machine is not a missing network
OLDEST_UV = (0, 9)
LOCAL = ROOT / ".local"
OWN_UV = LOCAL / "uv"


class Impossible(Exception):
    """.venv cannot be created; the message says what is missing and what to do."""


def _output(*command: str) -> str:
    """Return the command's output; empty if it cannot be run."""
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def version_of(python: str) -> tuple[int, ...]:
    """Return the Python's major and minor version; empty if it does not run."""
    reported = _output(python, "-c", "import sys; print(*sys.version_info[:2])")
    return tuple(int(part) for part in reported.split())


def find_python() -> str:
    """Return a supported Python, the one of an existing .venv first; raises Impossible."""
    seen = []
    # A name that exists may still not run (pyenv's shims), so every candidate is asked.
    for name in (str(VENV / "bin" / "python"), "python3.13", "python3.12", "python3.11", "python3"):
        path = shutil.which(name)
        version = version_of(path) if path else ()
        if path and version in SUPPORTED:
            return path
        if version:
            seen.append(version)
    names = ", ".join(".".join(map(str, version)) for version in seen)
    found = f"only Python {names} was found" if seen else "no Python was found"
    newer = " (newer ones are not supported yet)" if seen and max(seen) > SUPPORTED[-1] else ""
    raise Impossible(f"Python 3.11, 3.12 or 3.13 is needed and {found}{newer}: install one.")


def _works(uv: str) -> bool:
    version = re.search(r"(\d+)\.(\d+)", _output(uv, "--version"))
    return bool(version) and tuple(map(int, version.groups())) >= OLDEST_UV  # type: ignore[union-attr]


def find_uv() -> str | None:
    """Return a uv that reads our lock file: the one on PATH, else our own."""
    for name in ("uv", str(OWN_UV / "bin" / "uv")):
        path = shutil.which(name)
        if path and _works(path):
            return path
    return None


def _attempt(*command: str) -> str:
    """Run a step of the installation; return the error, empty if it succeeded."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"it took longer than {INSTALL_SECONDS // 60} minutes"
    except OSError as error:
        return str(error)
    said = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return (
        "" if done.returncode == 0 else (said[-1] if said else f"it ended with {done.returncode}")
    )


def _install_uv(python: str) -> str:
    """Install uv from PyPI and return its path; raises Impossible."""
    print("Installing uv ...", flush=True)
    shutil.rmtree(OWN_UV, ignore_errors=True)
    install = ("-m", "pip", "install", "-q", "--disable-pip-version-check", f"uv=={UV_VERSION}")
    if not _attempt(python, "-m", "venv", str(OWN_UV)):
        failed = _attempt(str(OWN_UV / "bin" / "python"), *install)
    else:  # Debian splits ensurepip off; pip alone will do.
        shutil.rmtree(OWN_UV, ignore_errors=True)
        failed = _attempt(python, *install, "--target", str(OWN_UV))
    uv = find_uv()
    if uv is None:
        raise Impossible(
            f"uv could not be installed from PyPI with {python} ({failed or 'it does not run'}): "
            "install uv (https://docs.astral.sh/uv) and try again."
        )
    return uv


def make_venv() -> None:
    """Bring .venv in line with uv.lock; raises Impossible."""
    LOCAL.mkdir(mode=0o700, exist_ok=True)
    LOCAL.chmod(0o700)  # the local stack keeps keys and people's links in it
    python = find_python()
    uv = find_uv() or _install_uv(python)
    if not VENV.exists():
        print("Installing the Python packages into .venv ...", flush=True)
    environment = {
        **os.environ,
        "UV_PROJECT_ENVIRONMENT": str(VENV),
        "UV_PYTHON_DOWNLOADS": "never",
    }
    environment.pop("VIRTUAL_ENV", None)
    done = subprocess.run(
        [uv, "sync", "--frozen", "--quiet", "--python", python],
        cwd=ROOT,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise Impossible(
            "The Python packages of uv.lock could not be installed; uv says why above. Try again."
        )


if __name__ == "__main__":
    try:
        make_venv()
    except Impossible as reason:
        sys.exit(str(reason))
