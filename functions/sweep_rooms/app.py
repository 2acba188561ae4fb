"""Every minute: end the meetings of rooms that expired or were deleted."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import clock, wiring
from meet.clock import SECOND, Milliseconds

logger = Logger()

_RESERVE = 15 * SECOND  # for what is under way when the time is up


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """End what is due, and report how many ended and how many have to wait."""
    left = context.get_remaining_time_in_millis() - _RESERVE
    ended, waiting = wiring.room_ending().sweep(Milliseconds(clock.now() + left))
    logger.info("swept rooms", extra={"ended": ended, "waiting": waiting})
    return {"ended": ended, "waiting": waiting}
