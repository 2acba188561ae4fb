"""What databases say about locked packages: a vulnerability fails the audit, silence is told."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from subprocess import CompletedProcess
from threading import Thread
from typing import Any

import pytest

from tools.deploy import advisories
from tools.deploy.advisories import Answer, NotReached, ask_npm, locked, read_pip_audit, read_report
from tools.deploy.audit import audit_packages

GOOD = {"name": "idna", "version": "3.10", "vulns": []}
BAD = {
    "name": "jinja2",
    "version": "2.4.1",
    "vulns": [{"id": "PYSEC-2014-8", "fix_versions": ["2.7.2"], "aliases": [], "description": ""}],
}
UNKNOWN = {"name": "private", "skip_reason": "Dependency not found on PyPI: private (1.0)"}
ADVISORY = {
    "id": 1,
    "url": "https://github.com/advisories/GHSA-0000-0000-0000",
    "title": "Lets anyone in",
    "severity": "high",
    "vulnerable_versions": "*",
}


def ended(stdout: str = "", stderr: str = "") -> CompletedProcess[str]:
    return CompletedProcess([], 1, stdout, stderr)


def test_a_locked_version_that_another_python_gets_is_looked_at_too() -> None:
    exported = (
        "# by uv\n-e .\nav==18.0 ; python_version < '3.12'\n"
        "av==19.0 ; python_version >= '3.12'\nidna==3.10\n"
    )
    assert locked(exported) == ["av==18.0\nidna==3.10\n", "av==19.0\n"]


def test_a_vulnerability_of_a_python_package_is_told_with_its_cure() -> None:
    answer = read_pip_audit([GOOD, BAD])
    assert answer == Answer(2, ["jinja2 2.4.1: PYSEC-2014-8, mended in 2.7.2"], [])


def test_a_package_that_the_database_does_not_know_is_named() -> None:
    assert read_pip_audit([GOOD, UNKNOWN]) == Answer(1, [], ["private"])


def test_a_mirror_that_knows_no_package_was_not_asked() -> None:
    with pytest.raises(NotReached, match="not found on PyPI"):
        read_pip_audit([UNKNOWN, UNKNOWN])


def test_a_failure_that_is_not_the_networks_is_not_taken_for_it() -> None:
    unreachable = (
        "Traceback:\n  ...\nrequests.exceptions.ConnectionError: Name or service not known"
    )
    with pytest.raises(NotReached, match="Name or service not known"):
        read_report(ended(stderr=unreachable))
    with pytest.raises(ValueError, match="duplicate requirements"):
        read_report(ended(stderr="ERROR:pip_audit._cli:package av has duplicate requirements"))
    with pytest.raises(ValueError, match="ENOLOCK"):
        advisories.read_npm_audit({"error": {"code": "ENOLOCK"}})


class _Registry(BaseHTTPRequestHandler):
    """npm's registry, as far as an audit asks it."""

    advisories: dict[str, list[dict[str, Any]]]
    status = 200

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(self.status, self.advisories)

    def do_GET(self) -> None:
        name = self.path.strip("/")
        self._answer(200, {"name": name, "versions": {}, "dist-tags": {}})

    def _answer(self, status: int, body: Any) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Registry]]:
    handler = type("Registry", (_Registry,), {"advisories": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("NPM_CONFIG_REGISTRY", f"http://127.0.0.1:{server.server_port}/")
        yield handler
        server.shutdown()
        thread.join()


def test_npm_tells_the_vulnerabilities_of_the_pages_packages(registry: type[_Registry]) -> None:
    registry.advisories = {"uqr": [ADVISORY]}
    answer = ask_npm()
    assert answer.vulnerable == [f"uqr: high, Lets anyone in, {ADVISORY['url']}"]
    assert answer.checked > 50
    registry.advisories = {}
    assert not ask_npm().vulnerable


def test_a_registry_without_a_database_was_not_asked(registry: type[_Registry]) -> None:
    registry.status = 405
    with pytest.raises(NotReached, match="405"):
        ask_npm()


def test_only_a_vulnerability_fails_the_audit_and_silence_is_loud(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def silent() -> Answer:
        raise NotReached("Name or service not known")

    assert audit_packages({"uv.lock": silent}) == []
    assert "!!! uv.lock: NOT CHECKED" in capsys.readouterr().out
    assert audit_packages({"uv.lock": lambda: Answer(1, [], ["private"])}) == []
    assert "!!! uv.lock: NOT CHECKED, since unknown there: private" in capsys.readouterr().out
    assert audit_packages({"uv.lock": lambda: Answer(2, ["jinja2"])}) == ["jinja2"]
