"""A room's end, limit, start, longest meeting, metadata, status, links and lobby."""

from typing import Any

import pytest

from meet.clock import HOUR, MINUTE, Milliseconds
from meet.rooms.repository import RoomRepository
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call
from tests.functions.rooms import create_room
from tests.functions.test_sweep_rooms import report, sweep
from tests.streams import Streams

START = 1_893_400_000_000

TERMS: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({"maxParticipants": 5}, {"maxParticipants": 5}, ["maxParticipants"]),
    ({"startsAt": START}, {"startsAt": START}, ["startsAt"]),
    ({"maxDurationMinutes": 90}, {"maxDurationMinutes": 90}, ["maxDurationMinutes"]),
    ({"metadata": {"a.b": "x"}}, {"metadata": {"a.b": "x"}}, ["metadata"]),
    ({"status": "closed"}, {"status": "closed"}, ["status"]),
    (
        {"links": {"viewer": {"enabled": False}}},
        {
            "links": {
                "moderator": {"enabled": True},
                "publisher": {"enabled": True},
                "viewer": {"enabled": False},
            }
        },
        ["links.viewer.enabled"],
    ),
    (
        {"lobby": {"enabled": True, "roles": ["viewer", "viewer"]}},
        {"lobby": {"enabled": True, "roles": ["viewer"], "openWithoutModerator": False}},
        ["lobby.enabled", "lobby.roles"],
    ),
]
"""What is sent, what is shown, and what the event says has changed."""


@pytest.fixture
def streams(aws: None) -> Streams:
    return Streams()


@pytest.mark.parametrize(("sent", "shown", "changed"), TERMS)
def test_a_term_is_stored_and_shown_and_its_event_names_it(
    call: Call,
    still_clock: Clock,
    streams: Streams,
    sent: dict[str, Any],
    shown: dict[str, Any],
    changed: list[str],
) -> None:
    room = create_room(call, still_clock)
    reply = call("PUT", f"/rooms/{room['roomName']}", sent)
    assert (reply.status, reply.body) == (200, room | shown)
    assert call("GET", f"/rooms/{room['roomName']}").body == room | shown
    assert call("GET", "/rooms").body == [room | shown]
    streams.flow()
    event = call("GET", "/events").body["events"][-1]
    facts = {name: value for name, value in (room | shown).items() if not name.endswith("URL")}
    assert event["type"] == "room.updated"
    assert event["data"] == facts | {"changed": changed}


@pytest.mark.parametrize(("sent", "shown", "changed"), TERMS)
def test_a_room_can_be_created_with_it(
    call: Call,
    still_clock: Clock,
    sent: dict[str, Any],
    shown: dict[str, Any],
    changed: list[str],
) -> None:
    room = create_room(call, still_clock, **sent)
    assert room == room | shown
    assert call("GET", f"/rooms/{room['roomName']}").body == room


def test_what_was_never_set_is_absent(call: Call, still_clock: Clock) -> None:
    assert create_room(call, still_clock).keys() == {
        "roomName",
        "creationDate",
        "expirationDate",
        "roomNamePrefix",
        "preferences",
        "status",
        "moderatorURL",
        "publisherURL",
        "viewerURL",
    }


def test_all_at_once_is_one_conditional_write_and_one_event(
    call: Call, still_clock: Clock, aws_calls: AwsCalls, streams: Streams
) -> None:
    room = create_room(call, still_clock)
    body: dict[str, Any] = {"expirationDate": still_clock() + 2 * HOUR}
    for sent, _, _ in TERMS:
        body |= sent
    body["preferences"] = {"chatPreferences": {"enabled": False}}
    aws_calls.forget()
    assert call("PUT", f"/rooms/{room['roomName']}", body).status == 200
    assert aws_calls.names == ["UpdateItem"]
    assert "ConditionExpression" in aws_calls.made[0][1]
    streams.flow()
    _, event = call("GET", "/events").body["events"]
    assert event["data"]["changed"] == [
        "expirationDate",
        "links.viewer.enabled",
        "lobby.enabled",
        "lobby.roles",
        "maxDurationMinutes",
        "maxParticipants",
        "metadata",
        "preferences.chatPreferences.enabled",
        "startsAt",
        "status",
    ]


def test_null_or_the_opposite_takes_it_back(call: Call, still_clock: Clock) -> None:
    terms: dict[str, Any] = {}
    for sent, _, _ in TERMS:
        terms |= sent
    room = create_room(call, still_clock, **terms)
    body = {
        "maxParticipants": None,
        "startsAt": None,
        "maxDurationMinutes": None,
        "metadata": {},
        "status": "open",
        "links": {"viewer": {"enabled": True}},
        "lobby": {"enabled": False, "roles": ["publisher", "viewer"]},
    }
    changed = call("PUT", f"/rooms/{room['roomName']}", body).body
    assert changed == {k: v for k, v in room.items() if k not in terms} | {"status": "open"}


def test_a_room_that_was_read_can_be_written_back(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock, metadata={"a": "b"})
    body = room | {"status": "active_meeting"}
    reply = call("PUT", f"/rooms/{room['roomName']}", body)
    assert (reply.status, reply.body) == (200, room)


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"expirationDate": None}, "expirationDate", "Expected number, received null"),
        ({"expirationDate": "1"}, "expirationDate", "Expected number, received string"),
        ({"maxParticipants": 0}, "maxParticipants", "Must be at least 1"),
        ({"startsAt": -1}, "startsAt", "Must be at least 0"),
        ({"startsAt": 10**40}, "startsAt", f"Must be at most {10**15 - 1}"),
        ({"maxDurationMinutes": 0}, "maxDurationMinutes", "Must be at least 1"),
        ({"maxDurationMinutes": 1441}, "maxDurationMinutes", "Must be at most 1440"),
        ({"metadata": None}, "metadata", "Expected object, received null"),
        ({"metadata": []}, "metadata", "Expected object, received array"),
        ({"metadata": {"a": 1}}, "metadata.a", "Expected string, received number"),
        ({"metadata": {"a": "x" * 501}}, "metadata.a", "Must be at most 500 characters"),
        (
            {"metadata": {"x" * 41: "a"}},
            "metadata",
            "Names of properties must have 1 to 40 characters",
        ),
        (
            {"metadata": {str(number): "" for number in range(51)}},
            "metadata",
            "Must have at most 50 properties",
        ),
        ({"status": "shut"}, "status", "Must be one of open, closed"),
        ({"status": None}, "status", "Expected string, received null"),
        (
            {"links": {"viewer": {"enabled": 1}}},
            "links.viewer.enabled",
            "Expected boolean, received number",
        ),
        ({"links": None}, "links", "Expected object, received null"),
        ({"lobby": {"roles": []}}, "lobby.roles", "Must have at least 1 items"),
        ({"lobby": {"roles": "viewer"}}, "lobby.roles", "Expected array, received string"),
        (
            {"lobby": {"roles": ["moderator"]}},
            "lobby.roles.0",
            "Must be one of publisher, viewer",
        ),
    ],
)
def test_what_breaks_a_rule_is_refused_by_its_path_when_created_and_when_changed(
    call: Call, still_clock: Clock, sent: dict[str, Any], field: str, message: str
) -> None:
    room = create_room(call, still_clock)
    reply = call("PUT", f"/rooms/{room['roomName']}", sent)
    assert (reply.status, reply.body["details"]) == (422, [{"field": field, "message": message}])
    reply = call("POST", "/rooms", {"expirationDate": still_clock() + HOUR} | sent)
    assert (reply.status, reply.body["details"]) == (422, [{"field": field, "message": message}])


@pytest.mark.parametrize("body", [{"links": {}}, {"lobby": {}}, {"status": "active_meeting"}])
def test_a_body_that_changes_nothing_is_refused(
    call: Call, still_clock: Clock, body: dict[str, Any]
) -> None:
    room = create_room(call, still_clock)
    assert call("PUT", f"/rooms/{room['roomName']}", body).status == 422


def test_an_end_that_is_moved_back_below_now_is_refused(call: Call, still_clock: Clock) -> None:
    room = create_room(call, still_clock)
    for end in (still_clock(), still_clock() - MINUTE):
        reply = call("PUT", f"/rooms/{room['roomName']}", {"expirationDate": end})
        assert reply.status == 422
        detail = {"field": "expirationDate", "message": "Must be in the future"}
        assert reply.body["details"] == [detail]
    assert call("GET", f"/rooms/{room['roomName']}").body == room


def test_an_expiry_moved_one_second_before_it_comes_shows_nobody_out(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep has seen the old end already, and waits for it."""
    room = create_room(call, still_clock)
    livekit.join(room["roomName"], "Alice")
    end = room["expirationDate"]

    def wait(moment: int) -> None:
        assert moment == end
        still_clock.moment = Milliseconds(end - 1000)
        later = {"expirationDate": end + HOUR}
        assert call("PUT", f"/rooms/{room['roomName']}", later).status == 200
        still_clock.moment = Milliseconds(end)

    still_clock.moment = Milliseconds(end - 3000)
    monkeypatch.setattr("meet.clock.wait_until", wait)
    sweep()
    assert list(livekit.inside) == [room["roomName"]]
    monkeypatch.setattr("meet.clock.wait_until", still_clock.wait_until)
    for _ in range(59):
        still_clock.advance(MINUTE)
        assert sweep() == report(0, 0), "it is not even looked at"
    assert list(livekit.inside) == [room["roomName"]]
    still_clock.advance(MINUTE)
    assert sweep() == report(1, 0)
    assert livekit.inside == {}


def test_an_end_that_is_moved_forward_comes_in_time(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    livekit.join(room["roomName"], "Alice")
    call("PUT", f"/rooms/{room['roomName']}", {"expirationDate": still_clock() + 2 * MINUTE})
    still_clock.advance(MINUTE)
    assert sweep() == report(0, 0)
    still_clock.advance(MINUTE)
    assert call("GET", f"/rooms/{room['roomName']}").status == 404
    assert sweep() == report(1, 0)
    assert livekit.inside == {}


def test_a_sweep_that_failed_does_not_bring_back_an_end_that_was_moved(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = create_room(call, still_clock)
    end = room["expirationDate"]
    still_clock.moment = Milliseconds(end - 1000)

    def fail(*arguments: object, **named: object) -> None:
        still_clock.moment = Milliseconds(end - 1000)
        call("PUT", f"/rooms/{room['roomName']}", {"expirationDate": end + HOUR})
        raise TimeoutError("told to fail")

    with monkeypatch.context() as patch:
        patch.setattr(RoomRepository, "finish", fail)
        assert sweep() == report(0, 1)
    still_clock.advance(MINUTE)
    assert sweep() == report(0, 0)


def test_the_item_stays_as_long_as_the_moved_end(
    call: Call, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    room = create_room(call, still_clock)
    end = still_clock() + 50 * HOUR
    call("PUT", f"/rooms/{room['roomName']}", {"expirationDate": end})
    values = aws_calls.made[-1][1]["ExpressionAttributeValues"].values()
    assert {"N": str((end + 24 * HOUR) // 1000)} in values
