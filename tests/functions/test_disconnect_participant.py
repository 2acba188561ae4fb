"""DELETE /participants/{participantName}."""

from typing import Any
from urllib.parse import quote

import pytest

from meet import wiring
from meet.clock import HOUR
from meet.errors import MediaServerUnavailable
from meet.rooms.model import Removal
from meet.rooms.repository import MOST_REMOVALS
from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import Call
from tests.functions.rooms import create_room, secret_of

NOBODY = {"code": 404, "message": "Participant not found", "reason": "participant_not_found"}
NO_ROOM = {"code": 404, "message": "Room not found", "reason": "room_not_found"}


@pytest.mark.parametrize(
    "name",
    [
        "Alice",
        "Alice_1",
        "Alice Cooper",
        "a/b",
        "Alice_k2j9x0",
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
    for present in ("Bob", name.swapcase() + "x"):
        livekit.join(room, present)
    path = f"/participants/{quote(name, safe='')}?roomName={room}"
    for removed in ((name, ""), ("identity_000000", name)):  # an identity, then a name
        livekit.join(room, *removed)
        reply = call("DELETE", path)
        assert (reply.status, reply.text) == (204, "")
        assert set(livekit.inside[room]) == {"Bob", name.swapcase() + "x"}
        again = call("DELETE", path)
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


def joins(call: Call, livekit: FakeLiveKit, room: dict[str, Any], name: str = "Alice") -> str:
    """Let somebody join with a new token; return the identity."""
    body = {"roomName": room["roomName"], "participantName": name}
    answer = call("POST", "/participants/token", body | {"secret": secret_of(room, "viewer")}).body
    identity = livekit.join_with(room["roomName"], answer["token"])
    assert identity == answer["participantIdentity"]
    return identity


def removed(room: dict[str, Any]) -> list[str]:
    stored = wiring.room_repository().get(room["roomName"])
    return sorted(each.identity for each in stored.removals)


def test_an_identity_removes_one_and_a_name_everybody_who_goes_by_it(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    inside = livekit.inside.setdefault(room["roomName"], {})
    alices = [joins(call, livekit, room) for _ in range(3)]
    bob = joins(call, livekit, room, "Bob")
    livekit.join(room["roomName"], "EG_1", "Alice", is_recorder=True)
    query = f"roomName={room['roomName']}"
    assert call("DELETE", f"/participants/{alices[0]}?{query}").status == 204
    assert set(inside) == {*alices[1:], bob, "EG_1"}
    assert call("DELETE", f"/participants/Alice?{query}").status == 204
    assert set(inside) == {bob, "EG_1"}
    assert removed(room) == sorted(alices)


def test_somebody_whose_name_is_anothers_identity_is_not_mistaken_for_them(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    alice = joins(call, livekit, room)
    imitator = joins(call, livekit, room, alice)
    path = f"/participants/{alice}?roomName={room['roomName']}"
    assert call("DELETE", path).status == 204
    assert list(livekit.inside[room["roomName"]]) == [imitator]
    assert call("DELETE", path).status == 204  # nobody has this identity, so it is a name
    assert livekit.inside[room["roomName"]] == {}


def test_who_left_a_second_ago_is_removed_too(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    identity = joins(call, livekit, room)
    livekit.inside.clear()
    reply = call("DELETE", f"/participants/{identity}?roomName={room['roomName']}")
    assert (reply.status, reply.body) == (404, NOBODY)
    assert removed(room) == [identity]


@pytest.mark.parametrize("wanted", ["Alice", "_abcdef", "Alice_ABCDEF", "x" * 250 + "_abcdef"])
def test_a_name_that_nobody_goes_by_leaves_nothing_behind(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, wanted: str
) -> None:
    room = create_room(call, still_clock)
    assert call("DELETE", f"/participants/{wanted}?roomName={room['roomName']}").status == 404
    assert removed(room) == []


@pytest.mark.parametrize("by", ["identity", "name"])
def test_a_removal_is_written_before_livekit_is_asked_for_it(
    call: Call,
    still_clock: Clock,
    livekit: FakeLiveKit,
    monkeypatch: pytest.MonkeyPatch,
    by: str,
) -> None:
    room = create_room(call, still_clock)
    identity = joins(call, livekit, room)

    def no_answer(room: str, identity: str) -> None:
        raise MediaServerUnavailable("told not to answer")

    monkeypatch.setattr(livekit, "remove_participant", no_answer)
    wanted = identity if by == "identity" else "Alice"
    reply = call("DELETE", f"/participants/{wanted}?roomName={room['roomName']}")
    assert reply.status == 503
    assert removed(room) == [identity]


def test_of_too_many_removals_the_latest_are_remembered(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)["roomName"]
    identities = [f"Alice {number}" for number in range(MOST_REMOVALS)] + ["Alice 0", "Zoë 🎥 x"]
    for identity in identities:
        still_clock.advance(1)
        livekit.join(room, identity)
        path = f"/participants/{quote(identity, safe='')}?roomName={room}"
        assert call("DELETE", path).status == 204
    kept = wiring.room_repository().get(room).removals
    assert [each.identity for each in kept] == identities[-MOST_REMOVALS:]
    assert kept[-1] == Removal(still_clock(), "Zoë 🎥 x")
    still_clock.advance(1)
    for number in range(MOST_REMOVALS + 3):
        livekit.join(room, f"Guest_{number:06}", "Guest")
    assert call("DELETE", f"/participants/Guest?roomName={room}").status == 204
    kept = wiring.room_repository().get(room).removals
    assert len(kept) == MOST_REMOVALS
    assert {each.at for each in kept} == {still_clock()}
    assert livekit.inside[room] == {}
