"""Every minute: queue deliveries that are due, try endpoints that rest, let Lambda poll or not."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import clock, wiring
from meet.logs import create_logger
from meet.webhooks.sweep import Swept

logger = create_logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Queue what is due; report how many deliveries, probes and released deliveries it queued."""
    deadline = clock.sweep_deadline(context.get_remaining_time_in_millis())
    webhooks = wiring.webhook_repository()
    are_any = webhooks.are_any()
    swept = Swept()
    try:
        if are_any:  # or nothing can be due but what would be dropped
            swept = wiring.webhook_sweep().sweep(deadline)
    finally:  # last, so that its failure is that of the sweep, but keeps it from nothing
        wiring.queue_polling().adjust(on=are_any, look_again=webhooks.are_any)
    report = swept._asdict()
    logger.info("webhooks swept", extra=report)
    return report
