"""Every minute: queue deliveries that are due, try endpoints that rest, switch Lambda's polling."""

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
    are_any = wiring.webhook_repository().are_any()
    failure = None
    try:
        wiring.queue_polling().adjust(on=are_any)
    except Exception as error:
        logger.exception("polling not adjusted")
        failure = error
    # Without a webhook nothing is due but what would be dropped.
    swept = wiring.webhook_sweep().sweep(deadline) if are_any else Swept()
    report = swept._asdict()
    logger.info("webhooks swept", extra=report)
    if failure:
        raise failure  # so that the alarm notices
    return report
