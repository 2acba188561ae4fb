"""Streams of Rooms, Recordings and Meetings: write the events that their transitions are."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import wiring
from meet.events.stream import facts_in
from meet.logs import create_logger

logger = create_logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Log a batch; a failure escapes, so that Lambda hands the whole batch over again."""
    sources = wiring.event_sources()
    groups = [facts_in(record, sources) for record in event["Records"]]
    wiring.event_log().append(groups)
    count = sum(map(len, groups))
    logger.info("events logged", extra={"records": len(groups), "events": count})
