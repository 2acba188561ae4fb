"""Asks the databases of PyPI and npm whether a locked package has a known vulnerability."""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import ROOT
from tools.build.environment import find_uv
from tools.build.pages import SOURCES, npm_command

PIP_AUDIT = "pip-audit==2.10.1"
"""Not in uv.lock: its dependencies need not agree with ours."""
_SECONDS = 600
_SILENT = re.compile(
    r"requests\.exceptions\.|pip_audit\._service\.|network may be blocking|redirecting properly"
)
"""Last lines of pip-audit if PyPI does not answer; without a report, anything else is an error."""


@dataclass(frozen=True)
class Answer:
    """The result for the packages of one lock file."""

    checked: int
    vulnerable: Sequence[str] = ()
    """One line per vulnerability."""
    unknown: Sequence[str] = ()
    """Packages that the database does not know."""


class NotReached(Exception):
    """No database answered; the message says why."""


def locked(exported: str) -> list[str]:
    """Return the pins of an exported lock file as requirement files.

    Markers are removed, to audit the packages of every Python and platform. A second version of a
    package, for another Python, goes into another file: pip-audit accepts only one.
    """
    versions: dict[str, list[str]] = {}
    for line in exported.splitlines():
        if "==" in line:
            pin = line.partition(";")[0].strip()
            versions.setdefault(pin.partition("==")[0], []).append(pin)
    rounds = max(map(len, versions.values()), default=0)
    return [
        "".join(f"{pins[each]}\n" for pins in versions.values() if each < len(pins))
        for each in range(rounds)
    ]


def read_pip_audit(packages: list[dict[str, Any]]) -> Answer:
    """Return the result in a report of pip-audit; raises NotReached if all were skipped."""
    unknown = [each["name"] for each in packages if "skip_reason" in each]
    if packages and len(unknown) == len(packages):
        raise NotReached(packages[0]["skip_reason"])
    found = [
        f"{each['name']} {each['version']}: {one['id']}, mended in "
        + (" or ".join(one["fix_versions"]) or "no version yet")
        for each in packages
        for one in each.get("vulns", ())
    ]
    return Answer(len(packages) - len(unknown), found, unknown)


def read_npm_audit(report: dict[str, Any]) -> Answer:
    """Return the result in a report of npm; raises NotReached if the registry did not answer."""
    if "auditReportVersion" not in report:
        if "message" not in report:
            raise ValueError(f"npm audit could not do its work: {report.get('error', report)}")
        raise NotReached(report["message"])
    # A package that only depends on a vulnerable one names it instead of an advisory.
    found = [
        f"{name}: {via['severity']}, {via['title']}, {via['url']}"
        for name, package in report["vulnerabilities"].items()
        for via in package["via"]
        if isinstance(via, dict)
    ]
    return Answer(report["metadata"]["dependencies"]["total"], found)


def ask_pypi() -> Answer:
    """Look up every package of uv.lock at PyPI; raises NotReached."""
    uv = find_uv()
    assert uv is not None  # make has installed it
    options = ["--frozen", "--all-groups", "--no-emit-project", "--no-hashes", "--no-annotate"]
    exported = _run([uv, "export", "--quiet", *options]).stdout
    with tempfile.TemporaryDirectory() as folder:
        command = [uv, "tool", "run", "--quiet", "--from", PIP_AUDIT, "pip-audit"]
        _run([*command, "--version"])  # installs it
        command += ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
        packages = []
        for text in locked(exported):
            file = Path(folder, "requirements.txt")
            file.write_text(text)
            # 1 means a vulnerability or a failure: the report shows which.
            done = _run([*command, "--requirement", file], accepted=(0, 1))
            packages += read_report(done)["dependencies"]
        return read_pip_audit(packages)


def ask_npm() -> Answer:
    """Look up every package of the pages' package-lock.json in npm's registry."""
    npm, environment = npm_command()
    command = [*npm, "audit", "--json", "--package-lock-only"]
    return read_npm_audit(json.loads(_run(command, SOURCES, environment, accepted=(0, 1)).stdout))


def _run(
    command: Sequence[str | Path],
    folder: Path = ROOT,
    environment: dict[str, str] | None = None,
    accepted: Iterable[int] = (0,),
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment or dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    if done.returncode not in accepted:
        raise ValueError(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done


def read_report(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return the report of pip-audit; raises NotReached if it could not ask PyPI."""
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.strip()
        last = said[said.rfind("\n") + 1 :]
        if _SILENT.search(last):
            raise NotReached(last) from None
        raise ValueError(f"pip-audit could not do its work: {said}") from None
    return report
