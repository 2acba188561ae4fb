"""Queues of deliveries: send events to endpoints."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import wiring
from meet.logs import create_logger
from meet.webhooks.queue import Message

logger = create_logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle a batch; what could not be handled stays in the queue and comes again.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    records = event["Records"]
    done = wiring.webhook_delivery().deliver([Message.from_json(each["body"]) for each in records])
    failed = [each["messageId"] for each, is_done in zip(records, done, strict=True) if not is_done]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}
