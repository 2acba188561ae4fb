"""GET /events, from a call of the API through the stream to the log."""

import json
from typing import Any

import boto3
import pytest

from meet import wiring
from meet.clock import DAY, MINUTE, SECOND
from meet.events.model import iso
from meet.recordings.lifecycle import Evidence
from tests.fakes import Clock
from tests.functions.gateway import Call, event, invoke
from tests.functions.recordings import Studio, object_created, stored
from tests.functions.rooms import create_room
from tests.streams import Streams

GONE = (
    410,
    {
        "code": 410,
        "message": "Events after this cursor are not kept any more",
        "reason": "events_not_kept",
    },
)


@pytest.fixture
def streams() -> Streams:
    return Streams()


def events(call: Call, query: str = "") -> list[dict[str, Any]]:
    reply = call("GET", f"/events{query}")
    assert reply.status == 200, reply.text
    found: list[dict[str, Any]] = reply.body["events"]
    return found


def cursor(call: Call, query: str = "") -> str:
    text: str = call("GET", f"/events{query}").body["cursor"]
    return text


def types(call: Call, query: str = "") -> list[str]:
    return [each["type"] for each in events(call, query)]


def test_a_room_that_was_created_updated_and_deleted_is_three_events_in_this_order(
    call: Call, still_clock: Clock, streams: Streams
) -> None:
    room = create_room(call, still_clock, roomNamePrefix="team")
    name, created = room["roomName"], still_clock()
    still_clock.advance(MINUTE + 7)  # in milliseconds, which streams do not tell
    call("PUT", f"/rooms/{name}", {"chatPreferences": {"enabled": False}})
    call("DELETE", f"/rooms/{name}")
    streams.flow()
    first, second, third = events(call)
    facts = {k: v for k, v in room.items() if not k.endswith("URL")}
    assert first.pop("id").startswith("evt_")
    assert first == {
        "type": "room.created",
        "timestamp": iso(created),
        "roomName": name,
        "position": 1,
        "actor": {"type": "apiKey"},
        "data": facts,
    }
    assert (second["type"], second["position"]) == ("room.updated", 2)
    assert second["timestamp"] == iso(still_clock())
    assert second["data"]["changed"] == ["preferences.chatPreferences.enabled"]
    assert not second["data"]["preferences"]["chatPreferences"]["enabled"]
    assert (third["type"], third["timestamp"]) == ("room.deleted", iso(still_clock()))


def test_an_update_that_changes_nothing_is_an_event_too(
    call: Call, still_clock: Clock, streams: Streams
) -> None:
    name = create_room(call, still_clock)["roomName"]
    for _ in range(2):
        call("PUT", f"/rooms/{name}", {"chatPreferences": {"enabled": True}})
    streams.flow()
    _, *updates = events(call)
    assert [each["data"]["changed"] for each in updates] == [[], []]
    assert len({each["id"] for each in updates}) == 2


def test_records_that_come_twice_are_logged_once(
    call: Call, still_clock: Clock, streams: Streams
) -> None:
    create_room(call, still_clock)
    streams.flow()
    create_room(call, still_clock)
    Streams(batch=1).flow()
    Streams().flow()
    assert [each["position"] for each in events(call)] == [1, 2]


def test_a_cursor_goes_on_where_the_last_answer_ended(
    call: Call, still_clock: Clock, streams: Streams
) -> None:
    assert events(call) == []
    start = cursor(call)
    seen: list[dict[str, Any]] = []
    for _ in range(5):
        create_room(call, still_clock)
    streams.flow()
    after = start
    for size in (2, 2, 1, 0):
        reply = call("GET", f"/events?after={after}&maxItems=2").body
        assert len(reply["events"]) == size
        seen += reply["events"]
        after = reply["cursor"]
    assert [each["position"] for each in seen] == [1, 2, 3, 4, 5]
    assert events(call, f"?after={cursor(call, '?after=latest')}") == []


def test_what_is_older_than_the_retention_is_not_shown_and_a_cursor_before_it_is_gone(
    call: Call, still_clock: Clock, streams: Streams
) -> None:
    start = cursor(call)
    create_room(call, still_clock)
    streams.flow()
    between = cursor(call)
    still_clock.advance(30 * DAY)
    assert len(events(call, f"?after={start}")) == 1
    still_clock.advance(1)
    reply = call("GET", f"/events?after={start}")
    assert (reply.status, reply.body) == GONE
    assert events(call) == []
    assert events(call, f"?after={between}") == []
    create_room(call, still_clock)
    streams.flow()
    assert [each["position"] for each in events(call)] == [2]
    assert [each["position"] for each in events(call, f"?after={between}")] == [2]
    reply = call("GET", f"/events?after={start}&roomName=abcdefghijklmno")
    assert (reply.status, reply.body) == GONE


def test_a_hole_that_the_time_to_live_left_is_not_skipped_silently(
    call: Call, still_clock: Clock, streams: Streams
) -> None:
    start = cursor(call)
    for _ in range(3):
        create_room(call, still_clock)
    streams.flow()
    still_clock.advance(30 * DAY + 1)
    for _ in range(2):
        create_room(call, still_clock)
    streams.flow()
    dynamodb = boto3.client("dynamodb")
    for position in ("1", "3"):  # in no order
        key = {"log": {"S": "events"}, "position": {"N": position}}
        dynamodb.delete_item(TableName="EventsTable", Key=key)
    assert call("GET", f"/events?after={start}").status == 410
    assert [each["position"] for each in events(call)] == [4, 5]


def test_the_events_of_a_room_come_when_the_index_has_them_for_sure(
    call: Call, still_clock: Clock, streams: Streams
) -> None:
    name = create_room(call, still_clock)["roomName"]
    create_room(call, still_clock)
    streams.flow()
    reply = call("GET", f"/events?roomName={name}").body
    assert reply["events"] == []
    still_clock.advance(11 * SECOND)
    call("DELETE", f"/rooms/{name}")
    streams.flow()
    reply = call("GET", f"/events?roomName={name}&after={reply['cursor']}").body
    assert [each["type"] for each in reply["events"]] == ["room.created"]
    still_clock.advance(11 * SECOND)
    reply = call("GET", f"/events?roomName={name}&after={reply['cursor']}").body
    assert [each["type"] for each in reply["events"]] == ["room.deleted"]
    assert types(call, f"?roomName={name}&maxItems=1") == ["room.created"]


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("after=", "after", "Unknown cursor"),
        ("after=abc", "after", "Unknown cursor"),
        ("types=room.exploded", "types", "Must be one or several of "),
        ("types=room.created,*", "types", "Must be one or several of "),
        ("types=", "types", "Must be one or several of "),
        ("maxItems=0", "maxItems", "Must be at least 1"),
        ("maxItems=1001", "maxItems", "Must be at most 1000"),
    ],
)
def test_a_query_that_is_not_valid_is_refused(
    call: Call, query: str, field: str, sentence: str
) -> None:
    reply = call("GET", f"/events?{query}")
    assert reply.status == 422
    (detail,) = reply.body["details"]
    assert detail["field"] == field
    assert detail["message"].startswith(sentence)


def test_types_choose_events_and_families_of_them(
    call: Call, still_clock: Clock, streams: Streams
) -> None:
    name = create_room(call, still_clock)["roomName"]
    call("DELETE", f"/rooms/{name}")
    streams.flow()
    assert types(call, "?types=room.deleted") == ["room.deleted"]
    assert types(call, "?types=recording.*,room.created") == ["room.created"]
    assert types(call, "?types=room.*") == ["room.created", "room.deleted"]
    nothing = call("GET", "/events?types=meeting.*").body
    assert nothing["events"] == []
    assert nothing["cursor"] == cursor(call, "?after=latest")


def test_the_bytes_of_an_answer_are_those_of_the_log(
    call: Call, still_clock: Clock, streams: Streams
) -> None:
    create_room(call, still_clock)
    streams.flow()
    (stored,) = wiring.event_log().at([1])
    text = call("GET", "/events").text
    assert stored.body in text
    assert json.loads(stored.body) == json.loads(text)["events"][0]
    assert wiring.event_log().positions_of([stored.id, "evt_0"]) == {stored.id: 1}


def test_a_room_that_expires_is_an_event_of_the_system(
    call: Call, still_clock: Clock, streams: Streams, studio: Studio
) -> None:
    name = studio.room()
    ends = wiring.room_repository().get(name).expires_at
    still_clock.advance(ends - still_clock() + MINUTE)
    wiring.room_ending().sweep(still_clock() + MINUTE)  # type: ignore[arg-type]
    streams.flow()
    _, expired = events(call)
    assert (expired["type"], expired["timestamp"]) == ("room.expired", iso(ends))
    assert expired["actor"] == {"type": "system", "name": "expiry"}


def test_a_recording_from_its_start_to_its_deletion(
    call: Call, streams: Streams, studio: Studio
) -> None:
    recording = studio.active()
    studio.stop(recording)
    studio.upload(recording)
    studio.hear(recording, Evidence.EGRESS_COMPLETE, ended_at=studio.clock())
    object_created(stored(recording).object_key)
    shown = studio.show(recording)
    call("DELETE", f"/recordings/{recording}")
    streams.flow()
    found = [each for each in events(call) if each["type"].startswith("recording.")]
    assert [(each["type"], each["data"]["status"]) for each in found] == [
        ("recording.started", "STARTED"),
        ("recording.updated", "STOPPING"),
        ("recording.updated", "STOPPED"),
        ("recording.ready", "READY"),
        ("recording.deleted", "READY"),
    ]
    assert found[-2]["data"] == shown
    assert found[-1]["data"] == shown | {"reason": "caller"}
    actors = [each.get("actor") for each in found]
    assert actors == [{"type": "apiKey"}] * 2 + [None, None, {"type": "apiKey"}]


def test_a_start_that_livekit_refused_is_no_event(
    call: Call, streams: Streams, studio: Studio
) -> None:
    studio.recorder.refuses = True
    assert studio.post(studio.room()).status == 503
    streams.flow()
    assert types(call) == ["room.created"]


def test_recordings_that_are_deleted_together_say_who_did_it(
    call: Call, streams: Streams, studio: Studio
) -> None:
    ids = [studio.ready(), studio.failed()]
    assert call("DELETE", "/recordings", {"recordingIds": ids}).status == 204
    streams.flow()
    deleted = events(call, "?types=recording.deleted")
    assert {each["data"]["id"] for each in deleted} == set(ids)
    assert [each["actor"] for each in deleted] == [{"type": "apiKey"}] * 2


@pytest.mark.parametrize(
    ("context", "actor"),
    [
        ({"principalId": "apiKeyInHeader", "apiKey": "two"}, {"type": "apiKey", "name": "two"}),
        ({"principalId": "jwtInCookie"}, {"type": "console"}),
        (
            {"principalId": "participantToken", "room": "r", "identity": "Zo%C3%AB_k2j9x0"},
            {"type": "moderator", "name": "Zo\u00eb_k2j9x0"},
        ),
    ],
)
def test_an_event_names_who_caused_it(
    call: Call,
    still_clock: Clock,
    streams: Streams,
    context: dict[str, str],
    actor: dict[str, str],
) -> None:
    name = create_room(call, still_clock)["roomName"]
    request = event("DELETE", f"/api/v1/rooms/{name}")
    request["requestContext"]["authorizer"] = context
    assert invoke(request).status == 204
    streams.flow()
    assert events(call, "?types=room.deleted")[0]["actor"] == actor
