"""DELETE /participants/{participantName}."""

from urllib.parse import quote

import pytest

from meet import wiring
from meet.clock import HOUR
from meet.rooms.model import Removal
from meet.rooms.repository import MOST_REMOVALS
from tests.conftest import Clock, FakeLiveKit
from tests.functions.conftest import Call, create_room

NOBODY = {"code": 404, "message": "Participant not found", "reason": "participant_not_found"}
NO_ROOM = {"code": 404, "message": "Room not found", "reason": "room_not_found"}


@pytest.mark.parametrize(
    "name",
    [
        "Alice",
        "Alice_1",
        "Alice Cooper",
        "a/b",
        "..",
        "100%",
        "%41",
        "%2F",
        "Zoë 🎥",
        "a+b",
        'q"?#&=;',
        "a\\b`c",
        "\0",
        "\n",
        " ",
        "x" * 128,
        "token",
    ],
)
def test_the_name_is_decoded_once_and_matched_exactly(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, name: str
) -> None:
    room = create_room(call, still_clock)["roomName"]
    for present in (name, "Bob", name.swapcase() + "x"):
        livekit.join(room, present)
    reply = call("DELETE", f"/participants/{quote(name, safe='')}?roomName={room}")
    assert (reply.status, reply.text) == (204, "")
    assert set(livekit.inside[room]) == {"Bob", name.swapcase() + "x"}
    again = call("DELETE", f"/participants/{quote(name, safe='')}?roomName={room}")
    assert (again.status, again.body) == (404, NOBODY)


def test_a_name_that_only_looks_alike_throws_nobody_out(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)["roomName"]
    for present in ("Alice", "A", "\ufffd", "a b"):
        livekit.join(room, present)
    for path in ("alice", "Alice%20", "%2541", "Ali", "Alice_1", "*", "a+b", "%FF", "%C3"):
        reply = call("DELETE", f"/participants/{path}?roomName={room}")
        assert (reply.status, reply.body) == (404, NOBODY), path
    assert len(livekit.inside[room]) == 4


def test_somebody_of_the_same_name_in_another_room_stays(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    one, other = (create_room(call, still_clock)["roomName"] for _ in range(2))
    livekit.join(other, "Alice")
    assert call("DELETE", f"/participants/Alice?roomName={one}").body == NOBODY
    assert list(livekit.inside[other]) == ["Alice"]


def test_a_room_that_is_not_there_is_not_found(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    expired = create_room(call, still_clock)["roomName"]
    livekit.join(expired, "Alice")
    still_clock.advance(HOUR)
    for room in (expired, "abcdefghijklmno", "..", "%00", "%F0%9F%8E%A5"):
        reply = call("DELETE", f"/participants/Alice?roomName={room}")
        assert (reply.status, reply.body) == (404, NO_ROOM)
    assert livekit.calls == []


@pytest.mark.parametrize(
    ("query", "message"), [("", "Required"), ("?roomName=", None), ("?roomName=%20%09", None)]
)
def test_without_a_room_name_it_is_refused(call: Call, query: str, message: str | None) -> None:
    reply = call("DELETE", f"/participants/Alice{query}")
    assert reply.status == 422
    assert reply.body["error"] == "Unprocessable Entity"
    assert reply.body["message"] == "Invalid request"
    (detail,) = reply.body["details"]
    assert detail["field"] == "roomName"
    assert detail["message"] == (message or "Must not be blank")


def test_with_livekit_down_it_is_503_and_not_404(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)["roomName"]
    livekit.down = True
    reply = call("DELETE", f"/participants/Alice?roomName={room}")
    assert reply.status == 503
    assert int(reply.headers["retry-after"]) > 0
    assert reply.body["code"] == 503


def test_the_name_in_the_answer_of_the_token_operation_is_the_one_to_kick(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    livekit.join(room["roomName"], "Alice")
    body = {
        "roomName": room["roomName"],
        "participantName": "Alice",
        "secret": room["viewerURL"].partition("secret=")[2],
    }
    identity = call("POST", "/participants/token", body).body["participantName"]
    livekit.join(room["roomName"], identity)
    assert call("DELETE", f"/participants/{identity}?roomName={room['roomName']}").status == 204
    assert list(livekit.inside[room["roomName"]]) == ["Alice"]


def test_who_was_removed_is_remembered_and_of_too_many_the_latest_are(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)["roomName"]
    removed = [f"Alice {number}" for number in range(MOST_REMOVALS)] + ["Alice 0", "Zoë 🎥 x"]
    for identity in removed:
        still_clock.advance(1)
        livekit.join(room, identity)
        path = f"/participants/{quote(identity, safe='')}?roomName={room}"
        assert call("DELETE", path).status == 204
    kept = wiring.room_repository().get(room).removals
    assert [each.identity for each in kept] == removed[-MOST_REMOVALS:]
    assert kept[-1] == Removal(still_clock(), "Zoë 🎥 x")


def test_who_could_not_be_removed_is_not_remembered(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)["roomName"]
    assert call("DELETE", f"/participants/Alice?roomName={room}").status == 404
    livekit.down = True
    assert call("DELETE", f"/participants/Alice?roomName={room}").status == 503
    assert wiring.room_repository().get(room).removals == ()
