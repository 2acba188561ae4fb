"""How many participants were in a meeting at once."""

import pytest

from meet.clock import Milliseconds
from meet.meetings.model import Session, most_at_once


def session(identity: str, joined_at: int, left_at: int | None) -> Session:
    left = None if left_at is None else Milliseconds(left_at)
    return Session(f"PA_{joined_at}", identity, "", None, Milliseconds(joined_at), left)


@pytest.mark.parametrize(
    ("sessions", "most"),
    [
        ([], 0),
        ([("Ada", 1, 5)], 1),
        ([("Ada", 1, 5), ("Bob", 5, 9)], 1),
        ([("Ada", 1, 5), ("Bob", 4, 9)], 2),
        ([("Ada", 1, None), ("Bob", 4, 5), ("Eve", 6, None)], 2),
        ([("Ada", 1, 6), ("Ada", 5, 9)], 1),  # reconnected
        ([("Ada", 1, 6), ("Ada", 5, 9), ("Bob", 5, 7)], 2),
        ([("Ada", 3, 3), ("Bob", 3, 3)], 2),
    ],
)
def test_the_most_at_once_are_counted_by_identity(
    sessions: list[tuple[str, int, int | None]], most: int
) -> None:
    found = [session(*each) for each in sessions]
    assert most_at_once(found, until=Milliseconds(10)) == most
    assert most_at_once(reversed(found), until=Milliseconds(10)) == most
