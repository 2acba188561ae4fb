"""The account, region and profile that samconfig.toml names for an environment."""

import sys
import tomllib
from collections.abc import Mapping
from typing import Any

import boto3

from tools import ROOT


def settings(environment: str) -> dict[str, Any]:
    """Return the settings of an environment in samconfig.toml; exits if it has none."""
    sections = tomllib.loads((ROOT / "samconfig.toml").read_text())
    if environment not in sections:
        sys.exit(f"samconfig.toml has no [{environment}].")
    known: dict[str, Any] = {}
    for command in ("global", "deploy", "meet"):  # the last is ours, and SAM does not read it
        known |= sections[environment].get(command, {}).get("parameters", {})
    return known


def deployed_session(known: Mapping[str, Any]) -> boto3.Session:
    """Return a session with the region and profile of an environment."""
    return boto3.Session(region_name=known.get("region"), profile_name=known.get("profile"))


def aws_command(session: boto3.Session, rest: str) -> str:
    """Return an AWS CLI command with the region and profile of the session."""
    profile = session.profile_name
    as_whom = f" --profile {profile}" if profile != "default" else ""
    return f"aws --region {session.region_name}{as_whom} {rest}"
