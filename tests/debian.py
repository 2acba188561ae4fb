"""Programs that Debian has: from PATH, else installed where that is allowed, else skipped."""

import os
import shutil
import subprocess

import pytest


def program(name: str, package: str = "") -> str:
    """Return the path of a program, of a package of the same name unless another is given.

    Skips the test loudly where it cannot be had; in CI the test fails.
    """
    found = shutil.which(name) or _installed(name, package or name)
    if found is None:
        message = f"No {name} on PATH or by apt-get: nothing was tried with it."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(f"!!! {message}")
    return found


def _installed(name: str, package: str) -> str | None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        subprocess.run(
            ["apt-get", *command],
            check=False,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return shutil.which(name)
