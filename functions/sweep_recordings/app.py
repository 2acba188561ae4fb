"""Every minute: end the recordings whose webhook or upload event never arrived."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import clock, wiring
from meet.logs import create_logger

logger = create_logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Check the recordings that are due; return how many are settled and how many wait."""
    settled, waiting = wiring.recording_sweep().sweep(
        clock.sweep_deadline(context.get_remaining_time_in_millis())
    )
    logger.info("recordings swept", extra={"settled": settled, "waiting": waiting})
    return {"settled": settled, "waiting": waiting}
