"""PUT /meetings/{roomName}/participants/{identity}/role, and how a changed role holds."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import boto3
import jwt
import pytest

from meet import wiring
from meet.actors import Actor
from meet.live.errors import HasThisRole
from meet.live.roles import exactly
from meet.livekit.participants import Permission
from meet.rooms.model import Role
from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import Call
from tests.functions.test_authorize_bearer import authorize
from tests.functions.test_live_meetings import Inside, arrive, sweep
from tests.streams import Streams

HAS_IT = {
    "code": 409,
    "message": "The participant has this role already",
    "reason": "has_this_role",
}


@pytest.fixture
def inside(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> Inside:
    return Inside(call, still_clock, livekit)


def put(inside: Inside, answer: Any, **body: str) -> int:
    return inside.call("PUT", inside.of(answer, "/role"), body).status


def shown(inside: Inside, answer: Any) -> tuple[str, str, Any]:
    """Return the role that LiveKit has, in the metadata and the attributes; and the permission."""
    identity = answer["participantIdentity"]
    present = inside.livekit.inside[inside.name][identity]
    permission = inside.livekit.permissions.get((inside.name, identity))
    return json.loads(present.metadata)["role"], present.attributes.get("role", ""), permission


def opens(answer: Any) -> bool:
    """True if the token that the participant got when they joined opens moderators' operations."""
    return authorize(f"Bearer {answer['participantToken']}") is not None


@pytest.mark.parametrize(
    ("before", "body", "after"),
    [
        ("publisher", {"action": "upgrade"}, "moderator"),
        ("viewer", {"action": "upgrade"}, "moderator"),
        ("moderator", {"action": "downgrade"}, "publisher"),
        ("moderator", {"role": "viewer"}, "viewer"),
        ("viewer", {"role": "publisher"}, "publisher"),
        ("publisher", {"role": "moderator"}, "moderator"),
    ],
)
def test_a_change_reaches_livekit_with_the_whole_permission(
    inside: Inside, call: Call, before: str, body: dict[str, str], after: str
) -> None:
    ada = inside.join("Ada", before)
    reply = call("PUT", inside.of(ada, "/role"), body)
    assert (reply.status, reply.body) == (200, {"message": f"The participant is a {after} now"})
    speaks = after != "viewer"
    assert shown(inside, ada) == (after, after, Permission(speaks, speaks))
    metadata = inside.livekit.inside[inside.name][ada["participantIdentity"]].metadata
    fresh = jwt.decode(inside.join("Bob", after)["token"], options={"verify_signature": False})
    assert metadata == fresh["metadata"], "as a token of that role has it"
    assert call("GET", inside.of(ada)).body["role"] == after


def test_without_chat_a_promoted_viewer_sends_no_data(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    off = {"chatPreferences": {"enabled": False}}
    inside = Inside(call, still_clock, livekit, preferences=off)
    ada = inside.join("Ada", "viewer")
    assert put(inside, ada, action="upgrade") == 200
    assert shown(inside, ada)[2] == Permission(can_publish=True, can_publish_data=False)


@pytest.mark.parametrize(
    ("role", "body"),
    [
        ("moderator", {"action": "upgrade"}),
        ("publisher", {"action": "downgrade"}),
        ("viewer", {"action": "downgrade"}),
        ("viewer", {"role": "viewer"}),
    ],
)
def test_the_role_that_they_have_already_is_409_and_changes_nothing(
    inside: Inside, call: Call, role: str, body: dict[str, str]
) -> None:
    ada = inside.join("Ada", role)
    reply = call("PUT", inside.of(ada, "/role"), body)
    assert (reply.status, reply.body) == (409, HAS_IT)
    assert shown(inside, ada)[0] == role
    assert wiring.room_repository().get(inside.name).role_changes == {}


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({}, "", "Must name either action or role"),
        ({"action": "upgrade", "role": "viewer"}, "", "Must name either action or role"),
        ({"action": "promote"}, "action", "Must be upgrade or downgrade"),
        ({"action": 1}, "action", "Expected string, received number"),
        ({"role": "speaker"}, "role", "Must be one of moderator, publisher, viewer"),
        ({"role": None}, "role", "Expected string, received null"),
    ],
)
def test_a_body_that_names_no_role_is_refused(
    inside: Inside, call: Call, body: Any, field: str, message: str
) -> None:
    reply = call("PUT", inside.of(inside.join("Ada"), "/role"), body)
    assert reply.status == 422
    assert reply.body["details"] == [{"field": field, "message": message}]


def test_recorders_agents_and_strangers_have_no_role(
    inside: Inside, call: Call, livekit: FakeLiveKit
) -> None:
    inside.join("Ada")
    livekit.join(inside.name, "EG_1", is_recorder=True)
    livekit.join(inside.name, "agent", is_agent=True)
    for identity in ("EG_1", "agent", "nobody_000000"):
        path = f"{inside.path}/participants/{identity}/role"
        reply = call("PUT", path, {"role": "moderator"})
        assert (reply.status, reply.body["reason"]) == (404, "participant_not_found")


# ------------------------------------------------------------------------------- it holds


def test_a_demoted_moderators_old_token_opens_nothing_from_that_moment_and_a_promoted_ones_all(
    inside: Inside,
) -> None:
    mo, ada, eve = inside.join("Mo", "moderator"), inside.join("Ada"), inside.join("Eve", "viewer")
    assert [opens(each) for each in (mo, ada, eve)] == [True, False, False]
    assert "apiToken" not in ada
    assert put(inside, mo, action="downgrade") == 200
    assert put(inside, ada, action="upgrade") == 200
    assert [opens(each) for each in (mo, ada, eve)] == [False, True, False]
    assert put(inside, mo, action="upgrade") == 200
    assert put(inside, ada, role="viewer") == 200
    assert [opens(each) for each in (mo, ada, eve)] == [True, False, False]


def test_a_token_of_an_earlier_release_is_a_moderators(inside: Inside) -> None:
    mo = inside.join("Mo", "moderator")
    tokens = wiring.api_tokens()
    claims = jwt.decode(mo["participantToken"], options={"verify_signature": False})
    del claims["role"]
    old = jwt.encode(claims, tokens.key, algorithm="HS256")
    assert authorize(f"Bearer {old}") is not None
    assert put(inside, mo, action="downgrade") == 200
    assert authorize(f"Bearer {old}") is None


def test_a_reload_keeps_the_changed_role_and_a_new_identity_has_that_of_the_link(
    inside: Inside,
) -> None:
    mo = inside.join("Mo", "moderator")
    assert put(inside, mo, role="viewer") == 200
    reloaded = inside.join("Mo", "moderator", previousToken=mo["token"])
    assert reloaded["participantIdentity"] == mo["participantIdentity"]
    assert reloaded["role"] == "viewer"
    assert "apiToken" not in reloaded
    assert not opens(reloaded)
    grants = jwt.decode(reloaded["token"], options={"verify_signature": False})["video"]
    assert grants["canPublish"] is False
    fresh = inside.join("Mo", "moderator")
    assert (fresh["role"], opens(fresh)) == ("moderator", True)
    assert put(inside, reloaded, action="upgrade") == 200
    assert opens(reloaded)


def test_a_demoted_moderator_who_returns_with_the_old_token_is_demoted_again(
    inside: Inside, livekit: FakeLiveKit
) -> None:
    mo = inside.join("Mo", "moderator")
    assert put(inside, mo, role="viewer") == 200
    for correct in (lambda: arrive(inside, mo), sweep):
        livekit.join_with(inside.name, mo["token"])
        assert shown(inside, mo)[0] == "moderator"
        correct()
        assert shown(inside, mo) == ("viewer", "viewer", Permission(False, False))
    livekit.calls.clear()
    sweep()
    assert not [each for each in livekit.calls if each[0] == "update_participant"]


def test_the_sweep_corrects_the_others_if_one_participant_leaves_meanwhile(
    inside: Inside, livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [inside.join(name, "moderator") for name in ("Ada", "Bob")]
    for each in people:
        assert put(inside, each, role="viewer") == 200
        livekit.join_with(inside.name, each["token"])
    gone = people[0]["participantIdentity"]
    listed = livekit.participants

    def leaves(room: str) -> Any:
        found = listed(room)
        livekit.inside[room].pop(gone, None)
        return found

    monkeypatch.setattr(livekit, "participants", leaves)
    sweep()
    assert shown(inside, people[1])[0] == "viewer"


def test_with_livekit_down_it_is_stored_and_can_be_repeated(
    inside: Inside, call: Call, livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    mo = inside.join("Mo", "moderator")
    livekit.down = True
    assert put(inside, mo, action="downgrade") == 503  # before anything is stored
    livekit.down = False
    assert opens(mo)
    update = livekit.update_participant

    def fail(*where: Any, **what: Any) -> None:
        livekit.down = True
        update(*where, **what)

    monkeypatch.setattr(livekit, "update_participant", fail)
    reply = call("PUT", inside.of(mo, "/role"), {"action": "downgrade"})
    assert (reply.status, int(reply.headers["retry-after"]) > 0) == (503, True)
    assert not opens(mo), "it holds for the API at once"
    monkeypatch.setattr(livekit, "update_participant", update)
    livekit.down = False
    assert shown(inside, mo)[0] == "moderator"
    assert call("GET", inside.of(mo)).body["role"] == "publisher"
    assert put(inside, mo, action="downgrade") == 200  # and not 409: LiveKit did not have it
    assert shown(inside, mo)[0] == "publisher"
    assert put(inside, mo, action="downgrade") == 409


def test_of_50_changes_at_once_livekit_has_the_one_that_is_stored(
    inside: Inside, livekit: FakeLiveKit
) -> None:
    ada = inside.join("Ada")
    identity = ada["participantIdentity"]
    by = Actor("apiKey", "first")

    def change(role: Role) -> bool:
        try:
            wiring.role_changes().change(inside.name, identity, exactly(role), by=by)
        except HasThisRole:
            return False
        return True

    # Not through the handler: a function serves one request at a time.
    with ThreadPoolExecutor(50) as pool:
        changed = list(pool.map(change, (list(Role) * 17)[:50]))
    assert any(changed)
    stored = wiring.room_repository().get(inside.name).role_changes[identity]
    assert shown(inside, ada)[0] == stored.role


def test_a_change_that_arrives_late_at_livekit_gives_way_to_the_stored_one(
    inside: Inside, livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = inside.join("Ada")
    update = livekit.update_participant
    calls = count()

    def overtaken(*where: Any, **what: Any) -> None:
        if next(calls) == 0:  # the other change is stored and shown before this one is shown
            assert put(inside, ada, role="viewer") == 200
        update(*where, **what)

    monkeypatch.setattr(livekit, "update_participant", overtaken)
    assert put(inside, ada, role="moderator") == 200
    assert shown(inside, ada)[0] == "viewer"
    stored = wiring.room_repository().get(inside.name).role_changes[ada["participantIdentity"]]
    assert stored.role == "viewer"


def test_only_the_latest_changes_are_kept_one_for_each_identity(
    inside: Inside,
    still_clock: Clock,
    livekit: FakeLiveKit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("meet.rooms.roles.MOST_ROLE_CHANGES", 3)
    ada = inside.join("Ada")
    assert put(inside, ada, role="viewer") == 200
    for number in range(3):
        still_clock.advance(1)
        identity = f"P{number}_000000"
        livekit.join(inside.name, identity, metadata='{"role": "publisher"}')
        other = {"participantIdentity": identity}
        assert put(inside, other, role="viewer") == 200
        assert put(inside, other, role="moderator") == 200
    kept = wiring.room_repository().get(inside.name).role_changes
    assert len(kept) == 3
    assert ada["participantIdentity"] not in kept
    assert {each.role for each in kept.values()} == {"moderator"}


def test_roles_change_in_a_room_that_an_earlier_release_created(inside: Inside) -> None:
    key = {"roomName": {"S": inside.name}}
    boto3.client("dynamodb").update_item(
        TableName="RoomsTable", Key=key, UpdateExpression="REMOVE roleChanges"
    )
    ada = inside.join("Ada")
    assert put(inside, ada, action="upgrade") == 200
    assert opens(ada)


def test_in_a_room_that_ends_meanwhile_no_role_is_changed(
    inside: Inside, call: Call, livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = inside.join("Ada")
    found = livekit.participant

    def ends(room: str, identity: str) -> Any:
        assert call("DELETE", f"/rooms/{inside.name}").status == 204
        livekit.join_with(room, ada["token"])
        return found(room, identity)

    monkeypatch.setattr(livekit, "participant", ends)
    reply = call("PUT", inside.of(ada, "/role"), {"action": "upgrade"})
    assert (reply.status, reply.body["reason"]) == (404, "room_not_found")


# --------------------------------------------------------------------------------- events


@pytest.fixture
def streams() -> Iterator[Streams]:
    yield Streams()


def updates(inside: Inside, streams: Streams) -> list[dict[str, Any]]:
    streams.flow()
    events = inside.call("GET", "/events?types=participant.*").body["events"]
    return [each for each in events if each["type"] != "participant.left"]


def test_a_change_by_a_moderator_is_an_event_with_their_name(
    inside: Inside, still_clock: Clock, streams: Streams
) -> None:
    mo, ada = inside.join("Mo", "moderator"), inside.join("Ada")
    arrive(inside, mo)
    arrive(inside, ada)
    still_clock.advance(5)
    for role in ("moderator", "viewer"):
        reply = inside.by(mo, "PUT", inside.of(ada, "/role"), {"role": role})
        assert reply.status == 200
    joined, first, second = updates(inside, streams)[1:]
    assert joined["data"]["role"] == "publisher"
    for event, role in ((first, "moderator"), (second, "viewer")):
        assert event["type"] == "participant.updated"
        assert event["actor"] == {"type": "moderator", "name": mo["participantIdentity"]}
        assert event["data"] == joined["data"] | {"role": role, "changed": ["role"]}
    assert first["id"] != second["id"]


def test_a_change_before_livekit_reported_the_participant_is_an_event_all_the_same(
    inside: Inside, streams: Streams
) -> None:
    ada = inside.join("Ada")
    with_old_token = inside.livekit.inside[inside.name][ada["participantIdentity"]]
    assert inside.by(ada, "PUT", inside.of(ada, "/role"), {"role": "viewer"}).status == 200
    inside.livekit.inside[inside.name][ada["participantIdentity"]] = with_old_token
    for _ in range(2):
        arrive(inside, ada)
    joined, updated = updates(inside, streams)
    assert (joined["data"]["role"], updated["data"]["role"]) == ("publisher", "viewer")
    assert updated["actor"] == {"type": "moderator", "name": ada["participantIdentity"]}


def test_the_room_is_not_updated_by_a_change_of_a_role(inside: Inside, streams: Streams) -> None:
    ada = inside.join("Ada")
    assert put(inside, ada, role="viewer") == 200
    streams.flow()
    types = [each["type"] for each in inside.call("GET", "/events").body["events"]]
    assert types == ["room.created"]
