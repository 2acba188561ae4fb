"""Deploys to the user's AWS account, and says where everything is: make deploy."""

import argparse
import hashlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import boto3
from samcli.yamlhelper import yaml_dump, yaml_parse

from dev.build import AWS_LAYER, ROOT
from dev.sam import SAM
from dev.template import with_canary

_SHOW = "aws secretsmanager get-secret-value --query SecretString --output text --secret-id"


def settings(environment: str) -> dict[str, Any]:
    """Return what samconfig.toml says about an environment; exit where it has none."""
    sections = tomllib.loads((ROOT / "samconfig.toml").read_text())
    if environment not in sections:
        sys.exit(f"samconfig.toml has no [{environment}].")
    known: dict[str, Any] = {}
    for command in ("global", "deploy", "meet"):  # the last is ours, and SAM does not read it
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


def canary_template(kind: str, parameters: str) -> Path:
    """Write and return the template whose new versions prove themselves first."""
    layer = AWS_LAYER.with_suffix(".zip").read_bytes()
    release = hashlib.sha256(parameters.encode() + b"\0" + layer).hexdigest()
    source = yaml_parse((ROOT / "template.yaml").read_text())
    file = ROOT / "template.canary.yaml"  # beside the other: paths in it are relative
    file.write_text(yaml_dump(with_canary(source, kind, release=release)))
    return file


def main() -> int:
    """Deploy, guided where no region is known yet; return sam's exit status."""
    parser = argparse.ArgumentParser(prog="python -m dev.deploy", description=__doc__)
    parser.add_argument("--env", required=True, help="a section of samconfig.toml")
    environment: str = parser.parse_args().env
    known = settings(environment)
    template = ROOT / "template.yaml"
    if kind := known.get("canary"):
        template = canary_template(kind, str(known.get("parameter_overrides")))
    command = [str(SAM), "deploy", "--template-file", str(template), "--config-env", environment]
    config = ["--config-file", str(ROOT / "samconfig.toml")]
    guided = [] if "region" in known else ["--guided"]
    quiet = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    done = subprocess.run([*command, *config, *guided], cwd=ROOT, env=quiet, check=False)
    if done.returncode:
        return done.returncode
    deployed = settings(environment)  # what was answered is there now
    client = deployed_session(deployed).client("cloudformation")
    (stack,) = client.describe_stacks(StackName=deployed["stack_name"])["Stacks"]
    print("\n" + report(stack.get("Outputs", [])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
