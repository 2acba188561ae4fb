"""Generates clients from the OpenAPI document, as its readers do."""

import os
import shutil
import sys
from pathlib import Path

from tools import ROOT, processes, programs
from tools.build.pages import npm_command
from tools.openapi import FILE

_LOCKED = ROOT / "tools" / "openapi" / "typescript"
_INSTALLED = ROOT / ".local" / "openapi-typescript"
_LOCK = "package-lock.json"


def typescript(target: Path, log: Path) -> None:
    """Write the document's types to a file; raises Unavailable, StepFailed."""
    npm, environment = npm_command()
    if not _is_installed():
        _install(npm, environment, log)
    run = (*npm, "exec", "--offline", "--", "openapi-typescript", FILE, "--output", target)
    processes.run(run, log, environment, _INSTALLED)


def _is_installed() -> bool:
    lock = _INSTALLED / _LOCK
    return lock.exists() and lock.read_bytes() == (_LOCKED / _LOCK).read_bytes()


def _install(npm: list[str | Path], environment: dict[str, str], log: Path) -> None:
    """Install the locked packages; raises Unavailable."""
    building = _INSTALLED.with_name(f"{_INSTALLED.name}.{os.getpid()}")
    shutil.copytree(_LOCKED, building)
    try:
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error")
        processes.run([*npm, "ci", *quiet], log, environment, building)
        shutil.rmtree(_INSTALLED, ignore_errors=True)
        building.rename(_INSTALLED)
    except processes.StepFailed as error:
        raise programs.Unavailable(f"npm could not install openapi-typescript: {error}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def python(target: Path, log: Path) -> None:
    """Write a package with a client to a new folder; raises StepFailed."""
    settings = target.with_suffix(".yaml")
    settings.write_text("post_hooks: []\n")  # it would format, with a ruff on PATH
    program = Path(sys.executable).with_name("openapi-python-client")
    options = ("--meta", "none", "--config", settings, "--output-path", target)
    processes.run((program, "generate", "--path", FILE, *options), log)
