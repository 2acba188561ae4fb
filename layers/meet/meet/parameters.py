"""Parameters that several operations have, with what the OpenAPI document says about them."""

from typing import Annotated, Any

from pydantic import AfterValidator

from meet.paging import MAX_ITEMS
from meet.powertools import Header, Path, Query
from meet.types import PathSegment, QueryInteger, broken_rule

NEXT_PAGE_HEADER = "X-Next-Page-Token"
IDEMPOTENCY_HEADER = "Idempotency-Key"
MAX_KEY_LENGTH = 255

TRUE_OR_FALSE: dict[str, Any] = {"enum": ["true", "false"]}


def _true_or_false(text: str) -> str:
    if text not in TRUE_OR_FALSE["enum"]:
        raise broken_rule("Must be true or false")
    return text


Flag = Annotated[str, AfterValidator(_true_or_false)]
"""A boolean in a query string, whose Query needs TRUE_OR_FALSE for the document."""

RoomName = Annotated[
    PathSegment, Path(description="The name of the room, as returned when it was created.")
]

RecordingId = Annotated[PathSegment, Path(description="The `id` of the recording.")]

Fields = Annotated[
    str | None,
    Query(
        description="Comma-separated names of the properties to return, such as "
        "`roomName,preferences`. Unknown names are ignored; if none is known, everything is "
        "returned."
    ),
]

MaxItems = Annotated[
    QueryInteger,
    Query(
        alias="maxItems", ge=1, le=MAX_ITEMS, description="The maximum number of items to return."
    ),
]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=IDEMPOTENCY_HEADER,
        description="Makes it safe to repeat a request: within 24 hours, the same key and body get "
        "the first answer again. Keys are separate for each API key, for the console, and for the "
        "moderators of each room.",
        json_schema_extra={"minLength": 1, "maxLength": MAX_KEY_LENGTH},
    ),
]


def next_page() -> Query:
    """Return the parameter for the next page's token; each list reads only its own tokens."""
    return Query(
        alias="nextPageToken",
        description=f"The `{NEXT_PAGE_HEADER}` of the page before, unchanged.",
    )
