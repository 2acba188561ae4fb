"""Every minute: end the recordings whose webhook or file event never came."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import clock, wiring
from meet.logs import create_logger

logger = create_logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Settle what is due, and report how many have their end and how many have to wait."""
    settled, waiting = wiring.recording_settlement().sweep(
        clock.sweep_deadline(context.get_remaining_time_in_millis())
    )
    logger.info("swept recordings", extra={"settled": settled, "waiting": waiting})
    return {"settled": settled, "waiting": waiting}
