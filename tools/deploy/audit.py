"""Audits both templates with checkov, and the locked packages for known vulnerabilities.

Each finding of checkov that is intended has to be explained in the template.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tools import ROOT
from tools.build.environment import find_uv
from tools.deploy import advisories
from tools.template import load_template, translated

CHECKOV = "checkov==3.3.30"
"""Not in uv.lock, since its dependencies conflict with those of the SAM CLI."""


def explained(template: dict[str, Any]) -> dict[str, str]:
    """Return the explanations in a template, by the ids of the checks."""
    return {each["id"]: each["comment"] for each in template["Metadata"]["checkov"]["skip"]}


def judge(report: dict[str, Any], reasons: dict[str, str]) -> list[str]:
    """Return the problems: findings without a reason, and reasons without a finding."""
    failed = report["results"]["failed_checks"]
    found = {each["check_id"] for each in failed}
    return [
        *(
            f"{each['check_id']} {each['check_name']}: {each['resource']}"
            for each in failed
            if each["check_id"] not in reasons
        ),
        *(f"{check} is explained and not found any more" for check in sorted(set(reasons) - found)),
    ]


def scan(file: Path) -> dict[str, Any]:
    """Return checkov's report on a CloudFormation template."""
    uv = find_uv()
    assert uv is not None  # make has installed it
    options = ["--framework", "cloudformation", "--skip-download", "--soft-fail", "-o", "json"]
    done = subprocess.run(
        [uv, "tool", "run", "--from", CHECKOV, "checkov", "--file", file, *options],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def audit_templates() -> list[str]:
    """Report on both templates, with all options enabled; return the problems."""
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "template.json")
        whole.write_text(json.dumps(translated(canary="AllAtOnce", Tracing="Active")))
        files = {"template.yaml": whole, "monitoring.yaml": ROOT / "monitoring.yaml"}
        for name, file in files.items():
            reasons, report = explained(load_template(name)), scan(file)
            total, found = report["summary"], judge(report, reasons)
            print(
                f"{name}: {total['resource_count']} resources, {total['passed']} checks passed, "
                f"{total['failed']} failed; {len(reasons)} reasons, {len(found)} problems"
            )
            for each in found:
                print(f"  {each}")
            wrong += found
    return wrong


DATABASES: Mapping[str, Callable[[], advisories.Answer]] = {
    "uv.lock": advisories.ask_pypi,
    "web/package-lock.json": advisories.ask_npm,
}


def audit_packages(databases: Mapping[str, Callable[[], advisories.Answer]]) -> list[str]:
    """Report on each lock file; return the vulnerabilities. A database that is down is not one."""
    wrong: list[str] = []
    for name, ask in databases.items():
        try:
            answer = ask()
        except advisories.NotReached as reason:
            print(
                f"!!! {name}: NOT CHECKED for known vulnerabilities, no database answered: {reason}"
            )
            continue
        print(
            f"{name}: {answer.checked} packages checked, {len(answer.vulnerable)} vulnerabilities"
        )
        for each in answer.vulnerable:
            print(f"  {each}")
        if answer.unknown:
            print(f"!!! {name}: NOT CHECKED, since unknown there: {', '.join(answer.unknown)}")
        wrong += answer.vulnerable
    return wrong


def main() -> int:
    """Report on everything; return the exit status."""
    wrong = [*audit_templates(), *audit_packages(DATABASES)]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
