"""How AWS is called: timeouts and retries."""

from botocore.config import Config

AWS_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
)
"""Timeouts in seconds: three tries end well within a function's 29 s behind API Gateway."""

S3_CONFIG = AWS_CONFIG.merge(
    # Links go to the bucket's own region: a redirect would break their signature.
    Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    )
)
