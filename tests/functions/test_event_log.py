"""The log of events: writers at once, repeats, and readers meanwhile."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.client import BaseClient

from meet import clock, wiring
from meet.clock import DAY, SECOND, Milliseconds
from meet.events.cursor import Cursor
from meet.events.errors import EventsNotKept
from meet.events.items import event_values, id_values
from meet.events.log import INDEX_DELAY, EventLog, HeadContended
from meet.events.model import EventType, Fact
from tests.expressions import DYNAMODB_LOCAL, MOTO
from tests.fakes import Clock
from tests.together import FIGURES

ROOM = "abcdefghijklmno"
BOTH = pytest.mark.parametrize("aws", [MOTO, DYNAMODB_LOCAL], indirect=True)


def fact(number: int | str, room: str = ROOM) -> Fact:
    return Fact(f"evt_{number}", EventType.ROOM_CREATED, clock.now(), room, {"number": number})


def everything(log: EventLog, after: Cursor | None = None) -> Iterator[tuple[int, str]]:
    """Yield position and id of all events, in pages."""
    while True:
        page = log.read(after, limit=7)
        if not page.events:
            return
        yield from ((each.position, each.id) for each in page.events)
        after = page.cursor


@BOTH
def test_facts_are_stored_once_in_their_order_and_without_gaps(
    aws: None, still_clock: Clock
) -> None:
    log = wiring.event_log()
    log.append([[fact(1), fact(2)], [fact(1)], [], [fact(3)]])
    log.append([[fact(2), fact(4)], [fact(3)]])
    log.append([[fact(1)]])
    log.append([])
    expected = [(1, "evt_1"), (2, "evt_2"), (3, "evt_3"), (4, "evt_4")]
    assert list(everything(log)) == expected
    assert [each.position for each in log.at([4, 9, 1, 1])] == [1, 4]
    assert log.positions_of(["evt_4", "evt_9", "evt_1"]) == {"evt_1": 1, "evt_4": 4}
    assert log.latest() == Cursor(4)


@BOTH
def test_many_facts_go_in_several_transactions_and_a_group_in_one(
    aws: None, still_clock: Clock
) -> None:
    log = wiring.event_log()
    log.append([[fact(f"{group}.{each}") for each in range(3)] for group in range(20)])
    found = list(everything(log))
    assert [position for position, _ in found] == list(range(1, 61))
    assert [i for _, i in found] == [f"evt_{g}.{e}" for g in range(20) for e in range(3)]


@BOTH
@pytest.mark.parametrize("room", [None, ROOM])
def test_a_small_page_reads_no_more_than_it_answers_with(
    aws: None, still_clock: Clock, monkeypatch: pytest.MonkeyPatch, room: str | None
) -> None:
    log = wiring.event_log()
    log.append([[fact(each) for each in range(20)]])
    still_clock.advance(INDEX_DELAY + 1)
    evaluated = []
    query = log.client.query

    def counted(**parameters: Any) -> Any:
        answer = query(**parameters)
        evaluated.append(answer["ScannedCount"])
        return answer

    monkeypatch.setattr(log.client, "query", counted)
    page = log.read(Cursor(5), limit=2, room=room)
    assert [each.position for each in page.events] == [6, 7]
    assert evaluated == [1, 2]  # whether the cursor still holds, then the page


@pytest.mark.parametrize("aws", [DYNAMODB_LOCAL], indirect=True)
def test_four_writers_at_once_leave_no_gap_and_nothing_twice(
    aws: None, record_property: Callable[[str, object], None]
) -> None:
    """And a reader who reads all the while sees each event once, in order."""
    log = wiring.event_log()
    done = threading.Event()
    seen: list[int] = []

    def write(number: int) -> None:
        for start in range(0, 200, 20):
            # What two streams share: half of the facts come from two of them.
            facts = [[fact(f"{number // 2}.{start + each}")] for each in range(20)]
            for _ in range(100):
                try:
                    log.append(facts)
                    break
                except HeadContended:
                    continue

    def watch() -> None:
        cursor = log.latest()
        while True:
            was_done = done.is_set()
            page = log.read(cursor, limit=50)
            seen.extend(each.position for each in page.events)
            cursor = page.cursor
            if was_done and not page.events:
                return

    began = time.monotonic()
    with ThreadPoolExecutor(5) as pool:
        watcher = pool.submit(watch)
        for each in [pool.submit(write, number) for number in range(4)]:
            each.result()
        took = time.monotonic() - began
        done.set()
        watcher.result()
    found = list(everything(log))
    assert [position for position, _ in found] == list(range(1, 401))
    assert set(Counter(i for _, i in found).values()) == {1}
    assert seen == list(range(1, 401))
    told = f"the log: 400 events by four writers at once, {400 / took:.0f} a second"
    record_property(FIGURES, told)


def test_a_head_that_others_move_each_time_is_an_error_that_tries_again_later(
    aws: None, still_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = wiring.event_log()
    make = BaseClient._make_api_call  # type: ignore[attr-defined]
    lost = 0

    def lose(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        nonlocal lost
        if operation == "TransactWriteItems" and lost < 12:
            lost += 1
            with monkeypatch.context() as patch:
                patch.setattr(BaseClient, "_make_api_call", make)
                wiring.event_log().append([[fact(f"other {lost}")]])
        return make(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", lose)
    with pytest.raises(HeadContended):
        log.append([[fact(1)]])
    assert lost == 10
    log.append([[fact(1)]])
    assert list(everything(log))[-1] == (13, "evt_1")


def test_a_lost_race_and_an_id_that_is_taken_are_told_apart(
    aws: None, still_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = wiring.event_log()
    log.append([[fact(1)]])
    head = log._head()
    log.append([[fact(2)]])
    heads = iter([head])
    real = EventLog._head
    monkeypatch.setattr(EventLog, "_head", lambda self: next(heads, None) or real(self))
    log.append([[fact(1), fact(3)]])
    assert list(everything(log)) == [(1, "evt_1"), (2, "evt_2"), (3, "evt_3")]


def test_the_moment_of_storing_never_goes_back(aws: None, still_clock: Clock) -> None:
    log = wiring.event_log()
    log.append([[fact(1)]])
    still_clock.advance(-5 * SECOND)  # another Lambda's clock
    log.append([[fact(2)]])
    first, second = log.at([1, 2])
    assert first.stored_at == second.stored_at


@BOTH
def test_the_oldest_event_that_is_kept_is_found_among_many_expired(
    aws: None, still_clock: Clock
) -> None:
    log = wiring.event_log()
    for number in range(40):
        log.append([[fact(number)]])
        still_clock.advance(DAY)
    # Kept are those of the last 30 days, to the millisecond.
    assert [position for position, _ in everything(log)] == list(range(11, 41))
    still_clock.advance(1)
    assert [position for position, _ in everything(log)] == list(range(12, 41))
    with pytest.raises(EventsNotKept):
        log.read(Cursor(10), limit=1)
    assert log.read(Cursor(11), limit=1).events[0].position == 12
    with pytest.raises(EventsNotKept):
        log.read(Cursor(99), limit=1)  # of another log, or of this one before it was restored
    for position in range(1, 12):
        log.client.delete_item(
            TableName=log.table,
            Key={"log": {"S": "events"}, "position": {"N": str(position)}},
        )
    assert next(iter(everything(log))) == (12, "evt_11")


@BOTH
def test_a_room_is_read_no_further_than_its_index_is_sure_to_be(
    aws: None, still_clock: Clock
) -> None:
    log = wiring.event_log()
    other = "otherroom-abcdefghijklmno"
    for number in range(30):
        log.append([[fact(number, ROOM if number % 3 else other)]])
        still_clock.advance(SECOND)
    page = log.read(None, limit=100, room=other)
    # The last one was stored a second ago: the index is sure of what is ten seconds old.
    assert [each.position for each in page.events] == [1, 4, 7, 10, 13, 16, 19]
    assert page.cursor == Cursor(20)
    assert log.read(page.cursor, limit=100, room=other).events == []
    assert log.read(page.cursor, limit=100, room=other).cursor == page.cursor
    still_clock.advance(5 * SECOND)
    page = log.read(page.cursor, limit=1, room=other)
    assert [each.position for each in page.events] == [22]
    assert page.cursor == Cursor(22)
    assert log.read(Cursor(3), limit=9, room="not a name").events == []


def test_a_page_stays_within_what_lambda_can_answer(
    aws: None, still_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meet.events.log._MAX_BYTES", 500)
    monkeypatch.setattr("meet.events.log._EXAMINED", 4)
    log = wiring.event_log()
    log.append([[fact(number)] for number in range(9)])
    page = log.read(None, limit=100)
    assert 1 <= len(page.events) < 4
    assert page.cursor == Cursor(page.events[-1].position)
    assert len(list(everything(log))) == 9
    nothing = log.read(None, limit=100, types=frozenset({EventType.ROOM_DELETED}))
    assert (nothing.events, nothing.cursor) == ([], Cursor(4))


def test_what_is_stored_expires_after_the_retention_and_ids_not_before_three_days() -> None:
    for days, of_id in ((1, 3), (30, 30)):
        now = Milliseconds(1_000)
        assert event_values(fact(1), 1, now, days * DAY)["deleteAfter"] == 1 + days * 86_400
        assert id_values(fact(1), 1, now, days * DAY)["deleteAfter"] == 1 + of_id * 86_400
