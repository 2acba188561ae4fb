"""Bans: they outlast a token, and what they refuse depends on how somebody came."""

import pytest

from meet.clock import HOUR, MINUTE
from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import Call, Reply
from tests.functions.guests import Party, claims
from tests.functions.test_sweep_rooms import report, sweep

BANNED = (403, {"code": 403, "message": "You cannot join this meeting", "reason": "banned"})


@pytest.fixture
def party(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> Party:
    return Party.in_new_room(call, still_clock, livekit, expirationDate=still_clock() + 24 * HOUR)


def ban(party: Party, who: str) -> Reply:
    return party.call("DELETE", f"/participants/{who}?roomName={party.name}&ban=true")


def test_a_participant_of_a_meeting_is_banned_by_identity_alone(party: Party) -> None:
    mallory = party.enter(party.ask("Mallory"))
    path = f"/meetings/{party.name}/participants"

    assert party.call("DELETE", f"{path}/Mallory?ban=true").status == 404
    assert party.call("DELETE", f"{path}/{mallory}?ban=true").status == 200

    assert party.ask("Mallory").status == 403
    assert len(party.call("GET", f"/rooms/{party.name}/bans").body["bans"]) == 1

    _, token = party.invite("Eve")
    eve = party.enter(party.show(token))
    assert party.call("DELETE", f"{path}/{eve}?ban=true").status == 200
    assert party.show(token).body["message"] == "Invalid invitation"


def test_a_banned_name_of_a_shared_link_is_refused_in_all_its_spellings(party: Party) -> None:
    identity = party.enter(party.ask("Mallory"))
    assert ban(party, identity).status == 204
    assert party.inside() == set()
    for name in ("Mallory", "mallory", "MALLORY_1", "Mallory_2", " Mallory ", "\uff4dallory"):
        for role in ("publisher", "moderator"):
            reply = party.ask(name, role)
            assert (reply.status, reply.body) == BANNED, name
    assert party.ask("Mallory2").status == 200, "a stranger with another name comes back"


def test_a_banned_id_gets_no_token_whatever_the_name_and_the_way(party: Party) -> None:
    identity = party.enter(party.ask("Mallory", externalId="u1"))
    _, token = party.invite("Eve", externalId="u1")
    assert ban(party, identity).status == 204
    for reply in (party.ask("Other", externalId="u1"), party.show(token)):
        assert (reply.status, reply.body) == BANNED
    body = {
        "roomName": party.name,
        "participants": [
            {"participantName": "Ada", "role": "viewer"},
            {"participantName": "Eve 2", "role": "viewer", "externalId": "u1"},
        ],
    }
    reply = party.call("POST", "/participants/tokens", body)
    assert (reply.status, reply.body) == BANNED
    assert party.ask("Other", externalId="u2").status == 200


def test_the_invitation_of_a_banned_participant_is_revoked_and_their_name_is_free(
    party: Party,
) -> None:
    made, token = party.invite("Mallory")
    identity = party.enter(party.show(token))
    assert ban(party, identity).status == 204
    assert party.show(token).body["message"] == "Invalid invitation"
    path = f"/rooms/{party.name}/invitations/{made['invitationId']}"
    assert party.call("GET", path).body["revoked"]
    assert claims(party.ask("Mallory"))["name"] == "Mallory", "others have that name, too"
    (listed,) = party.call("GET", f"/rooms/{party.name}/bans").body["bans"]
    assert not listed["bansName"]


def test_a_ban_holds_against_tokens_from_before(party: Party) -> None:
    first, second = party.ask("Mallory", externalId="u1"), party.ask("Other", externalId="u1")
    assert ban(party, party.enter(first)).status == 204
    for token in (first, second):
        party.enter(token)
        party.report(token)
        assert party.inside() == set()
        party.enter(token)
        assert sweep() == report(0, 0, removed=1)
        assert party.inside() == set()


def test_others_of_a_banned_name_who_are_inside_stay(party: Party) -> None:
    mallory = party.enter(party.ask("Mallory"))
    namesake = party.enter(party.ask("Mallory"))
    assert ban(party, mallory).status == 204
    sweep()
    assert party.inside() == {namesake}
    assert ban(party, "Mallory").status == 204
    assert party.inside() == set()


def test_bans_are_listed_newest_first_and_can_be_lifted(party: Party) -> None:
    mallory = party.enter(party.ask("Mallory", externalId="u1"))
    ban(party, mallory)
    party.clock.advance(MINUTE)
    eve = party.enter(party.ask("Eve"))
    ban(party, eve)
    path = f"/rooms/{party.name}/bans"
    newest, oldest = party.call("GET", path).body["bans"]
    assert newest["participantName"] == "Eve"
    assert oldest == {
        "banId": oldest["banId"],
        "participantName": "Mallory",
        "participantIdentity": mallory,
        "externalId": "u1",
        "bansName": True,
        "since": party.clock() - MINUTE,
    }
    assert party.call("DELETE", f"{path}/{oldest['banId']}").status == 204
    assert party.call("GET", path).body["bans"] == [newest]
    assert party.ask("Mallory", externalId="u1").status == 200
    assert party.ask("Eve").status == 403
    for ban_id in (oldest["banId"], "x", "%00"):
        reply = party.call("DELETE", f"{path}/{ban_id}")
        assert (reply.status, reply.body["message"]) == (404, "Ban not found")


def test_somebody_who_has_just_left_is_banned_by_their_identity(party: Party) -> None:
    identity = party.enter(party.ask("Mallory"))
    del party.livekit.inside[party.name][identity]
    assert ban(party, identity).status == 404
    assert party.ask("Mallory").status == 403
    assert ban(party, "Nobody").status == 404
    assert party.ask("Nobody").status == 200


def test_a_ban_is_stored_before_livekit_is_asked_and_can_be_repeated(party: Party) -> None:
    identity = party.enter(party.ask("Mallory", externalId="u1"))
    party.livekit.down = True
    assert ban(party, identity).status == 503
    assert party.ask("Mallory").status == 403, "stored"
    party.livekit.down = False
    assert sweep() == report(0, 0, removed=1)
    party.enter(party.ask("Other", externalId="u1"))
    party.livekit.down = False
    assert ban(party, "Other").status == 204
    assert party.ask("Third", externalId="u1").status == 403


def test_without_ban_they_can_come_back(party: Party) -> None:
    identity = party.enter(party.ask("Mallory"))
    path = f"/participants/{identity}?roomName={party.name}"
    assert party.call("DELETE", f"{path}&ban=false").status == 204
    assert party.ask("Mallory").status == 200
    assert party.call("DELETE", f"{path}&ban=1").status == 422


def test_a_ban_is_of_one_room(party: Party) -> None:
    ban(party, party.enter(party.ask("Mallory", externalId="u1")))
    other = Party.in_new_room(party.call, party.clock, party.livekit)
    assert other.ask("Mallory", externalId="u1").status == 200
    assert other.call("GET", f"/rooms/{other.name}/bans").body == {"bans": []}
