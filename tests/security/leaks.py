"""What an answer must not say."""

import re

from tools import ROOT

INSIDE = re.compile(
    rf"""Traceback|File\ "|\.py\b|/var/task|/opt/python|{re.escape(str(ROOT))}|site-packages
    |arn:aws|amazonaws|botocore|boto3|ClientError|DynamoDB|dynamodb
    |(?:Rooms|Recordings|Idempotency)Table|ApiKeysSecret|LiveKitSecret
    |AccessDenied|ValidationException|ResourceNotFound|RequestId
    |twirp|livekit|egress_id|EG_|pydantic|starlette|mangum|powertools|\bKeyError|\bException\b""",
    re.VERBOSE | re.IGNORECASE,
)


def assert_says_nothing(text: str) -> None:
    """Fail if an answer tells how the system is made: a trace, a path, words of AWS or LiveKit."""
    assert INSIDE.search(text) is None, text[:500]
