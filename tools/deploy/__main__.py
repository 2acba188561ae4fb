"""Deploys to the user's AWS account, and prints the addresses: make deploy."""

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from samcli.yamlhelper import yaml_dump, yaml_parse

from tools import ROOT
from tools.build.layer import AWS_LAYER
from tools.deploy.account import aws_command, deployed_session, settings
from tools.sam import SAM
from tools.template import load_template, with_canary

_SHOW = "secretsmanager get-secret-value --query SecretString --output text --secret-id"
_BROKEN = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}
"""States of a stack whose first creation failed: it can only be deleted."""


def report(outputs: Iterable[Mapping[str, Any]], session: boto3.Session) -> str:
    """Return the stack's addresses, and the commands that show its secrets."""
    lines: list[str] = []
    for output in outputs:
        name, value = output["OutputKey"], output["OutputValue"]
        if name.endswith("Url"):
            lines += [output["Description"], f"  {value}"]
        elif name.endswith("Secret"):
            lines += [output["Description"], f"  {aws_command(session, f'{_SHOW} {value}')}"]
    return "\n".join(lines)


def has_to_ask(known: Mapping[str, Any]) -> bool:
    """True if the deployment lacks a parameter that only the user knows.

    A parameter that is not given keeps its value in the stack. If the stack has none (it does not
    exist, is only planned, or consists of imported resources), SAM sends none, and an empty secret
    would be deployed. Exits if the stack can only be deleted.
    """
    if "region" not in known:
        return True
    session = deployed_session(known)
    name = known["stack_name"]
    try:
        (stack,) = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if f"{name} does not exist" in str(error):
            return True
        sys.exit(str(error))
    except BotoCoreError as error:
        sys.exit(str(error))
    if stack["StackStatus"] in _BROKEN:
        deletion = aws_command(session, f"cloudformation delete-stack --stack-name {name}")
        sys.exit(f"{name} could not be created. Delete what is left and try again:\n  {deletion}")
    has = {each["ParameterKey"] for each in stack.get("Parameters", [])}
    secret = {name for name, each in load_template()["Parameters"].items() if each.get("NoEcho")}
    return stack["StackStatus"] == "REVIEW_IN_PROGRESS" or not secret <= has


def canary_template(kind: str, parameters: str) -> Path:
    """Write and return the template for canary deployments."""
    layer = AWS_LAYER.with_suffix(".zip").read_bytes()
    release = hashlib.sha256(parameters.encode() + b"\0" + layer).hexdigest()
    source = yaml_parse((ROOT / "template.yaml").read_text())
    file = ROOT / "template.canary.yaml"  # beside the other: paths in it are relative
    file.write_text(yaml_dump(with_canary(source, kind, release=release)))
    return file


def main() -> int:
    """Deploy, asking for the parameters if needed or requested; return sam's exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.deploy", description=__doc__)
    parser.add_argument("--env", required=True, help="a section of samconfig.toml")
    parser.add_argument("--ask", action="store_true", help="ask for all parameters again")
    given = parser.parse_args()
    environment: str = given.env
    known = settings(environment)
    guided = ["--guided"] if given.ask or has_to_ask(known) else []
    template = ROOT / "template.yaml"
    if kind := known.get("canary"):
        template = canary_template(kind, str(known.get("parameter_overrides")))
    command = [str(SAM), "deploy", "--template-file", str(template), "--config-env", environment]
    config = ["--config-file", str(ROOT / "samconfig.toml")]
    quiet = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    done = subprocess.run([*command, *config, *guided], cwd=ROOT, env=quiet, check=False)
    if done.returncode:
        return done.returncode
    deployed = settings(environment)  # it has the answers now
    session = deployed_session(deployed)
    client = session.client("cloudformation")
    (stack,) = client.describe_stacks(StackName=deployed["stack_name"])["Stacks"]
    print("\n" + report(stack.get("Outputs", []), session))
    return 0


if __name__ == "__main__":
    sys.exit(main())
