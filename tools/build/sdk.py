"""Shrinks the AWS SDK in the layer: botocore describes 400 services, and a client reads lists of
all of them."""

import json
import shutil
from pathlib import Path

SERVICES = ("lambda", "s3", "sqs")
"""The services that functions call by the SDK; `meet.amazon` calls the others."""


def keep_only_our_services(layer: Path) -> None:
    """Remove the descriptions of other services, if the folder has botocore."""
    data = layer / "botocore" / "data"
    if not data.exists():
        return
    for entry in data.iterdir():
        if entry.is_dir() and entry.name not in SERVICES:
            shutil.rmtree(entry)
    endpoints = json.loads((data / "endpoints.json").read_text())
    for partition in endpoints["partitions"]:
        named = partition["services"]
        partition["services"] = {name: named[name] for name in SERVICES if name in named}
    (data / "endpoints.json").unlink()  # it may be a link into uv's cache
    (data / "endpoints.json").write_text(json.dumps(endpoints))
