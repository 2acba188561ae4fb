"""POST /rooms/{roomName}/links/{role}/rotate."""

import pytest

from meet import wiring
from meet.clock import HOUR, MINUTE
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call
from tests.functions.guests import Party, claims
from tests.functions.rooms import create_room
from tests.functions.test_sweep_rooms import report, sweep
from tests.streams import Streams

INVALID = (403, {"code": 403, "message": "Invalid secret", "reason": "invalid_secret"})


@pytest.fixture
def party(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> Party:
    return Party.in_new_room(call, still_clock, livekit, expirationDate=still_clock() + 24 * HOUR)


def rotate(party: Party, role: str = "publisher", query: str = "") -> dict[str, str]:
    reply = party.call("POST", f"/rooms/{party.name}/links/{role}/rotate{query}")
    assert reply.status == 200, reply.text
    room: dict[str, str] = reply.body
    return room


def test_the_old_secret_opens_nothing_and_the_new_one_does(party: Party) -> None:
    old = party.room
    new = rotate(party)
    assert {name for name in new if new[name] != old[name]} == {"publisherURL"}
    assert party.call("GET", f"/rooms/{party.name}").body == new
    reply = party.ask("Ada")
    assert (reply.status, reply.body) == INVALID
    party.room = new
    assert claims(party.ask("Ada"))["attributes"]["link"] == "publisher#1"
    assert claims(party.ask("Ada", "viewer"))["attributes"]["link"] == "viewer#0"


def test_it_is_one_conditional_write_and_an_event(party: Party, aws_calls: AwsCalls) -> None:
    aws_calls.forget()
    rotate(party)
    assert aws_calls.names == ["UpdateItem"]
    Streams().flow()
    _, event = party.call("GET", "/events").body["events"]
    assert (event["type"], event["data"]["changed"]) == ("room.updated", ["publisherURL"])
    assert "secret" not in str(event)


def test_those_who_came_by_it_stay_unless_it_is_asked_otherwise(party: Party) -> None:
    inside = {party.enter(party.ask("Ada")), party.enter(party.ask("Bob", "viewer"))}
    rotate(party)
    sweep()
    assert party.inside() == inside


def test_with_disconnect_they_are_out_and_out_again_and_nobody_else_is(party: Party) -> None:
    ada, bob = party.ask("Ada"), party.ask("Bob", "viewer")
    party.enter(ada)
    stays = party.enter(bob)
    party.room = rotate(party, query="?disconnect=true")
    assert party.inside() == {stays}
    party.enter(ada)  # with the old token
    party.report(ada)
    assert party.inside() == {stays}
    party.enter(ada)  # without media, so that LiveKit reports nothing
    assert sweep() == report(0, 0, removed=1)
    assert party.inside() == {stays}
    back = party.enter(party.ask("Ada"))
    sweep()
    assert party.inside() == {stays, back}


def test_who_came_by_the_link_before_the_last_is_out_too(party: Party) -> None:
    party.enter(party.ask("Ada"))
    party.room = rotate(party)
    party.enter(party.ask("Bob"))
    party.room = rotate(party)
    stays = party.enter(party.ask("Cleo"))
    party.room = rotate(party, "viewer", "?disconnect=true")
    assert len(party.inside()) == 3
    rotate(party, query="?disconnect=true")
    assert stays not in party.inside()
    assert party.inside() == set()


def test_a_moderators_api_token_ends_with_their_link(party: Party) -> None:
    token = party.ask("Ada", "moderator").body["apiToken"]
    room = wiring.room_repository()
    bearer = wiring.api_tokens().read(token)
    rotate(party, "moderator")
    assert not room.get(party.name).has_shut_out(str(bearer.link))
    rotate(party, "moderator", "?disconnect=true")
    assert room.get(party.name).has_shut_out(str(bearer.link))


def test_livekit_being_down_keeps_nobody_from_rotating_and_the_sweep_makes_up_for_it(
    party: Party,
) -> None:
    party.enter(party.ask("Ada"))
    party.livekit.down = True
    rotate(party, query="?disconnect=true")
    party.livekit.down = False
    party.clock.advance(MINUTE)
    assert sweep() == report(0, 0, removed=1)
    assert party.inside() == set()


def test_a_room_or_role_that_is_not_there(party: Party) -> None:
    assert party.call("POST", "/rooms/abcdefghijklmno/links/viewer/rotate").status == 404
    assert party.call("POST", f"/rooms/{party.name}/links/guest/rotate").status == 422
    assert party.call("POST", f"/rooms/{party.name}/links/viewer/rotate?disconnect=1").status == 422
    name = create_room(party.call, party.clock)["roomName"]
    party.call("DELETE", f"/rooms/{name}")
    assert party.call("POST", f"/rooms/{name}/links/viewer/rotate").status == 404
