"""The account, region and profile that samconfig.toml names for an environment."""

import sys
import tomllib
from collections.abc import Mapping
from typing import Any

import boto3

from tools import ROOT


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


def aws_command(session: boto3.Session, rest: str) -> str:
    """Return a command for the AWS CLI that means the same account and region elsewhere."""
    profile = session.profile_name
    as_whom = f" --profile {profile}" if profile != "default" else ""
    return f"aws --region {session.region_name}{as_whom} {rest}"
