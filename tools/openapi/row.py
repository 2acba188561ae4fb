"""What is said about one operation, and the ways it can answer."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from meet.errors import BodyTooLarge, MalformedBody, MeetError, UnsupportedMediaType


@dataclass(frozen=True)
class Success:
    """One way an operation answers when all is well; schema is a name, content anything else."""

    schema: str | None = None
    example: Any = None
    is_list: bool = False
    status: HTTPStatus = HTTPStatus.OK
    headers: tuple[str, ...] = ()
    content: dict[str, Any] = field(default_factory=dict)
    meaning: str = ""
    """Empty for the one that the route describes."""


@dataclass(frozen=True)
class Row:
    """What neither the route, the signature nor the docstring of an operation says."""

    successes: tuple[Success, ...]
    errors: tuple[MeetError, ...] = ()
    body_schema: str | None = None
    """In place of the one that the code gives."""
    body_required: bool = True
    body_examples: dict[str, Any] = field(default_factory=dict)
    parameters: tuple[dict[str, Any], ...] | None = None
    """All of them, where the code validates nothing and so tells nothing."""
    description: str = ""
    """In place of the docstring."""


IN_BODY = (MalformedBody(), BodyTooLarge(), UnsupportedMediaType())
"""What can be wrong with any body."""
