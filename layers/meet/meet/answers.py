"""The answers of an operation, for the OpenAPI document; they have no effect at run time.

Powertools' own `responses` takes one failure for each status, and would build a validator of every
model when a function starts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias, TypeVar

from meet.errors import MeetError
from meet.types import View

Function = TypeVar("Function", bound=Callable[..., Any])

Body: TypeAlias = type[View] | type[list[Any]]
"""A view, or a list of one."""


@dataclass(frozen=True)
class Success:
    """A successful answer of an operation."""

    body: Body | None = None
    status: HTTPStatus = HTTPStatus.OK
    meaning: str = ""
    """Empty if the route describes it."""
    example: Any = None
    """Instead of the examples of the fields."""


@dataclass(frozen=True)
class Answers:
    """The answers of one operation."""

    successes: tuple[Success, ...]
    failures: tuple[MeetError, ...]


def answers(
    *possible: Body | Success | type[MeetError] | MeetError | None,
) -> Callable[[Function], Function]:
    """Declare what an operation answers: bodies, None for 204, and failures.

    The document adds those that follow from parameters, body and credentials, such as 401 and 415.
    """
    successes: list[Success] = []
    failures: list[MeetError] = []
    for each in possible:
        if isinstance(each, Success):
            successes.append(each)
        elif each is None:
            successes.append(Success(status=HTTPStatus.NO_CONTENT))
        elif isinstance(each, MeetError):
            failures.append(each)
        elif isinstance(each, type) and issubclass(each, MeetError):
            failures.append(each())
        else:
            successes.append(Success(each))

    def declare(function: Function) -> Function:
        vars(function)["answers"] = Answers(tuple(successes), tuple(failures))
        return function

    return declare
