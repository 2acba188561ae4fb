"""POST /participants/tokens: many tokens in one call, without a secret."""

from typing import Any

import pytest

from meet.clock import HOUR
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call, Reply
from tests.functions.guests import Party


@pytest.fixture
def party(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> Party:
    return Party.in_new_room(call, still_clock, livekit, expirationDate=still_clock() + 24 * HOUR)


def ask(party: Party, *participants: dict[str, Any]) -> Reply:
    body = {"roomName": party.name, "participants": list(participants)}
    return party.call("POST", "/participants/tokens", body)


def guests(count: int) -> list[dict[str, Any]]:
    return [{"participantName": f"Guest {n}", "role": "publisher"} for n in range(count)]


def test_each_is_answered_as_for_a_secret_in_their_order(party: Party) -> None:
    reply = ask(
        party,
        {"participantName": "Ada", "role": "moderator", "externalId": "u1", "metadata": "m"},
        {"participantName": "Bob", "role": "viewer"},
    )
    ada, bob = reply.body["tokens"]
    assert reply.status == 200
    assert [ada["participantName"], bob["participantName"]] == ["Ada", "Bob"]
    assert (ada["role"], bob["role"]) == ("moderator", "viewer")
    same = party.ask("Ada", "moderator").body
    assert ada.keys() == same.keys()
    assert "apiToken" in ada
    assert "apiToken" not in bob
    party.livekit.join_with(party.name, ada["token"])
    (inside,) = party.livekit.participants(party.name)
    told = {name: value for name, value in inside.attributes.items() if name != "issuedAt"}
    assert told == {"role": "moderator", "externalId": "u1", "metadata": "m"}


def test_100_in_one_call_are_one_call_to_livekit_and_one_read(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, aws_calls: AwsCalls
) -> None:
    party = Party.in_new_room(call, still_clock, livekit, maxParticipants=100)
    ask(party, *guests(1))
    aws_calls.forget()
    livekit.calls.clear()
    tokens = ask(party, *guests(100)).body["tokens"]
    assert len({each["participantIdentity"] for each in tokens}) == 100
    assert livekit.calls == [("participants", party.name)]
    assert aws_calls.names == ["GetItem"]


def test_more_than_there_is_space_for_get_none(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    party = Party.in_new_room(call, still_clock, livekit, maxParticipants=3)
    livekit.join(party.name, "Ada")
    reply = ask(party, *guests(3))
    assert (reply.status, reply.body["reason"]) == (409, "room_full")
    assert ask(party, *guests(2)).status == 200
    livekit.down = True
    assert ask(party, *guests(2)).status == 503


def test_a_closed_room_and_a_start_hold_for_back_ends_too(party: Party) -> None:
    party.call("PUT", f"/rooms/{party.name}", {"startsAt": party.clock() + HOUR})
    assert ask(party, *guests(1)).body["reason"] == "not_started"
    moderator = {"participantName": "Ada", "role": "moderator"}
    assert ask(party, moderator).status == 200
    assert ask(party, moderator, *guests(1)).body["reason"] == "not_started"
    party.call("PUT", f"/rooms/{party.name}", {"status": "closed"})
    assert ask(party, moderator).body["reason"] == "room_closed"


@pytest.mark.parametrize(
    ("participants", "field", "message"),
    [
        (None, "participants", "Required"),
        ({}, "participants", "Expected array, received object"),
        ([], "participants", "Must have at least 1 items"),
        (guests(101), "participants", "Must have at most 100 items"),
        ([{"role": "viewer"}], "participants.0.participantName", "Required"),
        (
            [*guests(1), {"participantName": "Ada", "role": "admin"}],
            "participants.1.role",
            "Must be one of moderator, publisher, viewer",
        ),
    ],
)
def test_what_breaks_a_rule_is_refused_by_its_path(
    party: Party, participants: Any, field: str, message: str
) -> None:
    body = {"roomName": party.name} | (
        {} if participants is None else {"participants": participants}
    )
    reply = party.call("POST", "/participants/tokens", body)
    assert (reply.status, reply.body["details"]) == (422, [{"field": field, "message": message}])


def test_a_room_that_is_not_there_is_answered_as_for_a_secret(party: Party) -> None:
    party.room = party.room | {"roomName": "abcdefghijklmno"}
    reply = ask(party, *guests(1))
    assert (reply.status, reply.body) == (
        404,
        {"name": "Room not found", "message": "The room does not exist"},
    )


def test_a_participant_called_tokens_can_be_removed(party: Party) -> None:
    party.livekit.join(party.name, "tokens")
    assert party.call("DELETE", f"/participants/tokens?roomName={party.name}").status == 204
    assert party.inside() == set()
