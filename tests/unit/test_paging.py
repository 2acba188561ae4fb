"""Pages of rooms while rooms come and go, and tokens that are not ours."""

from collections.abc import Iterator
from string import ascii_letters, digits

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from meet import wiring
from meet.actors import SWEEP
from meet.clock import Milliseconds
from meet.paging import from_token, to_token
from meet.rooms.items import LIST_KEY
from meet.rooms.model import Preferences, Room
from meet.rooms.repository import RoomRepository
from tools.memory_aws import memory_aws

NOW = Milliseconds(1_800_000_000_000)


@pytest.fixture(scope="module")
def rooms() -> Iterator[RoomRepository]:
    with memory_aws():
        yield wiring.room_repository()


def add(rooms: RoomRepository, created_at: int) -> Room:
    room = Room.new(
        "",
        now=Milliseconds(created_at),
        expires_at=Milliseconds(NOW * 2),
        max_participants=None,
        preferences=Preferences(),
    )
    rooms.add(room)
    return room


def newest_first(room: Room) -> tuple[int, str]:
    return -room.created_at, room.name


@settings(max_examples=25)
@given(
    ages=st.lists(st.integers(0, 5), max_size=14),
    limit=st.integers(1, 6),
    changes=st.lists(st.tuples(st.booleans(), st.integers(0, 99), st.integers(-3, 6)), max_size=14),
)
def test_nothing_that_stays_is_lost_or_repeated_while_rooms_come_and_go(
    rooms: RoomRepository, ages: list[int], limit: int, changes: list[tuple[bool, int, int]]
) -> None:
    there = [add(rooms, NOW - age) for age in ages]
    ever, stays = list(there), {room.name for room in there}
    seen: list[Room] = []
    after: str | None = None
    pending = list(changes)
    try:
        while True:
            page = rooms.page(after=after, limit=limit, now=NOW)
            assert len(page.items) <= limit
            seen += page.items
            if page.last_key is None:
                break
            assert len(page.items) == limit, "only the last page is short"
            after = from_token(to_token(page.last_key), pattern=LIST_KEY)
            if pending:
                comes, which, age = pending.pop()
                if comes:
                    ever.append(add(rooms, NOW - age))
                elif there:
                    gone = there.pop(which % len(there))
                    stays.discard(gone.name)
                    rooms.close(gone.name, now=NOW, by=SWEEP)
        names = [room.name for room in seen]
        assert len(names) == len(set(names)), "nothing twice"
        assert stays <= set(names), "nothing lost"
        assert set(names) <= {room.name for room in ever}
        assert seen == sorted(seen, key=newest_first)
    finally:
        for room in ever:
            rooms.client.delete_item(TableName=rooms.table, Key={"roomName": {"S": room.name}})


keys = st.builds(
    "{:015d}#{}".format,
    st.integers(0, 10**15 - 1),
    st.text(f"{ascii_letters}{digits}-", min_size=15, max_size=66),
)


@given(keys)
def test_a_token_leads_back_to_its_key(key: str) -> None:
    token = to_token(key)
    assert token is not None
    assert token.isascii()
    assert key not in token, "opaque"
    assert from_token(token, pattern=LIST_KEY) == key


def is_refused(token: str) -> bool:
    try:
        from_token(token, pattern=LIST_KEY)
    except PydanticCustomError as error:
        return error.message() == "Unknown page token"
    return False


@given(st.text(max_size=120) | st.binary(max_size=90).map(lambda raw: raw.hex()))
def test_a_random_token_is_refused(token: str) -> None:
    assert is_refused(token)


@given(keys, st.integers(0, 200))
def test_a_token_that_was_cut_is_refused(key: str, length: int) -> None:
    token = to_token(key)
    assume(length < len(token))
    assert is_refused(token[:length])


@given(keys, st.integers(0, 200), st.sampled_from(f"{ascii_letters}{digits}-_") | st.characters())
def test_a_token_that_was_changed_is_refused(key: str, at: int, other: str) -> None:
    token = to_token(key)
    at %= len(token)
    assume(token[at] != other)
    assert is_refused(token[:at] + other + token[at + 1 :])


@given(keys, st.sampled_from(["=", "==", " ", "\n", "A", "%3D", "\0"]))
def test_a_token_with_something_added_is_refused(key: str, more: str) -> None:
    token = to_token(key)
    assert is_refused(token + more)
    assert is_refused(more + token)


def test_no_token_is_the_first_page() -> None:
    assert from_token(None, pattern=LIST_KEY) is None
