"""Writes that lose a race, one after the other and on both databases."""

from dataclasses import replace
from typing import Any

import pytest

from meet import clock, wiring
from meet.actors import Actor
from meet.clock import SECOND
from meet.errors import RoomNotFound
from meet.rooms.model import Role
from tests.expressions import DYNAMODB_LOCAL, MOTO
from tests.fakes import Clock
from tests.functions.gateway import Call
from tests.functions.rooms import create_room
from tests.functions.test_lobby_many import waiting_in

MODERATOR = Actor("moderator", "Mo_k2j9x0")
ROOM = "abcdefghijklmno"

pytestmark = pytest.mark.parametrize("aws", [MOTO, DYNAMODB_LOCAL], indirect=True)


class Slow:
    """A client whose first read shows what was stored before somebody else's write."""

    def __init__(self, client: Any, seen: dict[str, Any]) -> None:
        self._client, self._seen = client, [seen]

    def get_item(self, **request: Any) -> Any:
        return self._seen.pop() if self._seen else self._client.get_item(**request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def slow(client: Any, seen: dict[str, Any]) -> Any:
    """Return a client that first reads what was there before."""
    return Slow(client, seen)


def test_nobody_takes_a_token_before_being_admitted(aws: None, still_clock: Clock) -> None:
    repository = wiring.waiting_repository()
    ticket, waiting = waiting_in(ROOM, 1)
    assert not repository.take(waiting, now=clock.now())
    stored = repository.get(ticket)
    assert stored is not None
    assert stored.issued_at is None


def test_one_who_reads_late_tells_the_moderators_a_second_later(
    aws: None, still_clock: Clock
) -> None:
    repository = wiring.waiting_repository()
    now = clock.now()
    assert repository.next_news(ROOM, now=now) == now
    late = replace(repository, client=slow(repository.client, {}))
    assert late.next_news(ROOM, now=now) == now + SECOND


def test_of_two_who_read_the_same_news_one_tells_the_moderators(
    aws: None, still_clock: Clock
) -> None:
    repository = wiring.waiting_repository()
    now = clock.now()
    assert repository.next_news(ROOM, now=now) == now
    seen = {"Item": {"toldAt": {"N": str(now)}}}
    assert repository.next_news(ROOM, now=now) == now + SECOND
    late = replace(repository, client=slow(repository.client, seen))
    assert late.next_news(ROOM, now=now) is None


def test_a_link_is_disabled_and_enabled_and_old_tokens_end(call: Call, still_clock: Clock) -> None:
    name = create_room(call, still_clock)["roomName"]
    service = wiring.room_service()
    service.change(name, {"links.publisher.enabled": False}, by=MODERATOR)
    assert not service.get(name).links[Role.PUBLISHER].is_enabled
    service.change(name, {"links.publisher.enabled": True}, by=MODERATOR)
    assert service.get(name).links[Role.PUBLISHER].is_enabled
    assert service.end_tokens(name).tokens_valid_after == still_clock()


def test_a_room_that_is_gone_cannot_be_closed(aws: None) -> None:
    with pytest.raises(RoomNotFound):
        wiring.room_service().change(ROOM, {"status": "closed"}, by=MODERATOR)
