"""POST /recordings."""

import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from livekit.protocol.egress import S3Upload

from meet import wiring
from meet.connections import Sent
from meet.livekit.egress import LiveKitEgress
from meet.livekit.outages import EVENT
from meet.livekit.tokens import AccessTokens
from meet.livekit.twirp import TwirpClient
from meet.recordings.lifecycle import Evidence
from meet.recordings.repository import RecordingRepository
from meet.rooms.repository import RoomRepository
from meet.wiring import livekit
from tests.fakes import replied
from tests.functions.aws_calls import AwsCalls
from tests.functions.logs import Logs
from tests.functions.recordings import Studio, item_of, stored, sweep
from tests.functions.rooms import HOUR

ALREADY = {
    "code": 409,
    "message": "The room is already being recorded",
    "reason": "already_recording",
}
NOBODY = {"code": 409, "message": "Nobody is publishing in the room", "reason": "nobody_publishing"}
UNAVAILABLE = {
    "code": 503,
    "message": "The media server is not available",
    "reason": "media_server_unavailable",
}


def ids(studio: Studio) -> list[str]:
    return [each["id"] for each in studio.call("GET", "/recordings").body]


def test_a_room_that_somebody_publishes_in_is_recorded(studio: Studio) -> None:
    room = studio.room(roomNamePrefix="Daily Stand-up")
    reply = studio.post(room)
    assert reply.status == 200
    recording_id = reply.body["id"]
    assert reply.body == {
        "id": recording_id,
        "roomName": room,
        "outputMode": "COMPOSED",
        "status": "STARTING",
        "filename": f"{recording_id}.mp4",
        "layout": "grid",
        "encoding": "H264_720P_30",
    }
    key = f"recordings/{room}/{recording_id}.mp4"
    assert ("start", room, key) in studio.recorder.calls
    assert studio.show(recording_id) == reply.body
    assert stored(recording_id).egress_id == "EG_1"


def test_ids_sort_by_time_and_differ_in_80_random_bits(studio: Studio) -> None:
    made = []
    for _ in range(20):
        made.append(studio.start())
        studio.clock.advance(1)
    assert made == sorted(made)
    assert all(re.fullmatch(r"rec_[0-9A-HJKMNP-TV-Z]{26}", each) for each in made)
    assert len({each[-16:] for each in made}) == 20


def test_the_id_is_stored_before_livekit_is_asked(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = studio.recorder.start

    def look_first(room: str, object_key: str, *composition: Any) -> Any:
        assert item_of(object_key[-34:-4]) is not None
        assert not studio.is_free(room)
        return begin(room, object_key, *composition)

    monkeypatch.setattr(studio.recorder, "start", look_first)
    studio.start()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Required"),
        ({"roomName": 5}, "Expected string, received number"),
        ({"roomName": None}, "Expected string, received null"),
        ({"room_name": "a"}, "Required"),
    ],
)
def test_without_a_room_name_it_is_422(studio: Studio, body: dict[str, Any], message: str) -> None:
    reply = studio.call("POST", "/recordings", body)
    assert reply.status == 422
    assert reply.body == {
        "error": "Unprocessable Entity",
        "message": "Invalid request body",
        "details": [{"field": "roomName", "message": message}],
    }


def test_unknown_expired_and_deleted_rooms_are_not_found(studio: Studio) -> None:
    deleted = studio.room()
    studio.call("DELETE", f"/rooms/{deleted}")
    expired = studio.room(expirationDate=studio.clock() + HOUR)
    studio.clock.advance(HOUR)
    for room in (deleted, expired, "abcdefghijklmno", "", "..", "a" * 3000, "\udc00"[:0] + "é"):
        reply = studio.post(room)
        assert (reply.status, reply.body) == (
            404,
            {"code": 404, "message": "Room not found", "reason": "room_not_found"},
        )
    assert ids(studio) == []


def test_a_room_with_recording_disabled_is_403(studio: Studio) -> None:
    room = studio.room(preferences={"recordingPreferences": {"enabled": False}})
    reply = studio.post(room)
    disabled = {
        "code": 403,
        "message": "Recording is disabled in this room",
        "reason": "recording_disabled",
    }
    assert (reply.status, reply.body) == (403, disabled)
    assert ids(studio) == []


def test_a_room_being_recorded_takes_no_second_recording(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.start(room)
    for evidence in (Evidence.EGRESS_ACTIVE, Evidence.EGRESS_ENDING):
        assert (studio.post(room).status, studio.post(room).body) == (409, ALREADY)
        studio.hear(recording_id, evidence)
    assert studio.post(room).body == ALREADY
    assert studio.start(studio.room())


@pytest.mark.parametrize(
    "evidence",
    [Evidence.EGRESS_COMPLETE, Evidence.EGRESS_LIMIT_REACHED, Evidence.EGRESS_FAILED],
)
def test_the_room_is_free_at_once_when_the_recording_is_over(
    studio: Studio, evidence: Evidence
) -> None:
    room = studio.room()
    studio.hear(studio.start(room), evidence)
    assert studio.start(room)


def test_where_nobody_publishes_it_is_409(studio: Studio) -> None:
    room = studio.room()
    studio.livekit.inside.pop(room)
    assert (studio.post(room).status, studio.post(room).body) == (409, NOBODY)
    studio.livekit.join(room, "Bob")
    studio.livekit.join(room, "EG_1", is_recorder=True, is_publishing=True)
    assert studio.post(room).body == NOBODY
    studio.livekit.join(room, "Bob", is_publishing=True)
    assert studio.post(room).status == 200


def test_the_checks_come_in_the_order_of_the_contract(studio: Studio) -> None:
    room = studio.room()
    off = {"preferences": {"recordingPreferences": {"enabled": False}}}
    studio.livekit.down = studio.recorder.down = True
    assert studio.call("POST", "/recordings", {}).status == 422
    assert studio.post("abcdefghijklmno").status == 404
    studio.call("PUT", f"/rooms/{room}", off)
    assert studio.post(room).status == 403
    off["preferences"]["recordingPreferences"]["enabled"] = True
    studio.call("PUT", f"/rooms/{room}", off)
    studio.livekit.down = studio.recorder.down = False
    studio.start(room)
    studio.call("PUT", f"/rooms/{room}", {"recordingPreferences": {"enabled": False}})
    assert studio.post(room).status == 403, "before already recording"
    studio.call("PUT", f"/rooms/{room}", {"recordingPreferences": {"enabled": True}})
    studio.livekit.inside.clear()
    assert studio.post(room).body == ALREADY, "before nobody publishing"
    empty = studio.room()
    studio.livekit.inside.clear()
    studio.recorder.down = True
    assert studio.post(empty).body == NOBODY, "before LiveKit's egress"


@pytest.mark.parametrize("what", ["rooms", "egress", "worker"])
def test_livekits_failure_is_503_locks_nothing_and_can_be_repeated_at_once(
    studio: Studio, what: str
) -> None:
    room = studio.room()
    studio.livekit.down = what == "rooms"
    studio.recorder.down = what == "egress"
    studio.recorder.refuses = what == "worker"
    for _ in range(3):
        reply = studio.post(room)
        assert (reply.status, reply.body) == (503, UNAVAILABLE)
        assert int(reply.headers["retry-after"]) > 0
        assert studio.is_free(room)
        assert ids(studio) == []
    studio.livekit.down = studio.recorder.down = studio.recorder.refuses = False
    assert studio.post(room).status == 200


def test_without_an_answer_it_is_starting_and_the_room_stays_taken(studio: Studio) -> None:
    studio.recorder.answers = False
    room = studio.room()
    reply = studio.post(room)
    assert (reply.status, reply.body["status"]) == (200, "STARTING")
    assert studio.post(room).body == ALREADY
    assert stored(reply.body["id"]).egress_id is None


def test_a_webhook_that_is_quicker_than_the_answer_is_not_undone(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = studio.recorder.start

    def slow(room: str, object_key: str, *composition: Any) -> Any:
        answer = begin(room, object_key, *composition)
        studio.hear(object_key[-34:-4], Evidence.EGRESS_ACTIVE, started_at=studio.clock())
        return answer

    monkeypatch.setattr(studio.recorder, "start", slow)
    assert studio.status(studio.start()) == "STARTED"


def test_what_is_stopped_while_livekit_starts_it_is_stopped_with_its_answer(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = studio.recorder.start

    def slow(room: str, object_key: str, *composition: Any) -> Any:
        answer = begin(room, object_key, *composition)
        assert studio.stop(object_key[-34:-4]).status == 204
        assert ("stop", answer.id) not in studio.recorder.calls
        return answer

    monkeypatch.setattr(studio.recorder, "start", slow)
    assert studio.post(studio.room()).status == 200
    assert ("stop", "EG_1") in studio.recorder.calls


def test_an_answer_that_it_failed_already_ends_like_a_webhook_would(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = studio.recorder.start

    def fail(*wanted: Any) -> Any:
        return studio.recorder.change(begin(*wanted).id, Evidence.EGRESS_FAILED)

    monkeypatch.setattr(studio.recorder, "start", fail)
    room = studio.room()
    recording_id = studio.start(room)
    studio.clock.advance(60_000)
    sweep()
    assert studio.show(recording_id)["status"] == "FAILED"
    assert studio.show(recording_id)["error"] == "The recorder failed."
    assert studio.is_free(room)


def test_of_50_starts_at_once_exactly_one_wins(studio: Studio) -> None:
    room = studio.room()
    studio.post("abcdefghijklmno")  # imports the function
    with ThreadPoolExecutor(50) as pool:
        replies = list(pool.map(lambda _: studio.post(room), range(50)))
    assert Counter(each.status for each in replies) == {200: 1, 409: 49}
    assert all(each.body == ALREADY for each in replies if each.status == 409)
    (won,) = (each.body["id"] for each in replies if each.status == 200)
    assert ids(studio) == [won]
    assert wiring.room_repository().get(room).active_recording_id == won
    assert [each[0] for each in studio.recorder.calls] == ["start"]


def test_of_many_starts_past_the_first_look_exactly_one_wins(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them see a free room, and only the transaction decides."""
    room = studio.room()
    free = wiring.room_repository().get(room)
    monkeypatch.setattr(RoomRepository, "get", lambda self, name: free)
    statuses = [studio.post(room).status for _ in range(10)]
    assert statuses == [200] + [409] * 9
    assert len(studio.recorder.egresses) == 1


def test_a_room_that_closes_in_this_very_moment_is_not_found(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = studio.room()
    still_open = wiring.room_repository().get(room)
    studio.call("DELETE", f"/rooms/{room}")
    studio.livekit.join(room, "Alice", is_publishing=True)
    monkeypatch.setattr(RoomRepository, "get", lambda self, name: still_open)
    assert studio.post(room).status == 404
    assert studio.recorder.egresses == {}


def test_a_failure_after_livekits_answer_is_repaired_by_the_sweep(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = studio.room()

    def fail(*arguments: Any) -> None:
        raise RuntimeError("told to fail")

    with monkeypatch.context() as failing:
        failing.setattr(RecordingRepository, "observe", fail)
        assert studio.post(room).status == 500
    (recording_id,) = ids(studio)
    studio.change("" or recording_id, Evidence.EGRESS_ACTIVE)
    studio.clock.advance(60_000)
    sweep()
    assert studio.status(recording_id) == "STARTED"
    assert stored(recording_id).egress_id == "EG_1"


def test_the_same_idempotency_key_starts_one_recording(studio: Studio) -> None:
    room, other = studio.room(), studio.room()
    first = studio.post(room, **{"Idempotency-Key": "k"})
    again = studio.post(room, **{"Idempotency-Key": "k"})
    assert (first.status, again.status) == (200, 200)
    assert again.body == first.body
    assert studio.post(other, **{"Idempotency-Key": "k"}).status == 422
    assert ids(studio) == [first.body["id"]]


def test_a_start_that_failed_may_be_repeated_with_its_idempotency_key(studio: Studio) -> None:
    room = studio.room()
    studio.recorder.refuses = True
    assert studio.post(room, **{"Idempotency-Key": "k"}).status == 503
    studio.recorder.refuses = False
    assert studio.post(room, **{"Idempotency-Key": "k"}).status == 200


def test_one_room_costs_few_calls_of_aws(studio: Studio, aws_calls: AwsCalls) -> None:
    room = studio.room()
    studio.start(studio.room())
    aws_calls.forget()
    assert studio.post(room).status == 200
    assert aws_calls.names == ["GetItem", "TransactWriteItems", "UpdateItem"]


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (503, "unavailable", "no response from servers"),  # no egress free
        (403, "permission_denied", "S3 upload using AssumeRole is disabled for this account"),
        (403, "permission_denied", "egress is not enabled for this project"),
        (400, "invalid_argument", "request has missing or invalid field: filepath"),
        (429, "resource_exhausted", "concurrent egress sessions limit exceeded"),
        (401, "unauthenticated", "invalid API key"),
        (501, "unimplemented", "not supported"),
    ],
)
def test_what_livekit_refuses_is_503_and_its_reason_is_for_the_log_alone(
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
    logs: Logs,
    status: int,
    code: str,
    words: str,
) -> None:
    refusal = json.dumps({"code": code, "msg": words}).encode()
    made = []

    def send(*asked: Any, **_: Any) -> Sent:
        made.append(asked)
        return replied(status, refusal)

    room = studio.room()
    tokens = AccessTokens("key", "secret-of-at-least-thirty-two-bytes")
    client = TwirpClient(SimpleNamespace(send=send), tokens)  # type: ignore[arg-type]
    monkeypatch.setattr(livekit, "recorder", lambda: LiveKitEgress(client, S3Upload))
    for _ in range(2):
        reply = studio.post(room)
        assert (reply.status, reply.body) == (503, UNAVAILABLE)
        assert int(reply.headers["retry-after"]) > 0
        assert words not in reply.text
        assert (studio.is_free(room), ids(studio)) == (True, [])
    assert len(made) == 2, "a start is never sent again by itself"
    lines = [line for line in logs() if line["message"] == EVENT]
    assert [(line["detail"], line["livekitStatus"]) for line in lines] == [
        (f"{code}: {words}", status)
    ] * 2
