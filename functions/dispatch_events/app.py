"""Stream of the table of events: queue each new event for every webhook that wants it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import wiring
from meet.logs import create_logger
from meet.webhooks.dispatch import events_in

logger = create_logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Queue the events of a batch; failures escape, so that the stream sends the batch again."""
    events = events_in(event["Records"])
    queued, parked = wiring.event_dispatch().dispatch(events)
    report = {"events": len(events), "queued": queued, "parked": parked}
    logger.info("events dispatched", extra=report)
    return report
