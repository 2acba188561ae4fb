"""GET /rooms/{roomName}."""

import pytest

from meet.clock import HOUR
from tests.fakes import Clock
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call
from tests.functions.rooms import create_room


def test_shows_the_room_as_it_was_created(call: Call, still_clock: Clock) -> None:
    room = create_room(call, still_clock, roomNamePrefix="a", maxParticipants=3)
    reply = call("GET", f"/rooms/{room['roomName']}")
    assert (reply.status, reply.body) == (200, room)
    assert reply.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("roomName", {"roomName"}),
        ("roomName,preferences", {"roomName", "preferences"}),
        (" roomName ,%20viewerURL%20", {"roomName", "viewerURL"}),
        ("roomName,nothing", {"roomName"}),
        ("roomName,roomName", {"roomName"}),
        ("maxParticipants,,", {"maxParticipants"}),
    ],
)
def test_fields_chooses_top_level_names(
    call: Call, still_clock: Clock, fields: str, names: set[str]
) -> None:
    room = create_room(call, still_clock, maxParticipants=3)
    some = call("GET", f"/rooms/{room['roomName']}?fields={fields.replace(' ', '%20')}").body
    assert some == {name: room[name] for name in names}


@pytest.mark.parametrize(
    "fields", ["", ",", "%20", "nothing", "ROOMNAME", "preferences.chatPreferences", "secrets"]
)
def test_without_a_valid_name_it_is_the_whole_room(
    call: Call, still_clock: Clock, fields: str
) -> None:
    room = create_room(call, still_clock, maxParticipants=3)
    assert call("GET", f"/rooms/{room['roomName']}?fields={fields}").body == room


def test_a_valid_name_that_this_room_lacks_does_not_show_all_the_rest(
    call: Call, still_clock: Clock
) -> None:
    room = create_room(call, still_clock)
    assert call("GET", f"/rooms/{room['roomName']}?fields=maxParticipants").body == {}


def test_unknown_expired_and_deleted_are_one_and_the_same(call: Call, still_clock: Clock) -> None:
    expired = create_room(call, still_clock)
    deleted = create_room(call, still_clock, expirationDate=still_clock() + 3 * HOUR)
    assert call("DELETE", f"/rooms/{deleted['roomName']}").status == 204
    still_clock.advance(HOUR)
    for name in ("abcdefghijklmno", expired["roomName"], deleted["roomName"], "a", "x" * 1000):
        reply = call("GET", f"/rooms/{name}")
        assert (reply.status, reply.body) == (
            404,
            {"code": 404, "message": "Room not found", "reason": "room_not_found"},
        )


def test_a_room_is_gone_at_its_expiration_date_to_the_millisecond(
    call: Call, still_clock: Clock
) -> None:
    room = create_room(call, still_clock)
    still_clock.moment = room["expirationDate"] - 1
    assert call("GET", f"/rooms/{room['roomName']}").status == 200
    still_clock.advance(1)
    assert call("GET", f"/rooms/{room['roomName']}").status == 404


def test_a_name_is_matched_whole_and_exactly(call: Call, still_clock: Clock) -> None:
    name = create_room(call, still_clock, roomNamePrefix="Ab")["roomName"]
    for other in (name[:-1], name + "a", name.lower(), name.upper(), name + "%20", "%0A" + name):
        assert call("GET", f"/rooms/{other}").status == 404, other
    encoded = "".join(f"%{ord(c):02X}" for c in name)
    assert call("GET", f"/rooms/{encoded}").body["roomName"] == name


def test_a_read_is_one_consistent_get_item(
    call: Call, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    room = create_room(call, still_clock)
    aws_calls.forget()
    call("GET", f"/rooms/{room['roomName']}")
    assert aws_calls.names == ["GetItem"]
    assert aws_calls.made[0][1]["ConsistentRead"] is True
