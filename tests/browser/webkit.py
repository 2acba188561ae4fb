"""WebKitGTK, as Debian has it, by its own WebDriver: the engine of Safari, without Apple's media.

Playwright drives only its own builds of WebKit. The protocol is JSON over HTTP.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import urllib3

from tools import ports

PACKAGES = "webkit2gtk-driver xvfb gstreamer1.0-libav gstreamer1.0-plugins-good"
_DRIVER, _SCREEN = "WebKitWebDriver", "Xvfb"
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # how WebDriver calls the field of an element's id
_START_SECONDS = 60


@dataclass(frozen=True)
class Window:
    """A browser with one window."""

    session: str
    """Its URL."""
    http: urllib3.PoolManager

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return call(self.http, method, f"{self.session}{path}", body)

    def open(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function in the page, and return its result."""
        return self._call("POST", "/execute/sync", {"script": script, "args": [*arguments]})

    def until(self, expression: str, seconds: float = 30) -> Any:
        """Wait until an expression is truthy in the page, and return it."""
        deadline = time.monotonic() + seconds
        while not (found := self.run(f"return {expression}")):
            text = self.run("return document.body.innerText")
            assert time.monotonic() < deadline, f"not within {seconds} s: {expression}\n{text}"
            time.sleep(0.1)
        return found

    def shows(self, text: str) -> None:
        """Wait until a text is on the page."""
        self.until(f"document.body.innerText.includes({text!r})")

    def _element(self, selector: str) -> str:
        self.until(f"document.querySelector({selector!r})")
        found = self._call("POST", "/element", {"using": "css selector", "value": selector})
        return f"/element/{found[_ELEMENT]}"

    def click(self, selector: str) -> None:
        self._call("POST", f"{self._element(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        self._call("POST", f"{self._element(selector)}/value", {"text": text})


def call(
    http: urllib3.PoolManager, method: str, url: str, body: dict[str, Any] | None = None
) -> Any:
    """Return the value of an answer."""
    answer = http.request(method, url, json=body, timeout=_START_SECONDS, retries=False)
    assert answer.status == 200, f"{method} {url}: {answer.data.decode()}"
    return answer.json()["value"]


@contextmanager
def webkit() -> Iterator[Window]:
    """Start a browser; skip the test loudly where it or a screen for it is not there."""
    if missing := [name for name in (_DRIVER, _SCREEN) if shutil.which(name) is None]:
        pytest.skip(f"!!! No {' and no '.join(missing)}: nothing was tried in WebKit ({PACKAGES}).")
    http = urllib3.PoolManager()
    with _screen() as display:
        port = ports.pick()
        environment = {**os.environ, "DISPLAY": display, "GDK_BACKEND": "x11", "LC_ALL": "C.UTF-8"}
        environment |= {"LANGUAGE": "en", "NO_AT_BRIDGE": "1", "GSETTINGS_BACKEND": "memory"}
        command = [_DRIVER, f"--port={port}", f"--host={ports.LOOPBACK}"]
        with _process(command, env=environment):
            driver = f"http://{ports.LOOPBACK}:{port}"
            _until_ready(http, driver)
            wished: dict[str, Any] = {"capabilities": {"alwaysMatch": {}}}
            made = call(http, "POST", f"{driver}/session", wished)
            session = f"{driver}/session/{made['sessionId']}"
            try:
                yield Window(session, http)
            finally:
                call(http, "DELETE", session)


def _until_ready(http: urllib3.PoolManager, driver: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            if call(http, "GET", f"{driver}/status")["ready"]:
                return
        except urllib3.exceptions.HTTPError:
            assert time.monotonic() < deadline, "the driver does not answer"
        time.sleep(0.1)


@contextmanager
def _screen() -> Iterator[str]:
    """Run an X server without a screen; the name of its display."""
    reads, writes = os.pipe()
    command = [_SCREEN, "-displayfd", str(writes), "-screen", "0", "1280x800x24"]
    command += ["-nolisten", "tcp"]
    with _process(command, pass_fds=[writes]), os.fdopen(reads) as told:
        os.close(writes)
        number = told.readline().strip()
        assert number, f"{_SCREEN} did not start"
        yield f":{number}"


@contextmanager
def _process(command: list[str], **options: Any) -> Iterator[None]:
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=nowhere, stderr=nowhere, **options) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


def plays(window: Window, length: float) -> None:
    """Play the film of the page until it has moved and its length is known."""
    window.until("document.querySelector('video')")
    window.run("const it = document.querySelector('video'); it.muted = true; it.play()")
    window.until("document.querySelector('video').currentTime > 0.5", 60)
    found = window.run("return document.querySelector('video').duration")
    assert found == pytest.approx(length, abs=0.5)
    assert window.run("return document.querySelector('video').error") is None
