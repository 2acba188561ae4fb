"""How boto3 calls S3, SQS and Lambda: timeouts and retries, mostly those of `amazon`."""

from botocore.config import Config

from meet.amazon import ATTEMPTS, CONNECT_TIMEOUT, READ_TIMEOUT
from meet.connections import CONNECTIONS

AWS_CONFIG = Config(
    connect_timeout=CONNECT_TIMEOUT,
    read_timeout=READ_TIMEOUT,
    max_pool_connections=CONNECTIONS,
    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
)

S3_CONFIG = AWS_CONFIG.merge(
    # Presigned URLs must name the bucket's own region: a redirect would break their signature.
    Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    )
)

COPYING_CONFIG = S3_CONFIG.merge(Config(read_timeout=60))
"""S3 answers once it has copied up to a quarter of a gigabyte."""

LAMBDA_CONFIG = AWS_CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
"""What fails is done by the next sweep, and callers wait for a webhook to be created."""
