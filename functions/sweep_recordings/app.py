"""Every minute: end the recordings whose webhook or upload event never arrived."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import clock, wiring
from meet.logs import create_logger
from meet.recordings.parts import Invocation

logger = create_logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Check the recordings that are due; return how many are settled and how many wait.

    If very many are due, this is one of several invocations, and counts its own.
    """
    asked = Invocation.of(event)
    deadline = clock.sweep_deadline(context.get_remaining_time_in_millis())
    recordings = wiring.recording_sweep()
    if asked is not None:
        settled, waiting = recordings.sweep(min(deadline, asked.until), asked.part.of)
    else:
        sharing = wiring.sweep_sharing(context.invoked_function_arn)
        settled, waiting = recordings.sweep(deadline, lambda due: sharing.share(due, deadline))
    report = {"settled": settled, "waiting": waiting}
    logger.info("recordings swept", extra=report | ({"part": asked.part.number} if asked else {}))
    return report
