"""The import times of a cold start, by package, and the reason for each package."""

import re
import sys
from collections import Counter

from bench.answers import sample_of
from bench.lambdas import Place
from bench.table import table

FUNCTION = "create_recording"
"""The one that imports most."""

MOST = 10
ROUNDS = 5

STANDARD = "the standard library"

WHY = {
    STANDARD: "`email` and `http` (HTTP to AWS and LiveKit), `typing` (all) and more",
    "aws_lambda_powertools": "routing, validation, logs, idempotency",
    "annotated_types": "pydantic's constraints",
    "boto3": "its types for DynamoDB; Powertools asks for it",
    "botocore": "AWS",
    "dateutil": "times in botocore",
    "google": "protobuf, of LiveKit's messages",
    "jwt": "LiveKit's tokens",
    "livekit": "LiveKit's messages: its package imports all of them",
    "meet": "what this is about",
    "pydantic": "validation",
    "pydantic_core": "validation",
    "s3transfer": "imported by boto3",
    "typing_extensions": "pydantic's types",
    "urllib3": "HTTP to S3",
}

_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")


def measure(place: Place) -> str:
    """Return the table of the packages whose own modules take longest to import."""
    took, sample = Counter[str](), sample_of(FUNCTION)
    for _ in range(ROUNDS):
        for line in place.importtime(place.ours(FUNCTION), sample).splitlines():
            if match := _LINE.match(line):
                took[_package(match[2])] += int(match[1])
    whole = took.total()
    rows = [
        [
            package if package == STANDARD else f"`{package}`",
            f"{microseconds / whole:.0%}",
            WHY.get(package, ""),
        ]
        for package, microseconds in took.most_common(MOST)
    ]
    return table(["package", "of all imports", "why it stays"], rows) + "\n"


def _package(module: str) -> str:
    package = module.partition(".")[0]
    return STANDARD if package in sys.stdlib_module_names else package
