"""List prices in USD, us-east-1, without free tiers; docs/cost.md says of when."""

from bench.table import table

MONTH_HOURS = 730

GATEWAY_REQUEST = 3.50 / 10**6
"""API Gateway, REST API."""
LAMBDA_REQUEST = 0.20 / 10**6
LAMBDA_GB_SECOND = 0.0000133334
"""arm64; the time of cold starts is billed too."""
READ_UNIT = 0.125 / 10**6
"""DynamoDB on demand: 4 KB read consistently, or 8 KB eventually."""
WRITE_UNIT = 0.625 / 10**6
"""1 KB written, in the table and again in each index."""
S3_GET = 0.40 / 10**6
S3_PUT = 5.00 / 10**6
S3_GB_MONTH = 0.023
SECRET_MONTH = 0.40
SECRET_CALL = 0.05 / 10**4
SQS = 0.40 / 10**6
S3_EVENT = 1.00 / 10**6
"""Through EventBridge. The runs of a rule with a schedule are free there."""
LOG_GB = 0.50
METRIC_MONTH = 0.30
ALARM_MONTH = 0.10
DASHBOARD_MONTH = 3.00
TRAFFIC_GB = 0.09
"""To the internet."""

NODES = {"t3.medium": 0.0416, "c6i.large": 0.085}
"""An hour, on demand."""
DISK_GB_MONTH = 0.08
"""gp3."""
ADDRESS_HOUR = 0.005
"""A public IPv4 address."""


def listed() -> str:
    """Return the table of"""
    million = 10**6
    rows = [
        ["API Gateway, REST: a million requests", GATEWAY_REQUEST * million],
        ["SQS: a million requests", SQS * million],
        ["Lambda, arm64: a million requests", LAMBDA_REQUEST * million],
        ["Lambda, arm64: a million GB-seconds", LAMBDA_GB_SECOND * million],
        ["DynamoDB on demand: a million read units", READ_UNIT * million],
        ["DynamoDB on demand: a million write units", WRITE_UNIT * million],
        ["S3: a GB and month", S3_GB_MONTH],
        ["S3: a million GET", S3_GET * million],
        ["S3: a million PUT", S3_PUT * million],
        ["Secrets Manager: a secret and month", SECRET_MONTH],
        ["Secrets Manager: a million calls", SECRET_CALL * million],
        ["EventBridge: a million events of S3", S3_EVENT * million],
        ["CloudWatch: a GB of logs", LOG_GB],
        ["CloudWatch: a metric and month", METRIC_MONTH],
        ["CloudWatch: an alarm and month", ALARM_MONTH],
        ["CloudWatch: a dashboard and month", DASHBOARD_MONTH],
        ["traffic to the internet: a GB", TRAFFIC_GB],
        *([f"EC2 `{kind}`: an hour", price] for kind, price in NODES.items()),
        ["EBS gp3: a GB and month", DISK_GB_MONTH],
        ["public IPv4 address: an hour", ADDRESS_HOUR],
    ]
    return table(["what", "USD"], [[what, f"{price:.4g}"] for what, price in rows]) + "\n"
