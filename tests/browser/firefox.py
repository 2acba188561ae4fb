"""A headless Firefox, spoken to by Marionette, the protocol that it has built in.

Playwright drives only Firefoxes of its own making, and geckodriver is in no registry of packages.
https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

_START_SECONDS = 60
_SCRIPT_SECONDS = 60
_PREFERENCES = {
    "marionette.port": 0,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "network.proxy.type": 0,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
}


@dataclass
class Firefox:
    """One page of a Firefox."""

    connection: socket.socket
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _received: bytes = b""

    def goto(self, url: str) -> None:
        """Open an address."""
        self._command("WebDriver:Navigate", url=url)

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """Call a function of JavaScript, which may be asynchronous, and return what it does."""
        script = (
            "const [argument, done] = arguments;"
            f"Promise.resolve(({function})(argument)).then(value => done({{value}}),"
            " error => done({error: String(error)}));"
        )
        answer = self._command("WebDriver:ExecuteAsyncScript", script=script, args=[argument])
        result: dict[str, Any] = answer["value"]
        assert "error" not in result, result
        return result.get("value")

    def _command(self, name: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        message = json.dumps([0, number, name, parameters]).encode()
        self.connection.sendall(b"%d:%s" % (len(message), message))
        kind, answered, error, result = self.read()
        assert (kind, answered, error) == (1, number, None), error
        return result

    def read(self) -> Any:
        """Return the next message: its length, a colon, and JSON."""
        while b":" not in self._received:
            self._receive()
        length, _, self._received = self._received.partition(b":")
        while len(self._received) < int(length):
            self._receive()
        message, self._received = (
            self._received[: int(length)],
            self._received[int(length) :],
        )
        return json.loads(message)

    def _receive(self) -> None:
        received = self.connection.recv(65536)
        assert received, "Firefox hung up"
        self._received += received


@contextmanager
def launched(path: str, directory: Path) -> Iterator[Firefox]:
    """Run a Firefox with a profile of its own."""
    profile = directory / "profile"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in _PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [path, "--headless", "--no-remote", "--marionette", "--profile", str(profile)]
    with (directory / "firefox.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            with socket.create_connection(("127.0.0.1", _port(process, profile))) as connection:
                connection.settimeout(_SCRIPT_SECONDS + 10)
                firefox = Firefox(connection)
                firefox.read()  # it says which protocol it speaks
                capabilities = {"timeouts": {"script": _SCRIPT_SECONDS * 1000}}
                firefox._command("WebDriver:NewSession", capabilities={"alwaysMatch": capabilities})
                yield firefox
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _port(process: subprocess.Popen[bytes], profile: Path) -> int:
    """Return the port that Firefox chose and wrote down."""
    file, deadline = profile / "MarionetteActivePort", time.monotonic() + _START_SECONDS
    while not (file.exists() and file.read_text().strip()):
        assert process.poll() is None, "Firefox ended at once"
        assert time.monotonic() < deadline, "Firefox does not listen"
        time.sleep(0.05)
    return int(file.read_text())
