"""Writes metrics as log lines in CloudWatch's embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import sys

from meet import clock
from meet.settings import settings

NAMESPACE = "Meet"


def count(name: str, **dimensions: str) -> None:
    """Count one event. Each combination of dimension values is a metric of its own."""
    _put(name, 1, "Count", dimensions)


def several(name: str, number: int) -> None:
    """Count several events at once."""
    _put(name, number, "Count", {})


def seconds(name: str, milliseconds: int) -> None:
    """Record a duration."""
    _put(name, milliseconds / clock.SECOND, "Seconds", {})


def _put(name: str, value: float, unit: str, dimensions: dict[str, str]) -> None:
    values = {"stack": settings.stack_name, **dimensions}
    metric = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(values)],
        "Metrics": [{"Name": name, "Unit": unit}],
    }
    line = {
        "_aws": {"Timestamp": clock.now(), "CloudWatchMetrics": [metric]},
        **values,
        name: value,
    }
    sys.stdout.write(json.dumps(line) + "\n")  # in one write: the sweeps have threads
