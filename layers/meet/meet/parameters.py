"""Parameters that several operations have, with what the OpenAPI document says about them."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header, Query

from meet.paging import MAX_ITEMS
from meet.types import QueryInteger

NEXT_PAGE_HEADER = "X-Next-Page-Token"
IDEMPOTENCY_HEADER = "Idempotency-Key"
MAX_KEY_LENGTH = 255

Fields = Annotated[
    str | None,
    Query(
        description="Comma-separated names of the properties to return, such as "
        "`roomName,preferences`. Unknown names are ignored; if no known one is left, everything is "
        "returned."
    ),
]

MaxItems = Annotated[
    QueryInteger,
    Query(alias="maxItems", ge=1, le=MAX_ITEMS, description="How many items to return at most."),
]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=IDEMPOTENCY_HEADER,
        description="Makes it safe to send a request again: the same key and body within 24 hours "
        "get the first answer again. Each API key, the console and each moderator's room has keys "
        "of its own.",
        json_schema_extra={"minLength": 1, "maxLength": MAX_KEY_LENGTH},
    ),
]


def next_page() -> Query:
    """Return the parameter for the token of the next page; each list reads tokens of its own."""
    return Query(
        alias="nextPageToken",
        description=f"Continues where a page ended: its `{NEXT_PAGE_HEADER}`, unchanged.",
    )
