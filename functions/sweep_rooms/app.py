"""Every minute: end the meetings of rooms that expired, were deleted, or came back."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import clock, wiring
from meet.logs import create_logger

logger = create_logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """End what is due; report how many ended, have to wait, and had come back."""
    ended, waiting, strays = wiring.room_ending().sweep(
        clock.sweep_deadline(context.get_remaining_time_in_millis())
    )
    report = {"ended": ended, "waiting": waiting, "strays": strays}
    logger.info("swept rooms", extra=report)
    return report
