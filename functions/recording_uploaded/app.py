"""Object created in the recordings bucket: the recording is READY.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import wiring
from meet.logs import create_logger

logger = create_logger()


@logger.inject_lambda_context(correlation_id_path=correlation_paths.EVENT_BRIDGE)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str | None]:
    """Make the recording READY; exceptions are not caught, so that EventBridge retries."""
    key: str = event["detail"]["object"]["key"]
    recording = wiring.recording_evidence().object_seen(key)
    if recording is None:
        logger.info("object ignored", extra={"key": key})
        return {"status": None}
    ids = {"recording": recording.id, "room": recording.room_name}
    logger.info("object created", extra={**ids, "status": recording.status})
    return {"status": recording.status.value}
