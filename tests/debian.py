"""Programs that Debian has: from PATH, else installed where that is allowed, else skipped."""

import os
import shutil
import subprocess

import pytest


def program(name: str, package: str = "") -> str:
    """Return the path of a program, of a package of the same name unless another is given.

    Skips the test loudly where it is not available; in CI the test fails.
    """
    found = find_or_install(package or name, name)
    if found is None:
        message = f"No {name} on PATH or by apt-get: nothing was tried with it."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(f"!!! {message}")
    return found


def find_or_install(package: str, *names: str) -> str | None:
    """Return the path of the first of these programs; install the package if there is none.

    Returns None where it is not allowed to install, or in vain.
    """
    found = _on_path(names)
    if found is not None or shutil.which("apt-get") is None or os.geteuid() != 0:
        return found
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        subprocess.run(
            ["apt-get", *command],
            check=False,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return _on_path(names)


def _on_path(names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := shutil.which(name))), None)
