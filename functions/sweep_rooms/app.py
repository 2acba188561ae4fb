"""Every minute: end the meetings of rooms that are over, and those that have lasted too long.

It also makes up for lost webhooks, and starts recordings that begin automatically.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import clock, wiring
from meet.logs import create_logger

logger = create_logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """End the meetings that are due; return the counts."""
    deadline = clock.sweep_deadline(context.get_remaining_time_in_millis())
    swept = wiring.room_ending().sweep(deadline)
    unreported = wiring.meeting_sweep().sweep(swept.listed, swept.going_on, deadline)
    wiring.meeting_duration().sweep(swept.listed, swept.going_on, deadline)
    removed = wiring.arrivals().sweep(swept.going_on, deadline)
    recorded = wiring.automatic_starts().sweep(swept.listed, swept.going_on, deadline)
    report = {
        "ended": swept.ended,
        "waiting": swept.waiting,
        "strays": swept.strays,
        "removed": removed,
        "unreported": unreported,
        "recorded": recorded,
    }
    logger.info("rooms swept", extra=report)
    return report
