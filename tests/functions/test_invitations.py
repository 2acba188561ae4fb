"""Invitations: for one person, with a name, an end and a number of joins."""

import json
import re
from typing import Any

import pytest

from meet.clock import HOUR, MINUTE
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import ORIGIN, Call, Reply
from tests.functions.guests import Party, claims
from tests.functions.rooms import create_room
from tests.functions.test_sweep_rooms import report, sweep
from tests.streams import Streams


@pytest.fixture
def party(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> Party:
    return Party.in_new_room(call, still_clock, livekit, expirationDate=still_clock() + 24 * HOUR)


def refused(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.body["message"]


WIDE = "\uff41\uff44\uff41"
"""ada, in wide letters."""
INVALID = (403, "Invalid invitation")


def test_an_invitation_lets_one_person_in_under_its_name_and_role(party: Party) -> None:
    made, token = party.invite("Ada", role="moderator", externalId="u1", metadata="m")
    assert made == {
        "invitationId": made["invitationId"],
        "url": f"{ORIGIN}/meet/{party.name}/?invite={token}",
        "participantName": "Ada",
        "role": "moderator",
        "creationDate": party.clock(),
        "externalId": "u1",
        "metadata": "m",
        "skipLobby": False,
        "joins": 0,
        "revoked": False,
    }
    reply = party.show(token, participantName="Eve", externalId="u2", metadata="x")
    told = claims(reply)
    assert (told["name"], reply.body["role"]) == ("Ada", "moderator")
    assert re.fullmatch(r"Ada_[a-z0-9]{6}", told["sub"])
    assert told["attributes"] == {
        "role": "moderator",
        "externalId": "u1",
        "metadata": "m",
        "invitation": made["invitationId"],
        "issuedAt": str(party.clock()),
    }
    assert "apiToken" in reply.body


def test_its_token_has_192_bits_is_shown_once_and_stored_nowhere(party: Party) -> None:
    made, token = party.invite()
    secret = token.partition(".")[2]
    assert re.fullmatch(r"[\w-]{32}", secret)
    path = f"/rooms/{party.name}/invitations"
    (listed,) = party.call("GET", path).body["invitations"]
    assert listed == {k: v for k, v in made.items() if k != "url"}
    assert party.call("GET", f"{path}/{made['invitationId']}").body == listed
    assert secret not in str(party.stored())


def test_nobody_else_in_the_room_gets_its_name(party: Party) -> None:
    _, token = party.invite("Ada")
    for name in ("Ada", "ADA", WIDE):
        assert claims(party.ask(name))["name"] == f"{name}_1"
    assert claims(party.ask("Adam"))["name"] == "Adam"
    assert claims(party.show(token))["name"] == "Ada"
    body = {
        "roomName": party.name,
        "participants": [{"participantName": "Ada", "role": "viewer"}],
    }
    (only,) = party.call("POST", "/participants/tokens", body).body["tokens"]
    assert only["participantName"] == "Ada_1"


def test_a_name_is_invited_once_and_again_when_that_invitation_is_over(party: Party) -> None:
    first, token = party.invite("Ada", expiresAt=party.clock() + HOUR)
    path = f"/rooms/{party.name}/invitations"
    body = {
        "invitations": [
            {"participantName": "Bob", "role": "viewer"},
            {"participantName": "ada", "role": "viewer"},
        ]
    }
    reply = party.call("POST", path, body)
    assert refused(reply) == (409, "An invitation has this name already")
    assert len(party.call("GET", path).body["invitations"]) == 1, "all or none"
    party.clock.advance(HOUR)
    second, other = party.invite("Ada")
    assert second["invitationId"] != first["invitationId"]
    assert refused(party.show(token)) == INVALID
    assert party.show(other).status == 200
    party.call("DELETE", f"{path}/{second['invitationId']}")
    _, third = party.invite("Ada")
    assert refused(party.show(other)) == INVALID
    assert party.show(third).status == 200


def test_a_hundred_at_once_each_with_a_name_of_its_own(party: Party) -> None:
    def ask(count: int) -> Reply:
        wanted = [{"participantName": f"Guest {n}", "role": "viewer"} for n in range(count)]
        return party.call("POST", f"/rooms/{party.name}/invitations", {"invitations": wanted})

    made = ask(100)
    assert made.status == 201
    names = [each["participantName"] for each in made.body["invitations"]]
    assert names == [f"Guest {n}" for n in range(100)]
    assert ask(0).status == ask(101).status == 422
    twice = {"invitations": [{"participantName": n, "role": "viewer"} for n in ("Zoe", "ZOE")]}
    reply = party.call("POST", f"/rooms/{party.name}/invitations", twice)
    assert reply.body["details"] == [
        {"field": "invitations", "message": "Must have each name once"}
    ]


def test_a_repeated_request_gets_the_same_links_and_their_tokens_are_stored_nowhere(
    party: Party, aws_calls: AwsCalls
) -> None:
    path, key = f"/rooms/{party.name}/invitations", {"Idempotency-Key": "one"}
    body = {"invitations": [{"participantName": each, "role": "viewer"} for each in ("Ada", "Bob")]}
    first, again = (party.call("POST", path, body, key) for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    tokens = [each["url"].partition("?invite=")[2] for each in again.body["invitations"]]
    assert len(party.call("GET", path).body["invitations"]) == len({*tokens}) == 2
    assert not any(each in json.dumps(aws_calls.made, default=str) for each in tokens)
    for name, token in zip(("Ada", "Bob"), tokens, strict=True):
        assert claims(party.show(token))["name"] == name
    other = create_room(party.call, party.clock)["roomName"]
    assert party.call("POST", f"/rooms/{other}/invitations", body, key).status == 422


def test_its_bearer_is_connected_once_and_may_take_over(party: Party) -> None:
    _, token = party.invite()
    first = party.show(token)
    second = party.show(token)
    assert claims(first)["sub"] == claims(second)["sub"], "two tokens are one participant"
    party.enter(first)
    assert refused(party.show(token)) == (409, "You are in the meeting already")
    taken = party.show(token, takeOver=True)
    assert party.enter(taken) == claims(first)["sub"]
    assert len(party.inside()) == 1
    again = party.show(token, previousToken=first.body["token"])
    assert again.status == 200, "the page was loaded again"


def test_joins_are_counted_by_session_however_often_they_are_reported(party: Party) -> None:
    made, token = party.invite(maxJoins=2)
    path = f"/rooms/{party.name}/invitations/{made['invitationId']}"
    reply = party.show(token)
    party.show(token)
    assert party.call("GET", path).body["joins"] == 0, "tokens do not count"
    for _ in range(3):
        party.report(reply, sid="PA_1")
    assert party.call("GET", path).body["joins"] == 1
    assert party.call("GET", path).body["lastJoinAt"] == party.clock() + 1
    assert party.show(token).status == 200
    party.report(reply, sid="PA_2", event="participant_left")
    assert party.call("GET", path).body["joins"] == 2, "the report of the joining was lost"
    assert refused(party.show(token)) == (403, "The invitation has been used up")


def test_the_sessions_that_are_remembered_are_limited_and_all_are_counted(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meet.guests.repository._KEPT", 3)
    made, token = party.invite()
    reply = party.show(token)
    for number in range(5):
        party.report(reply, sid=f"PA_{number}", at=number)
    path = f"/rooms/{party.name}/invitations/{made['invitationId']}"
    assert party.call("GET", path).body["joins"] == 5
    (item,) = party.stored()
    assert len(item["counted"]["SS"]) == 3


def test_an_expired_invitation_opens_nothing_nor_does_its_token_last_longer(party: Party) -> None:
    _, token = party.invite(expiresAt=party.clock() + 10 * MINUTE)
    assert claims(party.show(token))["exp"] == (party.clock() + 10 * MINUTE) // 1000
    party.clock.advance(10 * MINUTE)
    assert refused(party.show(token)) == (403, "The invitation has expired")
    assert claims(party.ask("Ada"))["name"] == "Ada", "the name is free"


def test_revoking_shows_the_bearer_out_and_out_again(party: Party) -> None:
    made, token = party.invite()
    reply = party.show(token)
    party.enter(reply)
    other = party.enter(party.ask("Bob"))
    path = f"/rooms/{party.name}/invitations/{made['invitationId']}"
    assert party.call("DELETE", path).status == 204
    assert party.inside() == {other}
    assert refused(party.show(token)) == INVALID
    party.enter(reply)
    party.report(reply)
    assert party.inside() == {other}
    party.enter(reply)
    assert sweep() == report(0, 0, removed=1)
    assert party.call("GET", path).body["revoked"]
    assert party.call("DELETE", path).status == 204, "it can be repeated"


def test_revoking_needs_no_livekit_and_the_sweep_makes_up_for_it(party: Party) -> None:
    made, token = party.invite()
    party.enter(party.show(token))
    party.livekit.down = True
    path = f"/rooms/{party.name}/invitations/{made['invitationId']}"
    assert party.call("DELETE", path).status == 204
    party.livekit.down = False
    party.clock.advance(MINUTE)
    assert sweep() == report(0, 0, removed=1)
    assert party.inside() == set()


def test_a_removed_bearer_may_come_back_with_the_invitation_and_has_another_identity(
    party: Party,
) -> None:
    _, token = party.invite()
    identity = party.enter(party.show(token))
    assert party.call("DELETE", f"/participants/{identity}?roomName={party.name}").status == 204
    again = claims(party.show(token))
    assert again["sub"] != identity
    assert again["name"] == "Ada"


@pytest.mark.parametrize("invite", ["", "x", "x.y", "{}.x", "{}", "é", "{}.{}"])
def test_what_is_not_its_token_opens_nothing(party: Party, invite: str) -> None:
    made, _ = party.invite()
    reply = party.show(invite.replace("{}", made["invitationId"]))
    assert refused(reply) == INVALID


def test_an_invitation_opens_its_own_room_only(party: Party) -> None:
    _, token = party.invite()
    other = Party.in_new_room(party.call, party.clock, party.livekit)
    assert refused(other.show(token)) == INVALID


@pytest.mark.parametrize(
    ("body", "field"),
    [({"invite": "x"}, "invite"), ({"secret": None}, "secret"), ({"secret": ""}, None)],
)
def test_a_secret_or_an_invitation_is_wanted_and_not_both(
    party: Party, body: dict[str, Any], field: str | None
) -> None:
    reply = party.ask("Ada", **body)
    if field is None:
        assert reply.status == 403
    else:
        assert [each["field"] for each in reply.body["details"]] == [field]
    neither = {"roomName": party.name, "participantName": "Ada"}
    reply = party.call("POST", "/participants/token", neither)
    assert reply.body["details"] == [{"field": "secret", "message": "Required"}]


def test_what_is_not_there_is_not_found(party: Party) -> None:
    made, _ = party.invite()
    for room, invitation in (
        (party.name, "x"),
        (party.name, made["invitationId"][:-1] + "-"),
        (party.name, made["invitationId"][:-4] + "0000"),
        ("abcdefghijklmno", made["invitationId"]),
    ):
        for method in ("GET", "DELETE"):
            assert party.call(method, f"/rooms/{room}/invitations/{invitation}").status == 404


def test_the_guest_list_ends_with_its_room(party: Party) -> None:
    _, token = party.invite()
    party.enter(party.show(token))
    assert party.call("DELETE", f"/rooms/{party.name}").status == 204
    assert party.inside() == set()
    assert party.show(token).status == 404
    sweep()
    assert party.stored() == []


def test_neither_the_log_nor_the_sweep_of_meetings_takes_it_for_a_meeting(party: Party) -> None:
    party.invite()
    Streams().flow()
    types = [each["type"] for each in party.call("GET", "/events").body["events"]]
    assert types == ["room.created"]
    assert sweep() == report(0, 0)


def test_events_of_the_session_show_id_and_metadata(party: Party) -> None:
    _, token = party.invite(externalId="u1", metadata="m")
    party.report(party.show(token))
    Streams().flow()
    joined = party.call("GET", "/events").body["events"][-1]
    assert joined["type"] == "participant.joined"
    assert (joined["data"]["externalId"], joined["data"]["metadata"]) == ("u1", "m")
