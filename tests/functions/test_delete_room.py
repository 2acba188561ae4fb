"""DELETE /rooms/{roomName}."""

from importlib import import_module
from typing import Any

from meet.clock import HOUR
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import CONTEXT, Call
from tests.functions.rooms import create_room, secret_of

NOTHING_ELSE = {"removed": 0, "unreported": 0, "recorded": 0}


def sweep() -> dict[str, Any]:
    report: dict[str, Any] = import_module("functions.sweep_rooms.app").handler({}, CONTEXT)
    return report


def test_a_deleted_room_is_gone_for_every_operation(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    path = f"/rooms/{room['roomName']}"
    reply = call("DELETE", path)
    assert (reply.status, reply.text) == (204, "")
    assert call("GET", path).status == 404
    assert call("PUT", path, {"chatPreferences": {"enabled": False}}).status == 404
    assert call("DELETE", path).status == 404
    assert call("GET", "/rooms").body == []
    join = {
        "roomName": room["roomName"],
        "participantName": "Alice",
        "secret": secret_of(room, "moderator"),
    }
    assert call("POST", "/participants/token", join).status == 404
    assert call("DELETE", f"/participants/Alice?roomName={room['roomName']}").status == 404


def test_people_inside_are_disconnected_and_others_are_not(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    one, other = (create_room(call, still_clock)["roomName"] for _ in range(2))
    livekit.join(one, "Alice")
    livekit.join(other, "Bob")
    call("DELETE", f"/rooms/{one}")
    assert list(livekit.inside) == [other]


def test_with_livekit_down_it_succeeds_and_the_sweep_finishes_it(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    name = create_room(call, still_clock)["roomName"]
    livekit.join(name, "Alice")
    livekit.down = True
    assert call("DELETE", f"/rooms/{name}").status == 204
    assert call("GET", f"/rooms/{name}").status == 404
    assert sweep() == {"ended": 1, "waiting": 0, "strays": 0, **NOTHING_ELSE}
    still_clock.advance(60_000)
    livekit.down = False
    assert sweep() == {"ended": 0, "waiting": 0, "strays": 1, **NOTHING_ELSE}
    assert livekit.inside == {}
    livekit.calls.clear()
    still_clock.advance(2 * HOUR)
    sweep()
    assert livekit.deletions() == []


def test_what_was_done_at_once_is_not_done_again_by_the_sweep(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    name = create_room(call, still_clock)["roomName"]
    call("DELETE", f"/rooms/{name}")
    assert livekit.calls == [("delete_room", name)]
    still_clock.advance(2 * HOUR)
    assert sweep() == {"ended": 0, "waiting": 0, "strays": 0, **NOTHING_ELSE}
    assert livekit.deletions() == [name]


def test_an_unknown_or_expired_room_is_not_found_and_livekit_not_asked(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    expired = create_room(call, still_clock)["roomName"]
    still_clock.advance(HOUR)
    for name in (expired, "abcdefghijklmno", "..", "%00"):
        reply = call("DELETE", f"/rooms/{name}")
        assert (reply.status, reply.body) == (
            404,
            {"code": 404, "message": "Room not found", "reason": "room_not_found"},
        )
    assert livekit.calls == []


def test_a_name_like_a_deleted_one_is_never_given_again(
    call: Call, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    name = create_room(call, still_clock)["roomName"]
    aws_calls.forget()
    call("DELETE", f"/rooms/{name}")
    assert "DeleteItem" not in aws_calls.names, "the item stays until TTL removes it"
