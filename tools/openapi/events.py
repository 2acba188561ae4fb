"""The operations on events."""

from meet.errors import InvalidRequest
from meet.events.errors import EventsNotKept
from tools.openapi.examples import EVENT
from tools.openapi.row import Row, Success

ROWS: dict[str, Row] = {
    "get_events": Row(
        successes=(Success("Events", {"events": [EVENT], "cursor": "Yw5bBJq0bG9nIzQ3MTE"}),),
        errors=(
            EventsNotKept(),
            InvalidRequest(("after", "Unknown cursor"), message="Invalid request"),
        ),
    ),
}
"""What is to be said about each operation, by the folder of its function."""
