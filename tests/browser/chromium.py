"""Finds, installs and starts a headless Chromium that speaks to nobody but this machine."""

import os
import shutil
import subprocess

from playwright.sync_api import Browser, Error, Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    # A page that a test answers itself counts as public, and may not talk to this machine.
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets,"
    "LocalNetworkAccessChecksWebRTC",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def _on_path() -> str | None:
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def _from_debian() -> str | None:
    """Install Debian's Chromium where that is allowed; return its path."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *command], check=False, env=environment, **quiet)  # type: ignore[call-overload]
    return _on_path()


def launch(playwright: Playwright, *flags: str) -> Browser | None:
    """Start a Chromium, which is installed where it is missing; return None if it cannot be."""
    path = _on_path() or _from_debian()
    if path is not None:
        return playwright.chromium.launch(executable_path=path, args=[*_FLAGS, *flags])
    subprocess.run(["playwright", "install", "chromium"], check=False)
    try:
        return playwright.chromium.launch(args=[*_FLAGS, *flags])
    except Error:
        return None
