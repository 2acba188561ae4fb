"""Who may join a room: closed, not started, disabled links, and the order of the answers."""

from typing import Any

import pytest

from meet import wiring
from meet.clock import HOUR, MINUTE
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call
from tests.functions.guests import Party, claims

CLOSED = (403, {"code": 403, "message": "The room is closed", "reason": "room_closed"})
DISABLED = (403, {"code": 403, "message": "This link is disabled", "reason": "link_disabled"})


@pytest.fixture
def party(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> Party:
    return Party.in_new_room(call, still_clock, livekit, expirationDate=still_clock() + 24 * HOUR)


def change(party: Party, **body: Any) -> None:
    assert party.call("PUT", f"/rooms/{party.name}", body).status == 200


@pytest.mark.parametrize("role", ["moderator", "publisher", "viewer"])
def test_nobody_new_joins_a_closed_room_and_those_inside_stay(party: Party, role: str) -> None:
    inside = party.enter(party.ask("Ada"))
    change(party, status="closed")
    reply = party.ask("Bob", role)
    assert (reply.status, reply.body) == CLOSED
    assert party.inside() == {inside}
    change(party, status="open")
    assert party.ask("Bob", role).status == 200


def test_whoever_is_inside_a_closed_room_may_load_the_page_again(party: Party) -> None:
    before = party.ask("Ada").body["token"]
    party.clock.advance(2 * HOUR)
    inside = party.ask("Ada")
    party.report(inside)
    change(party, status="closed")
    again = party.ask("Ada", previousToken=inside.body["token"])
    assert claims(again)["sub"] == claims(inside)["sub"]
    reply = party.ask("Ada", previousToken=before)
    assert (reply.status, reply.body) == CLOSED, "a token of an earlier meeting"
    reply = party.ask("Ada", previousToken="x")
    assert (reply.status, reply.body) == CLOSED


def test_before_the_start_only_moderators_join(party: Party) -> None:
    starts = party.clock() + HOUR
    change(party, startsAt=starts)
    for role in ("publisher", "viewer"):
        reply = party.ask("Ada", role)
        assert (reply.status, reply.body) == (
            403,
            {
                "code": 403,
                "message": "The meeting has not started",
                "reason": "not_started",
                "startsAt": starts,
            },
        )
    assert party.ask("Ada", "moderator").status == 200
    party.clock.advance(HOUR)
    assert party.ask("Ada", "viewer").status == 200


def test_a_disabled_link_lets_nobody_in_until_it_is_enabled(party: Party) -> None:
    change(party, links={"viewer": {"enabled": False}})
    reply = party.ask("Ada", "viewer")
    assert (reply.status, reply.body) == DISABLED
    assert party.ask("Ada", "publisher").status == 200
    change(party, links={"viewer": {"enabled": True}})
    assert party.ask("Ada", "viewer").status == 200


def test_a_limit_that_is_moved_counts_at_the_next_token(party: Party) -> None:
    party.enter(party.ask("Ada"))
    change(party, maxParticipants=1)
    assert party.ask("Bob").status == 409
    change(party, maxParticipants=None)
    assert party.ask("Bob").status == 200


def test_the_answers_come_in_their_order(party: Party) -> None:
    """Each obstacle is taken away in turn, and the next one answers."""
    party.enter(party.ask("Ada", externalId="u1"))
    change(
        party,
        links={"publisher": {"enabled": False}},
        status="closed",
        startsAt=party.clock() + MINUTE,
        maxParticipants=1,
    )
    path = f"/participants/Ada?roomName={party.name}&ban=true"
    assert party.call("DELETE", path).status == 204
    party.livekit.join(party.name, "Bob")

    def reason(secret: str | None = None) -> str:
        more = {} if secret is None else {"secret": secret}
        told: str = party.ask("Ada", externalId="u1", **more).body["reason"]
        return told

    assert reason("x") == "invalid_secret"
    assert reason() == "link_disabled"
    change(party, links={"publisher": {"enabled": True}})
    assert reason() == "room_closed"
    change(party, status="open")
    assert reason() == "not_started"
    change(party, startsAt=None)
    assert reason() == "banned"
    (ban,) = party.call("GET", f"/rooms/{party.name}/bans").body["bans"]
    assert party.call("DELETE", f"/rooms/{party.name}/bans/{ban['banId']}").status == 204
    assert reason() == "room_full"


def test_an_id_and_metadata_travel_in_the_token_and_no_secret_does(party: Party) -> None:
    told = claims(party.ask("Ada", externalId="user_1-A", metadata='{"a":\n1}'))
    assert told["attributes"] == {
        "role": "publisher",
        "externalId": "user_1-A",
        "metadata": '{"a":\n1}',
        "link": "publisher#0",
        "issuedAt": str(party.clock()),
    }
    assert claims(party.ask("Ada"))["attributes"].keys() == {"role", "link", "issuedAt"}


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"externalId": ""}, "externalId", "1 to 64 letters, digits, hyphens"),
        ({"externalId": "ä"}, "externalId", "1 to 64 letters, digits, hyphens"),
        (
            {"externalId": "x" * 65},
            "externalId",
            "1 to 64 letters, digits, hyphens",
        ),
        ({"metadata": "x" * 2049}, "metadata", "at most 2048 characters"),
    ],
)
def test_what_breaks_a_rule_is_refused(
    party: Party, sent: dict[str, Any], field: str, message: str
) -> None:
    reply = party.ask("Ada", **sent)
    assert reply.status == 422
    (detail,) = reply.body["details"]
    assert detail["field"] == field
    assert message in detail["message"]


def test_an_ordinary_room_costs_no_further_read(party: Party, aws_calls: AwsCalls) -> None:
    party.ask("Ada")
    aws_calls.forget()
    party.ask("Ada", externalId="u1")
    assert aws_calls.names == ["GetItem"]


def test_a_moderators_api_token_outlasts_an_end_that_was_moved(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    party = Party.in_new_room(call, still_clock, livekit)
    api_token = party.ask("Ada", "moderator").body["apiToken"]
    change(party, expirationDate=still_clock() + 3 * HOUR)
    still_clock.advance(2 * HOUR)
    bearer = wiring.api_tokens().read(api_token)
    assert (bearer.room, bearer.link) == (party.name, "moderator#0")
