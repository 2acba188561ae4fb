"""Everything that is not an API operation: pages, their assets, and what does not exist."""

from pathlib import Path

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from meet.http import Event, Reply, logger
from meet.web.site import Site

site = Site(Path(__file__).parent)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_REST, clear_state=True
)
def handler(event: Event, context: LambdaContext) -> Reply:
    """Serve one request."""
    reply = site.serve(event, context)
    logger.info(f"{event['httpMethod']} page {reply['statusCode']}")
    return reply
