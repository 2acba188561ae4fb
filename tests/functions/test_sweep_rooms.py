"""The sweep of rooms, every minute."""

import threading
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from meet import wiring
from meet.actors import Actor
from meet.clock import HOUR, MINUTE, SECOND, Milliseconds
from meet.rooms.repository import RoomRepository
from meet.sweep_index import PAGE
from tests.contract.samples import ROOM as SAMPLE_ROOM
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call
from tests.functions.rooms import create_room, secret_of


def sweep(remaining: int = 55 * SECOND) -> dict[str, int]:
    context = SimpleNamespace(
        function_name="sweep",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:sweep",
        aws_request_id="sweep",
        get_remaining_time_in_millis=lambda: remaining,
    )
    handler = import_module("functions.sweep_rooms.app").handler
    found: dict[str, int] = handler({}, cast(LambdaContext, context))
    return found


def report(ended: int, waiting: int, strays: int = 0, removed: int = 0) -> dict[str, int]:
    counts = {"ended": ended, "waiting": waiting, "strays": strays, "removed": removed}
    return counts | {"unreported": 0, "recorded": 0}


def create_rooms(still_clock: Clock, count: int) -> list[str]:
    """Store rooms that expire in an hour, past the handler."""
    names = [f"room-{number:015d}" for number in range(count)]
    for name in names:
        room = replace(SAMPLE_ROOM, name=name, created_at=still_clock())
        wiring.room_repository().add(replace(room, expires_at=Milliseconds(still_clock() + HOUR)))
    return names


def expiring(call: Call, still_clock: Clock, livekit: FakeLiveKit, count: int = 1) -> list[str]:
    """Create rooms that expire in an hour and have somebody in."""
    created = [create_room(call, still_clock)["roomName"] for _ in range(count)]
    for name in created:
        livekit.join(name, "Alice")
    return created


def test_people_in_an_expired_room_are_disconnected(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    expiring(call, still_clock, livekit)
    stays = create_room(call, still_clock, expirationDate=still_clock() + 2 * HOUR)["roomName"]
    livekit.join(stays, "Bob")
    assert sweep() == report(0, 0)
    still_clock.advance(HOUR)
    assert sweep() == report(1, 0)
    assert list(livekit.inside) == [stays]
    assert call("GET", f"/rooms/{stays}").status == 200


def test_nothing_is_done_twice(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> None:
    (name,) = expiring(call, still_clock, livekit)
    still_clock.advance(HOUR)
    for _ in range(5):
        sweep()
        still_clock.advance(MINUTE)
    assert livekit.deletions() == [name]


@pytest.mark.parametrize("ahead", range(0, 60_000, 5_500))
def test_within_60_seconds_of_the_expiry_everybody_is_out_and_never_before(
    call: Call,
    still_clock: Clock,
    livekit: FakeLiveKit,
    monkeypatch: pytest.MonkeyPatch,
    ahead: int,
) -> None:
    expiring(call, still_clock, livekit)
    expires = still_clock() + HOUR
    ended: list[int] = []

    def delete(room: str) -> None:
        ended.append(still_clock())
        del livekit.inside[room]

    monkeypatch.setattr(livekit, "delete_room", delete)
    start = expires - ahead
    for minute in range(3):
        still_clock.moment = cast(Any, max(still_clock(), start + minute * MINUTE))
        sweep()
    assert len(ended) == 1
    assert 0 <= ended[0] - expires <= 60_000


def test_one_failing_room_is_in_no_others_way_and_is_tried_until_done(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    created = expiring(call, still_clock, livekit, 30)
    livekit.failing = {created[7]}
    still_clock.advance(HOUR)
    assert sweep() == report(29, 1)
    assert list(livekit.inside) == [created[7]]
    for _ in range(3):
        still_clock.advance(MINUTE)
        assert sweep() == report(0, 1)
    livekit.failing = set()
    still_clock.advance(MINUTE)
    assert sweep() == report(1, 0)
    assert livekit.inside == {}


def test_an_unexpected_failure_is_in_no_others_way_either(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = expiring(call, still_clock, livekit, 5)
    over = RoomRepository.meeting_is_over

    def fail_for_one(self: RoomRepository, name: str) -> None:
        if name == created[0]:
            raise RuntimeError("told to fail")
        over(self, name)

    still_clock.advance(HOUR)
    with monkeypatch.context() as failing:
        failing.setattr(RoomRepository, "meeting_is_over", fail_for_one)
        assert sweep() == report(4, 1)
    still_clock.advance(MINUTE)
    assert sweep() == report(1, 0)


def test_with_livekit_down_rooms_are_closed_and_meetings_end_afterwards(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    created = expiring(call, still_clock, livekit, 20)
    livekit.down = True
    still_clock.advance(HOUR)
    livekit.calls.clear()
    assert sweep() == report(20, 0)
    assert livekit.calls == [("meetings", wiring.owner())], "asked once"
    assert call("GET", f"/rooms/{created[0]}").status == 404
    livekit.down = False
    still_clock.advance(MINUTE)
    assert sweep() == report(0, 0, strays=20)
    assert livekit.inside == {}


def written_rooms(operation: str, asked: dict[str, Any]) -> list[int]:
    """Return how many rooms a transaction writes, if it is one of rooms."""
    writes = asked.get("TransactItems", []) if operation == "TransactWriteItems" else []
    rooms = [each for each in writes if each.get("Update", {}).get("TableName") == "RoomsTable"]
    return [len(rooms)] if rooms else []


def test_rooms_without_a_meeting_are_written_together_and_livekit_is_not_asked_about_them(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, aws_calls: AwsCalls
) -> None:
    create_rooms(still_clock, 250)
    met = expiring(call, still_clock, livekit, 3)
    still_clock.advance(HOUR)
    livekit.calls.clear()
    aws_calls.forget()
    assert sweep() == report(253, 0)
    assert livekit.inside == {}
    assert sorted(livekit.calls) == [
        *(("delete_room", name) for name in sorted(met)),
        ("meetings", wiring.owner()),
    ]
    rooms = [each for name, asked, _ in aws_calls.made for each in written_rooms(name, asked)]
    assert rooms == [25] * 10
    assert aws_calls.names.count("UpdateItem") == 2 * len(met)
    still_clock.advance(MINUTE)
    assert sweep() == report(0, 0)


def test_a_room_that_has_to_be_written_by_itself_is_in_no_others_way(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, aws_calls: AwsCalls
) -> None:
    names = create_rooms(still_clock, 30)
    wiring.room_repository().keep_guest_list(names[7], now=still_clock())
    wiring.room_repository().change(
        names[9],
        {"expirationDate": still_clock() + 2 * HOUR},
        now=still_clock(),
        by=Actor("apiKey", "first"),
    )
    gone = {"roomName": {"S": names[11]}}
    still_clock.advance(HOUR)
    due = RoomRepository.due
    with pytest.MonkeyPatch.context() as patch:
        found = [*wiring.room_repository().due(still_clock()), (names[9], still_clock())]
        patch.setattr(RoomRepository, "due", lambda self, until: iter(found))
        boto3.client("dynamodb").delete_item(TableName="RoomsTable", Key=gone)
        assert sweep() == report(30, 0)
    assert list(due(wiring.room_repository(), still_clock())) == []
    assert wiring.room_repository().get(names[9]).closed_at is None, "its end was moved"
    assert wiring.room_repository().get(names[7]).closed_at is not None


def test_meetings_end_first_and_a_slow_livekit_keeps_no_room_waiting(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LiveKit ends a meeting only after all rooms without one are written."""
    expiring(call, still_clock, livekit, 3)
    create_rooms(still_clock, 50)
    still_clock.advance(HOUR)
    written = threading.Event()
    finish, delete = RoomRepository.finish_together, livekit.delete_room
    left = [2]

    def finish_and_tell(*arguments: Any, **named: Any) -> list[str]:
        refused = finish(*arguments, **named)
        left[0] -= 1
        if not left[0]:
            written.set()
        return refused

    def wait_and_delete(room: str) -> None:
        assert written.wait(30), "rooms wait for LiveKit"
        delete(room)

    monkeypatch.setattr(RoomRepository, "finish_together", finish_and_tell)
    monkeypatch.setattr(livekit, "delete_room", wait_and_delete)
    assert sweep() == report(53, 0)


def test_what_one_sweep_does_not_reach_the_next_one_does(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meet.rooms.ending.MOST", 20)
    create_rooms(still_clock, 50)
    expiring(call, still_clock, livekit, 2)
    still_clock.advance(HOUR)
    for ended in (20, 20, 12, 0):
        found = sweep()
        assert found["ended"] + found["strays"] >= ended
        assert livekit.inside == {}, "meetings never wait"
        still_clock.advance(MINUTE)


def test_no_room_is_taken_up_after_the_deadline(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meet.rooms.ending._PARALLEL", 16)  # whose seconds this clock adds up
    expiring(call, still_clock, livekit, 40)
    still_clock.advance(HOUR)
    remaining, started = 20 * SECOND, still_clock()
    done: list[int] = []

    def slow_delete(room: str) -> None:
        done.append(still_clock() - started)
        still_clock.advance(SECOND)
        livekit.inside.pop(room)

    monkeypatch.setattr(livekit, "delete_room", slow_delete)
    first = sweep(remaining)
    assert 0 < first["ended"] < 40
    assert first == report(first["ended"], 40 - first["ended"])
    assert len(done) == first["ended"]
    assert all(moment <= remaining for moment in done)
    still_clock.advance(MINUTE)
    for _ in range(20):
        sweep(remaining)
        still_clock.advance(MINUTE)
    assert livekit.inside == {}
    assert len(done) == 40


def test_with_no_time_left_nothing_is_taken_up(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    expiring(call, still_clock, livekit, 3)
    still_clock.advance(HOUR)
    assert sweep(SECOND) == report(0, 3)
    assert livekit.deletions() == []
    assert sweep() == report(3, 0)


def test_a_room_that_was_deleted_meanwhile_stays_deleted(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    (name,) = expiring(call, still_clock, livekit)
    livekit.down = True
    call("DELETE", f"/rooms/{name}")
    still_clock.advance(HOUR)
    livekit.down = False
    assert sweep() == report(1, 0)
    assert call("GET", f"/rooms/{name}").status == 404


def test_an_item_that_ttl_removed_leaves_nothing_to_end(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = [("abcdefghijklmno", still_clock())]
    monkeypatch.setattr(RoomRepository, "due", lambda self, until: iter(due))
    assert sweep()["waiting"] == 0


def test_the_sweep_reads_a_page_and_beyond_that_only_what_is_due(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, aws_calls: AwsCalls
) -> None:
    for _ in range(60):
        create_room(call, still_clock, expirationDate=still_clock() + 2 * HOUR)
    aws_calls.forget()
    sweep()
    assert sorted(aws_calls.names) == ["Query"] * 4 + ["Scan"] * 2, "of rooms, and of meetings"
    assert sum(len(answer["Items"]) for _, _, answer in aws_calls.made) == PAGE


def test_more_rooms_than_a_page_of_the_index_are_ended_in_one_sweep(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    expiring(call, still_clock, livekit, 150)
    still_clock.advance(HOUR)
    assert sweep() == report(150, 0)
    assert livekit.inside == {}


def test_a_meeting_that_an_old_token_brought_back_is_closed_though_nobody_told(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    (expired,) = expiring(call, still_clock, livekit)
    goes_on = create_room(call, still_clock, expirationDate=still_clock() + 2 * HOUR)["roomName"]
    livekit.join(goes_on, "Bob")
    still_clock.advance(HOUR)
    assert sweep() == report(1, 0)
    for name in (expired, "neverheardofthis"):
        livekit.join(name, "Eve")
    still_clock.advance(MINUTE)
    assert sweep() == report(0, 0, strays=2)
    assert list(livekit.inside) == [goes_on]
    assert sweep() == report(0, 0)


def test_a_stray_that_cannot_be_closed_is_in_no_others_way(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    strays = [f"neverheardofthis{number}" for number in range(3)]
    for name in strays:
        livekit.join(name, "Eve")
    livekit.failing = {strays[1]}
    assert sweep() == report(0, 0, strays=2)
    livekit.failing = set()
    assert sweep() == report(0, 0, strays=1)


def test_a_hundred_and_more_meetings_are_told_from_strays(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    expiring(call, still_clock, livekit, 120)
    livekit.join("neverheardofthis", "Eve")
    assert sweep() == report(0, 0, strays=1)
    assert len(livekit.inside) == 120


def token_of(call: Call, room: dict[str, Any], name: str = "Alice") -> str:
    body = {"roomName": room["roomName"], "participantName": name}
    body["secret"] = secret_of(room, "publisher")
    token: str = call("POST", "/participants/token", body).body["token"]
    return token


def test_somebody_removed_who_comes_back_is_disconnected_though_no_webhook_told(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    token = token_of(call, room)
    identity = livekit.join_with(room["roomName"], token)
    bob = livekit.join_with(room["roomName"], token_of(call, room, "Bob"))
    path = f"/participants/{identity}?roomName={room['roomName']}"
    assert call("DELETE", path).status == 204
    for _ in range(2):
        livekit.join_with(room["roomName"], token)  # to the signal alone
        still_clock.advance(MINUTE)
        assert sweep() == report(0, 0, removed=1)
        assert list(livekit.inside[room["roomName"]]) == [bob]
    assert sweep() == report(0, 0)


def test_a_removal_that_livekit_did_not_answer_is_finished_by_the_sweep(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    identity = livekit.join_with(room["roomName"], token_of(call, room))
    livekit.down = True
    assert call("DELETE", f"/participants/{identity}?roomName={room['roomName']}").status == 503
    assert sweep() == report(0, 0)
    livekit.down = False
    assert sweep() == report(0, 0, removed=1)
    assert livekit.inside[room["roomName"]] == {}


def test_livekit_is_asked_who_is_there_only_where_somebody_was_removed(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    quiet, room = create_room(call, still_clock), create_room(call, still_clock)
    for each in (quiet, room):
        livekit.join_with(each["roomName"], token_of(call, each))
    foreign = "of-another-program"
    livekit.join(room["roomName"], foreign)
    assert call("DELETE", f"/participants/{foreign}?roomName={room['roomName']}").status == 204
    livekit.join(room["roomName"], foreign)
    livekit.calls.clear()
    assert sweep() == report(0, 0)
    assert [call for call in livekit.calls if call[0] != "meetings"] == [
        ("participants", room["roomName"])
    ]
    assert foreign in livekit.inside[room["roomName"]], "its token is not ours"


def test_a_room_whose_removals_fail_is_in_no_others_way(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    rooms = [create_room(call, still_clock) for _ in range(3)]
    for room in rooms:
        token = token_of(call, room)
        identity = livekit.join_with(room["roomName"], token)
        assert call("DELETE", f"/participants/{identity}?roomName={room['roomName']}").status == 204
        livekit.join_with(room["roomName"], token)
    livekit.failing = {rooms[1]["roomName"]}
    assert sweep() == report(0, 0, removed=2)
    livekit.failing = set()
    assert sweep() == report(0, 0, removed=1)
