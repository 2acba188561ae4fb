"""The lobby with many who wait, and many who decide at once."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.client import BaseClient

from meet import clock, wiring
from meet.actors import Actor
from meet.clock import SECOND
from meet.lobby.errors import AdmittedAlready
from meet.lobby.model import Decision, Ticket, Waiting
from meet.rooms.model import Role
from tests.expressions import DYNAMODB_LOCAL, MOTO
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call
from tests.functions.lobby import Hall
from tests.functions.logs import Logs

BOTH = pytest.mark.parametrize("aws", [MOTO, DYNAMODB_LOCAL], indirect=True)
MODERATOR = Actor("moderator", "Mo_k2j9x0")


@pytest.fixture
def hall(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> Hall:
    return Hall(call, still_clock, livekit)


def waiting_in(room: str, number: int) -> tuple[Ticket, Waiting]:
    """Store somebody who waits; return the ticket and what is stored."""
    now = clock.now()
    ticket = Ticket.new(room, now=now)
    waiting = Waiting(
        id=ticket.id,
        room_name=room,
        name=f"Guest {number}",
        identity=f"Guest {number}_k2j9x0",
        role=Role.VIEWER,
        since=now,
        seen_at=now,
        attributes={},
    )
    wiring.waiting_repository().add(waiting)
    return ticket, waiting


# ----------------------------------------------------------------------- telling the moderators


def test_only_moderators_are_told(hall: Hall) -> None:
    first, second = hall.moderator("Mo"), hall.moderator("Max")
    hall.livekit.join(hall.name, "Bob_000000", "Bob")
    hall.livekit.join(hall.name, "EG_1", is_recorder=True)
    hall.livekit.join_with(hall.name, hall.ask("Mia", "moderator").body["token"])
    hall.livekit.inside[hall.name].popitem()
    hall.waits()
    assert hall.told() == [(first, second)]
    assert hall.livekit.calls == [
        ("participants", hall.name),
        ("send_data", hall.name, "meet.lobby"),
    ]


def test_without_a_moderator_nothing_is_sent_to_anybody(hall: Hall) -> None:
    hall.livekit.join(hall.name, "Bob_000000", "Bob")
    hall.waits()
    assert hall.livekit.calls == [("participants", hall.name)]
    assert hall.told() == []


def test_moderators_are_told_of_decisions_too(hall: Hall) -> None:
    moderator = hall.moderator()
    hall.waits()
    hall.decide(hall.listed()[0]["id"], "admit")
    assert hall.told() == [(moderator,)] * 2
    hall.decide_all("admit")  # nobody is left
    assert len(hall.told()) == 2


@pytest.mark.parametrize("failing", ["participants", "send_data"])
def test_a_failure_to_tell_them_is_logged_and_nobody_waits_in_vain(
    hall: Hall, logs: Logs, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    hall.moderator()

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("told to fail")

    with monkeypatch.context() as now:
        now.setattr(hall.livekit, failing, fail)
        ticket = hall.waits()
        assert hall.decide_all("admit").status == 200
    assert "moderators not told" in str(logs())
    assert hall.ask_again(ticket).status == 200


def test_200_who_wait_cost_a_call_of_livekit_a_second_and_not_one_each(
    hall: Hall, aws_calls: AwsCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    moderator = hall.moderator()
    monkeypatch.setattr(clock, "wait_until", lambda moment: None)  # others come meanwhile
    began = hall.clock()
    tickets = []
    for number in range(200):
        tickets.append(hall.waits(f"Guest {number}"))
        hall.clock.advance(SECOND // 20)
    took = (hall.clock() - began) / SECOND
    told = len(hall.told())
    assert set(hall.told()) == {(moderator,)}
    assert took - 1 <= told <= took + 2
    assert len(hall.livekit.calls) == 2 * told
    hall.livekit.calls.clear()

    listed = hall.listed()
    assert len(listed) == 200
    assert [each["participantName"] for each in listed] == [f"Guest {n}" for n in range(200)]

    aws_calls.forget()
    assert hall.decide_all("admit").body == {"decision": "admit", "participants": 200}
    names = Counter(aws_calls.names)
    assert names["TransactWriteItems"] == 2
    assert names["Query"] == 2
    assert len(hall.livekit.calls) <= 2
    assert all(hall.ask_again(ticket).status == 200 for ticket in tickets[::20])
    assert hall.listed() == []


def test_of_many_who_come_at_once_the_last_one_is_told_of_too(hall: Hall) -> None:
    """The second of a second waits until it is over, and tells of all that came meanwhile."""
    hall.moderator()
    news = wiring.waiting_repository()
    now = hall.clock()
    assert news.next_news(hall.name, now=now) == now
    assert news.next_news(hall.name, now=now) == now + SECOND
    assert news.next_news(hall.name, now=now) is None
    hall.clock.advance(SECOND - 1)
    assert news.next_news(hall.name, now=hall.clock()) is None
    hall.clock.advance(1)
    assert news.next_news(hall.name, now=hall.clock()) == now + 2 * SECOND


@BOTH
def test_of_20_who_come_at_once_two_tell_the_moderators(aws: None) -> None:
    """One now and one a second later: on real time, since it is about those who wait."""
    repository = wiring.waiting_repository()
    now = clock.now()
    with ThreadPoolExecutor(20) as pool:
        found = list(
            pool.map(lambda _: repository.next_news("abcdefghijklmno", now=now), range(20))
        )
    assert sorted(each for each in found if each is not None) == [now, now + SECOND]


# ---------------------------------------------------------------------------- deciding at once


@BOTH
def test_decisions_about_many_are_stored_together_but_for_those_decided_meanwhile(
    aws: None, still_clock: Clock
) -> None:
    repository = wiring.waiting_repository()
    room = "abcdefghijklmno"
    everybody = [waiting_in(room, number) for number in range(110)]
    waiting = [each for _, each in everybody]
    now = clock.now()
    for each in waiting[:2]:
        repository.decide(room, each.id, Decision.ADMIT, now=now, by=MODERATOR)
    assert repository.take(waiting[0], now=now)
    decided = repository.decide_all(waiting, Decision.DENY, now=now, by=MODERATOR)
    assert decided == 109
    stored = [repository.get(ticket) for ticket, _ in everybody]
    assert [each and each.decision for each in stored] == ["admit"] + ["deny"] * 109
    assert repository.decide_all(waiting, Decision.DENY, now=now, by=MODERATOR) == 0


@BOTH
def test_of_20_decisions_at_once_while_a_token_is_issued_the_outcome_is_one(aws: None) -> None:
    """Either the token was issued, and no later decision changed it, or the caller was denied."""
    repository = wiring.waiting_repository()
    for attempt in range(3):
        ticket, waiting = waiting_in("abcdefghijklmno", attempt)
        begin = threading.Barrier(22, timeout=30)

        def decide(number: int, waiting: Waiting = waiting, begin: Any = begin) -> str:
            begin.wait()
            decision = Decision.DENY if number % 2 else Decision.ADMIT
            try:
                repository.decide(
                    waiting.room_name, waiting.id, decision, now=clock.now(), by=MODERATOR
                )
            except AdmittedAlready:
                return "late"
            return decision

        def take(_: int, waiting: Waiting = waiting, begin: Any = begin) -> bool:
            begin.wait()
            return any(repository.take(waiting, now=clock.now()) for _ in range(10))

        with ThreadPoolExecutor(22) as pool:
            taken = pool.map(take, range(2))
            outcomes = Counter(pool.map(decide, range(20)))
        stored = repository.get(ticket)
        assert stored is not None
        if any(taken):
            assert stored.issued_at is not None
            assert stored.decision is Decision.ADMIT
        else:
            assert stored.issued_at is None
            assert outcomes["late"] == 0


def test_a_denial_that_comes_while_the_token_is_made_is_the_answer(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = hall.waits()
    waiting_id = hall.listed()[0]["id"]
    hall.decide(waiting_id, "admit")
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def deny_first(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if operation == "UpdateItem" and "issuedAt" in str(parameters["UpdateExpression"]):
            monkeypatch.setattr(BaseClient, "_make_api_call", make)
            assert hall.decide(waiting_id, "deny").status == 200
        return make(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", deny_first)
    reply = hall.ask_again(ticket)
    assert (reply.status, reply.body["reason"]) == (403, "not_admitted")


def test_more_than_a_page_are_decided_about_in_pages(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meet.lobby.service.MOST_LISTED", 3)
    for number in range(7):
        hall.waits(f"Guest {number}")
        hall.clock.advance(1)
    assert [each["participantName"] for each in hall.listed()] == ["Guest 0", "Guest 1", "Guest 2"]
    assert hall.decide_all("deny").body["participants"] == 7
    assert [each["type"] for each in hall.events()].count("lobby.denied") == 7
