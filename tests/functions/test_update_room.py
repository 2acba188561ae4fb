"""PUT /rooms/{roomName}: preferences. What else it changes is in test_room_terms."""

from typing import Any

import pytest

from meet.clock import HOUR
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call
from tests.functions.rooms import create_room

NO_CHAT = {"chatPreferences": {"enabled": False}}


@pytest.mark.parametrize("wrapped", [True, False])
def test_both_shapes_change_what_they_name_and_answer_the_whole_room(
    call: Call, still_clock: Clock, wrapped: bool
) -> None:
    room = create_room(call, still_clock, roomNamePrefix="a", maxParticipants=3)
    body = {"preferences": NO_CHAT} if wrapped else NO_CHAT
    reply = call("PUT", f"/rooms/{room['roomName']}", body)
    changed = room | {"preferences": room["preferences"] | NO_CHAT}
    assert (reply.status, reply.body) == (200, changed)
    assert call("GET", f"/rooms/{room['roomName']}").body == changed
    assert call("GET", "/rooms").body == [changed]


def test_what_is_not_named_stays(call: Call, still_clock: Clock) -> None:
    room = create_room(call, still_clock, preferences={"recordingPreferences": {"enabled": False}})
    path = f"/rooms/{room['roomName']}"
    call("PUT", path, NO_CHAT)
    call("PUT", path, {"preferences": {"virtualBackgroundPreferences": {"enabled": False}}})
    last = call("PUT", path, {"recordingPreferences": {"enabled": True}}).body
    assert last["preferences"] == {
        "chatPreferences": {"enabled": False},
        "recordingPreferences": {"enabled": True},
        "virtualBackgroundPreferences": {"enabled": False},
    }


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"preferences": {}},
        {"expirationDate": 1},
        {"preferences": {"expirationDate": 1}},
        {"chatPreferences": {}},
        {"preferences": {"chatPreferences": {}}},
        {"chat_preferences": {"enabled": False}},
        {"preferences": {"chat_preferences": {"enabled": False}}},
    ],
)
def test_a_body_that_names_no_preference_is_refused(
    call: Call, still_clock: Clock, body: dict[str, Any]
) -> None:
    room = create_room(call, still_clock)
    reply = call("PUT", f"/rooms/{room['roomName']}", body)
    assert reply.status == 422
    assert reply.body["error"] == "Unprocessable Entity"
    assert reply.body["message"] == "Invalid request body"
    assert len(reply.body["details"]) == 1
    assert call("GET", f"/rooms/{room['roomName']}").body == room


@pytest.mark.parametrize("before", ["", "preferences."])
@pytest.mark.parametrize(
    ("value", "field", "message"),
    [
        (
            {"chatPreferences": {"enabled": "x"}},
            "chatPreferences.enabled",
            "boolean, received string",
        ),
        (
            {"chatPreferences": {"enabled": 0}},
            "chatPreferences.enabled",
            "boolean, received number",
        ),
        ({"recordingPreferences": None}, "recordingPreferences", "object, received null"),
        ({"recordingPreferences": True}, "recordingPreferences", "object, received boolean"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_its_path(
    call: Call, still_clock: Clock, before: str, value: dict[str, Any], field: str, message: str
) -> None:
    room = create_room(call, still_clock)
    body = {"preferences": value} if before else value
    reply = call("PUT", f"/rooms/{room['roomName']}", body)
    assert reply.status == 422
    assert reply.body["details"] == [{"field": before + field, "message": f"Expected {message}"}]


@pytest.mark.parametrize(
    ("value", "kind"), [(None, "null"), ([], "array"), ("all", "string"), (1, "number")]
)
def test_preferences_that_are_no_object_are_refused(
    call: Call, still_clock: Clock, value: Any, kind: str
) -> None:
    room = create_room(call, still_clock)
    reply = call("PUT", f"/rooms/{room['roomName']}", {"preferences": value})
    assert reply.body["details"] == [
        {"field": "preferences", "message": f"Expected object, received {kind}"}
    ]


def test_nothing_else_can_be_changed(call: Call, still_clock: Clock) -> None:
    room = create_room(call, still_clock)
    body = NO_CHAT | {"expirationDate": 1, "roomName": "other", "maxParticipants": 9, "x": 1}
    changed = call("PUT", f"/rooms/{room['roomName']}", body).body
    assert changed == room | {"preferences": room["preferences"] | NO_CHAT}


def test_rooms_that_are_not_there_are_not_found(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    expired = create_room(call, still_clock)["roomName"]
    deleted = create_room(call, still_clock, expirationDate=still_clock() + 3 * HOUR)["roomName"]
    call("DELETE", f"/rooms/{deleted}")
    still_clock.advance(HOUR)
    for name in (expired, deleted, "abcdefghijklmno", "%00"):
        reply = call("PUT", f"/rooms/{name}", NO_CHAT)
        assert (reply.status, reply.body) == (
            404,
            {"code": 404, "message": "Room not found", "reason": "room_not_found"},
        )
    still_clock.advance(-HOUR)
    assert call("GET", "/rooms").body[0]["preferences"]["chatPreferences"] == {"enabled": True}


def test_an_update_is_one_conditional_write(
    call: Call, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    room = create_room(call, still_clock)
    aws_calls.forget()
    call("PUT", f"/rooms/{room['roomName']}", NO_CHAT)
    assert aws_calls.names == ["UpdateItem"]
    assert "ConditionExpression" in aws_calls.made[0][1]
