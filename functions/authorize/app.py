"""Lambda authorizer: allow the request if its credential opens the operation, else 401.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

import logging
from typing import Any

from meet import metrics, wiring
from meet.access import OPERATIONS

logger = logging.getLogger()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return a policy for this one request; raises Unauthorized, which API Gateway makes a 401."""
    operation, accepted = OPERATIONS[event["httpMethod"], event["resource"]]
    request = {
        "operation": operation,
        "correlation_id": event["requestContext"].get("requestId"),
    }
    try:
        policy = wiring.authorizer().policy(event, accepted)
    except Exception:
        logger.exception("authorizer failed", extra=request)
        metrics.count("AuthorizerFailed")
        raise
    if policy is None:
        logger.warning("request denied", extra=request)
        metrics.count("AuthorizerRefused")
        raise Exception("Unauthorized")  # noqa: TRY002 - the very text that API Gateway looks for
    return policy
