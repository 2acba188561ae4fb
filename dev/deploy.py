"""Deploys to the user's AWS account, and says where everything is: make deploy."""

import argparse
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

import boto3

from dev.build import ROOT
from dev.sam import SAM

_SHOW = "aws secretsmanager get-secret-value --query SecretString --output text --secret-id"


def settings(environment: str) -> dict[str, Any]:
    """Return what samconfig.toml says about an environment; exit where it has none."""
    sections = tomllib.loads((ROOT / "samconfig.toml").read_text())
    if environment not in sections:
        sys.exit(f"samconfig.toml has no [{environment}].")
    known: dict[str, Any] = {}
    for command in ("global", "deploy"):
        known |= sections[environment].get(command, {}).get("parameters", {})
    return known


def deployed_session(known: Mapping[str, Any]) -> boto3.Session:
    """Return a session in the region, and with the profile, that an environment is deployed by."""
    return boto3.Session(region_name=known.get("region"), profile_name=known.get("profile"))


def report(outputs: Iterable[Mapping[str, Any]]) -> str:
    """Return the stack's addresses, and how to read what may only be seen by its owner."""
    lines: list[str] = []
    for output in outputs:
        name, value = output["OutputKey"], output["OutputValue"]
        if name.endswith("Url"):
            lines += [output["Description"], f"  {value}"]
        elif name.endswith("Secret"):
            lines += [output["Description"], f"  {_SHOW} {value}"]
    return "\n".join(lines)


def main() -> int:
    """Deploy, guided where no region is known yet; return sam's exit status."""
    parser = argparse.ArgumentParser(prog="python -m dev.deploy", description=__doc__)
    parser.add_argument("--env", required=True, help="a section of samconfig.toml")
    environment: str = parser.parse_args().env
    guided = [] if "region" in settings(environment) else ["--guided"]
    command = [str(SAM), "deploy", "--template-file", "template.yaml", "--config-env", environment]
    quiet = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    done = subprocess.run([*command, *guided], cwd=ROOT, env=quiet, check=False)
    if done.returncode:
        return done.returncode
    deployed = settings(environment)  # what was answered is there now
    client = deployed_session(deployed).client("cloudformation")
    (stack,) = client.describe_stacks(StackName=deployed["stack_name"])["Stacks"]
    print("\n" + report(stack.get("Outputs", [])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
