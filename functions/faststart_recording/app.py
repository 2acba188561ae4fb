"""Object created in the recordings bucket: let it play at once, with its index at the beginning.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import wiring
from meet.logs import create_logger
from meet.recordings.mp4 import NotRearranged

logger = create_logger()


@logger.inject_lambda_context(correlation_id_path=correlation_paths.EVENT_BRIDGE)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str | None]:
    """Rearrange the file; other exceptions are not caught, so that EventBridge retries."""
    key: str = event["detail"]["object"]["key"]
    try:
        wiring.faststart().rearrange(key)
    except NotRearranged as reason:
        logger.info("file left alone", extra={"key": key, "reason": str(reason)})
        return {"leftAlone": str(reason)}
    logger.info("index moved to the beginning", extra={"key": key})
    return {"leftAlone": None}
