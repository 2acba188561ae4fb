"""Runs checkov over both templates: what it finds has to be explained in them, one line each."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from dev.bootstrap import find_uv
from dev.template import ROOT, load_template, translated

CHECKOV = "checkov==3.3.30"
"""Outside uv.lock, since it asks for other versions of what the SAM CLI needs."""


def explained(template: dict[str, Any]) -> dict[str, str]:
    """Return why a template does not follow some checks, by their ids."""
    return {each["id"]: each["comment"] for each in template["Metadata"]["checkov"]["skip"]}


def judge(report: dict[str, Any], reasons: dict[str, str]) -> list[str]:
    """Return what is wrong: findings without a reason, and reasons without a finding."""
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


def main() -> int:
    """Report on both templates, with all that can be switched on; return the exit status."""
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
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
