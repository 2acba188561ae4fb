"""Runs the AWS SAM CLI without telemetry, version checks or the user's AWS account."""

import json
import os
import sys
from pathlib import Path

from tools import ROOT
from tools.processes import write_atomically

REGION = "us-east-1"
ACCESS_KEY = "test"
SECRET_KEY = "test"  # noqa: S105 - the emulator takes any
SAM = Path(sys.executable).with_name("sam")
_FAR_FUTURE = 32503680000.0


def clean_environment(**more: str) -> dict[str, str]:
    """Return this process's environment without any AWS setting, plus dummy credentials."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SAM_CLI_", "PYTHON"))}
    loopback = "127.0.0.1,localhost"
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": loopback,
        "no_proxy": loopback,
        **more,
    }


def sam_environment(directory: Path, **more: str) -> dict[str, str]:
    """Return an environment in which sam makes no network calls of its own."""
    # SAM has no switch for its version check; it asks once a week, and remembers when in this file.
    metadata = directory / "sam" / "metadata.json"
    if not metadata.exists():
        write_atomically(metadata, json.dumps({"lastVersionCheck": _FAR_FUTURE}))
    return clean_environment(
        SAM_CLI_TELEMETRY="0",
        __SAM_CLI_APP_DIR=str(metadata.parent),
        SAM_CLI_POLL_DELAY="0.2",
        **more,
    )


if __name__ == "__main__":
    os.execve(SAM, ["sam", *sys.argv[1:]], sam_environment(ROOT / ".local"))  # noqa: S606
