"""In front of every operation: let pass who may do this, answer 401 to everybody else.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

import json
import logging
import os
from typing import Any

from meet import wiring
from meet.access import OPERATIONS, Credential, is_valid_key

logger = logging.getLogger()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return a policy for this one request; raise Unauthorized, which the gateway makes a 401."""
    operation, accepted = OPERATIONS[event["httpMethod"], event["resource"]]
    headers = {name.lower(): value for name, value in event["headers"].items()}
    key = headers.get("x-api-key")
    if Credential.API_KEY in accepted and key is not None:
        keys: dict[str, str] = json.loads(wiring.secret(os.environ["API_KEYS_SECRET"]))
        if is_valid_key(key, keys.values()):
            return _allow(Credential.API_KEY, event["methodArn"])
    logger.warning(
        "refused",
        extra={
            "operation": operation,
            "reason": "no API key" if key is None else "wrong API key",
            "correlation_id": event["requestContext"].get("requestId"),
        },
    )
    raise Exception("Unauthorized")  # noqa: TRY002 - the very text that API Gateway looks for


def _allow(principal: str, method_arn: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": method_arn}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
