"""POST /rooms."""

import json
import random
import re
import secrets
import threading
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from meet import idempotency
from meet.clock import DAY, HOUR, Milliseconds
from meet.rooms import model
from meet.rooms.repository import RoomRepository
from meet.wiring import clients
from tests.fakes import Clock
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import CONTEXT, HOST, ORIGIN, Call, Reply, event, invoke
from tests.functions.rooms import create_room
from tools import ROOT
from tools.template import resources

ALL = {"chatPreferences": True, "recordingPreferences": True, "virtualBackgroundPreferences": True}


def preferences(**changed: bool) -> dict[str, Any]:
    return {name: {"enabled": on} for name, on in (ALL | changed).items()}


def details(reply: Reply) -> list[tuple[str, str]]:
    assert reply.status == 422, reply.text
    assert reply.body["error"] == "Unprocessable Entity"
    assert reply.body["message"] == "Invalid request body"
    assert set(reply.body) == {"error", "message", "details"}
    return [(each["field"], each["message"]) for each in reply.body["details"]]


def stored(table: str = "RoomsTable") -> list[dict[str, Any]]:
    """Return all items of a table, from moto's memory."""
    from moto.dynamodb.models import dynamodb_backends  # noqa: PLC0415

    rows = dynamodb_backends["123456789012"]["eu-west-1"].get_table(table)
    return [item.to_json()["Attributes"] for item in rows.all_items()]


def test_answers_the_whole_room(call: Call, still_clock: Clock) -> None:
    expires = still_clock() + HOUR
    reply = call(
        "POST",
        "/rooms",
        {
            "expirationDate": expires,
            "roomNamePrefix": "OpenVidu",
            "maxParticipants": 10,
            "preferences": preferences(recordingPreferences=False),
        },
    )
    room = reply.body
    links = {name: room.pop(name) for name in ("moderatorURL", "publisherURL", "viewerURL")}
    name = room.pop("roomName")
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    assert re.fullmatch(r"OpenVidu-[a-z0-9]{15}", name)
    assert room == {
        "creationDate": still_clock(),
        "expirationDate": expires,
        "roomNamePrefix": "OpenVidu",
        "maxParticipants": 10,
        "status": "open",
        "preferences": preferences(recordingPreferences=False),
    }
    for link in links.values():
        assert link.startswith(f"{ORIGIN}/meet/{name}/?secret=")


def test_the_expiration_date_alone_is_enough(call: Call, still_clock: Clock) -> None:
    room = create_room(call, still_clock)
    assert re.fullmatch(r"[a-z0-9]{15}", room["roomName"])
    assert room["roomNamePrefix"] == ""
    assert room["preferences"] == preferences()
    assert "maxParticipants" not in room


@pytest.mark.parametrize(
    ("prefix", "cleaned"),
    [
        ("OpenVidu", "OpenVidu"),
        ("  my  daily\tstand-up ", "my-daily-stand-up"),
        ("--a---b--", "a-b"),
        ("Habitación José", "Habitacion-Jose"),
        ("Größe: 5 m²", "Groe-5-m2"),
        ("a_b.c/d", "abcd"),
        ("a / b", "a-b"),
        ("会议", ""),
        ("🎥 - 🎥", ""),
        ("a\u00a0\u2003b\u200bc", "a-bc"),
        ("../../etc", "etc"),
        ("٣", ""),
        ("\u017f\u212a", "sK"),
        ("", ""),
        ("x" * 50, "x" * 50),
    ],
)
def test_the_prefix_is_cleaned(call: Call, still_clock: Clock, prefix: str, cleaned: str) -> None:
    room = create_room(call, still_clock, roomNamePrefix=prefix)
    assert room["roomNamePrefix"] == cleaned
    start = f"{cleaned}-" if cleaned else ""
    assert re.fullmatch(rf"{start}[a-z0-9]{{15}}", room["roomName"])
    assert call("GET", f"/rooms/{room['roomName']}").body == room


def test_a_prefix_of_more_than_50_characters_is_refused(call: Call, still_clock: Clock) -> None:
    for prefix in ("x" * 51, "㎒" * 50):  # which is MHz, 50 times
        body = {"expirationDate": still_clock() + HOUR, "roomNamePrefix": prefix}
        assert details(call("POST", "/rooms", body)) == [
            ("roomNamePrefix", "Must be at most 50 characters")
        ]


def test_each_role_has_a_secret_of_its_own_of_at_least_128_bits(
    call: Call, still_clock: Clock
) -> None:
    found = set()
    for _ in range(10):
        room = create_room(call, still_clock)
        for name in ("moderatorURL", "publisherURL", "viewerURL"):
            link = urlsplit(room[name])
            assert link.path == f"/meet/{room['roomName']}/"
            (secret,) = parse_qs(link.query)["secret"]
            assert len(secret) * 6 >= 128
            assert link.query == f"secret={secret}", "safe in a URL as it is"
            found.add(secret)
    assert len(found) == 30


def test_names_and_secrets_do_not_come_from_a_generator_that_can_be_seeded(
    call: Call, still_clock: Clock
) -> None:
    rooms = []
    for _ in range(2):
        random.seed(7)
        rooms.append(create_room(call, still_clock))
    assert rooms[0]["roomName"] != rooms[1]["roomName"]
    assert rooms[0]["viewerURL"].split("=")[1] != rooms[1]["viewerURL"].split("=")[1]


def test_a_name_that_is_taken_is_never_overwritten(
    call: Call, still_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = create_room(call, still_clock, roomNamePrefix="one")
    suffixes = iter([first["roomName"].removeprefix("one-")] * 3 + ["abcdefghijklmno"])
    characters = (c for suffix in suffixes for c in suffix)
    monkeypatch.setattr(secrets, "choice", lambda alphabet: next(characters))
    second = create_room(call, still_clock, roomNamePrefix="one", maxParticipants=5)
    assert second["roomName"] == "one-abcdefghijklmno"
    assert call("GET", f"/rooms/{first['roomName']}").body == first


@pytest.mark.parametrize("by", [0, -1, -HOUR, -(10**13), -(10**30)])
def test_an_expiration_date_that_is_not_later_than_now_is_refused(
    call: Call, still_clock: Clock, by: int
) -> None:
    reply = call("POST", "/rooms", {"expirationDate": still_clock() + by})
    assert details(reply) == [("expirationDate", "Must be in the future")]


def test_now_is_the_moment_of_the_request_not_of_the_import(call: Call, still_clock: Clock) -> None:
    create_room(call, still_clock)
    soon = still_clock() + 1
    assert call("POST", "/rooms", {"expirationDate": soon}).status == 200
    still_clock.advance(1)
    assert call("POST", "/rooms", {"expirationDate": soon}).status == 422


@pytest.mark.parametrize("today", ["2025-01-01", "2026-11-23", "2027-06-01", "2028-02-28"])
def test_ten_years_ahead_is_allowed_and_eleven_are_not(
    call: Call, still_clock: Clock, today: str
) -> None:
    now = datetime.fromisoformat(today).replace(tzinfo=UTC)
    still_clock.moment = Milliseconds(int(now.timestamp() * 1000))
    ten, eleven = (int(now.replace(year=now.year + n).timestamp() * 1000) for n in (10, 11))
    assert call("POST", "/rooms", {"expirationDate": ten}).status == 200
    assert [field for field, _ in details(call("POST", "/rooms", {"expirationDate": eleven}))] == [
        "expirationDate"
    ]


@pytest.mark.parametrize("literal", ["1e400", "1e300", "9" * 30, "9" * 400, "-" + "9" * 400])
@pytest.mark.parametrize("name", ["expirationDate", "maxParticipants"])
def test_a_number_beyond_all_bounds_is_refused(
    call: Call, still_clock: Clock, name: str, literal: str
) -> None:
    body = json.dumps({"expirationDate": still_clock() + HOUR, name: "@"}).replace('"@"', literal)
    reply = call("POST", "/rooms", body.encode(), {"Content-Type": "application/json"})
    assert [field for field, _ in details(reply)] == [name]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("expirationDate", "4070908800000", "Expected number, received string"),
        ("expirationDate", True, "Expected number, received boolean"),
        ("expirationDate", None, "Expected number, received null"),
        ("expirationDate", [], "Expected number, received array"),
        ("expirationDate", {}, "Expected number, received object"),
        ("expirationDate", 4070908800000.5, "Expected integer, received float"),
        ("roomNamePrefix", 5, "Expected string, received number"),
        ("roomNamePrefix", None, "Expected string, received null"),
        ("roomNamePrefix", ["a"], "Expected string, received array"),
        ("roomNamePrefix", False, "Expected string, received boolean"),
        ("maxParticipants", "5", "Expected number, received string"),
        ("maxParticipants", True, "Expected number, received boolean"),
        ("maxParticipants", 2.5, "Expected integer, received float"),
        ("maxParticipants", 0, "Must be at least 1"),
        ("maxParticipants", -1, "Must be at least 1"),
        ("maxParticipants", 10_001, "Must be at most 10000"),
        ("preferences", None, "Expected object, received null"),
        ("preferences", [], "Expected object, received array"),
        ("preferences", "all", "Expected object, received string"),
    ],
)
def test_a_property_of_the_wrong_type_or_size_is_refused(
    call: Call, still_clock: Clock, name: str, value: Any, message: str
) -> None:
    body = {"expirationDate": still_clock() + HOUR, name: value}
    assert details(call("POST", "/rooms", body)) == [(name, message)]


@pytest.mark.parametrize("part", ALL)
@pytest.mark.parametrize(
    ("value", "field", "message"),
    [
        (None, "", "Expected object, received null"),
        (True, "", "Expected object, received boolean"),
        (1, "", "Expected object, received number"),
        ({"enabled": "true"}, ".enabled", "Expected boolean, received string"),
        ({"enabled": 1}, ".enabled", "Expected boolean, received number"),
        ({"enabled": None}, ".enabled", "Expected boolean, received null"),
    ],
)
def test_a_preference_of_the_wrong_type_is_refused_by_its_dotted_path(
    call: Call, still_clock: Clock, part: str, value: Any, field: str, message: str
) -> None:
    body = {"expirationDate": still_clock() + HOUR, "preferences": {part: value}}
    assert details(call("POST", "/rooms", body)) == [(f"preferences.{part}{field}", message)]


def test_all_failures_come_at_once_in_the_order_of_the_schema(call: Call) -> None:
    body = {
        "preferences": {
            "virtualBackgroundPreferences": {"enabled": []},
            "recordingPreferences": "no",
            "chatPreferences": {"enabled": "yes"},
        },
        "maxParticipants": 0,
        "roomNamePrefix": 1,
    }
    assert details(call("POST", "/rooms", body)) == [
        ("expirationDate", "Required"),
        ("roomNamePrefix", "Expected string, received number"),
        ("maxParticipants", "Must be at least 1"),
        ("preferences.chatPreferences.enabled", "Expected boolean, received string"),
        ("preferences.recordingPreferences", "Expected object, received string"),
        ("preferences.virtualBackgroundPreferences.enabled", "Expected boolean, received array"),
    ]


def test_10_0_is_the_integer_10(call: Call, still_clock: Clock) -> None:
    body = f'{{"expirationDate": {still_clock() + HOUR}.0, "maxParticipants": 10.0}}'
    reply = call("POST", "/rooms", body.encode(), {"Content-Type": "application/json"})
    assert reply.status == 200
    assert re.search(r'"maxParticipants": ?10[,}]', reply.text)
    assert re.search(rf'"expirationDate": ?{still_clock() + HOUR}[,}}]', reply.text)


@pytest.mark.parametrize("limit", [1, 10_000])
def test_the_bounds_of_max_participants_are_inside(
    call: Call, still_clock: Clock, limit: int
) -> None:
    assert create_room(call, still_clock, maxParticipants=limit)["maxParticipants"] == limit


def test_null_means_no_limit(call: Call, still_clock: Clock) -> None:
    room = create_room(call, still_clock, maxParticipants=None)
    assert "maxParticipants" not in room
    assert call("GET", f"/rooms/{room['roomName']}").body == room


def test_what_is_missing_of_the_preferences_is_enabled(call: Call, still_clock: Clock) -> None:
    room = create_room(call, still_clock, preferences={"chatPreferences": {"enabled": False}})
    assert room["preferences"] == preferences(chatPreferences=False)
    room = create_room(call, still_clock, preferences={"recordingPreferences": {}})
    assert room["preferences"] == preferences()
    assert create_room(call, still_clock, preferences={})["preferences"] == preferences()


def test_nothing_absolute_is_stored(call: Call, still_clock: Clock) -> None:
    create_room(call, still_clock)
    assert HOST not in json.dumps(stored())
    assert "http" not in json.dumps(stored())


def test_links_begin_with_the_public_url_where_there_is_one(
    call: Call, still_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = create_room(call, still_clock)
    monkeypatch.setenv("PUBLIC_URL", "https://meet.example.com")
    moved = call("GET", f"/rooms/{room['roomName']}").body
    assert moved["viewerURL"] == room["viewerURL"].replace(ORIGIN, "https://meet.example.com")
    again = create_room(call, still_clock)
    assert again["viewerURL"].startswith(f"https://meet.example.com/meet/{again['roomName']}/?")


def test_the_item_is_removed_a_day_after_it_expired(call: Call, still_clock: Clock) -> None:
    room = create_room(call, still_clock)
    (item,) = stored()
    assert int(item["deleteAfter"]["N"]) == (room["expirationDate"] + DAY) // 1000


def test_a_create_is_one_conditional_put(
    call: Call, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    create_room(call, still_clock)
    aws_calls.forget()
    create_room(call, still_clock)
    assert aws_calls.names == ["PutItem"]
    assert "ConditionExpression" in aws_calls.made[0][1]


def test_writes_are_spread_over_all_shards(call: Call, still_clock: Clock) -> None:
    for _ in range(80):
        create_room(call, still_clock, roomNamePrefix="same")
    rooms = resources("AWS::DynamoDB::Table")["RoomsTable"]
    for index in rooms["GlobalSecondaryIndexes"]:
        hash_key = index["KeySchema"][0]["AttributeName"]
        assert_spread([item[hash_key]["S"] for item in stored()])


def assert_spread(shards: list[str]) -> None:
    assert len(set(shards)) >= 4
    assert max(shards.count(shard) for shard in set(shards)) < 60


# ------------------------------------------------------------------------------- idempotency


def keyed(call: Call, body: Any, key: str = "k-1", name: str = "Idempotency-Key") -> Reply:
    return call("POST", "/rooms", body, {name: key})


@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"])
def test_the_same_key_and_body_get_the_first_answer_again(
    call: Call, still_clock: Clock, name: str
) -> None:
    body = {"expirationDate": still_clock() + HOUR, "roomNamePrefix": "a"}
    first = keyed(call, body, name=name)
    still_clock.advance(1000)
    second = keyed(call, body, name=name)
    assert (first.status, second.status) == (200, 200)
    assert second.body == first.body
    assert len(call("GET", "/rooms").body) == 1


def test_the_same_body_written_otherwise_is_the_same_body(call: Call, still_clock: Clock) -> None:
    expires = still_clock() + HOUR
    json_type = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    first = call(
        "POST", "/rooms", b'{"expirationDate":%d,"roomNamePrefix":"a"}' % expires, json_type
    )
    second = call(
        "POST",
        "/rooms",
        b'{ "roomNamePrefix": "\\u0061", "expirationDate": %d }' % expires,
        json_type,
    )
    assert second.body == first.body


def test_other_keys_and_no_key_make_other_rooms(call: Call, still_clock: Clock) -> None:
    body = {"expirationDate": still_clock() + HOUR}
    names = {
        keyed(call, body, "a").body["roomName"],
        keyed(call, body, "A").body["roomName"],
        call("POST", "/rooms", body).body["roomName"],
        call("POST", "/rooms", body).body["roomName"],
    }
    assert len(names) == 4


def test_the_same_key_with_another_body_is_refused(call: Call, still_clock: Clock) -> None:
    body = {"expirationDate": still_clock() + HOUR, "roomNamePrefix": "a"}
    first = keyed(call, body)
    refused = keyed(call, body | {"roomNamePrefix": "b"})
    assert refused.status == 422
    assert refused.body["error"] == "Unprocessable Entity"
    assert [each["field"] for each in refused.body["details"]] == ["Idempotency-Key"]
    assert first.body["roomName"] not in refused.text
    assert len(call("GET", "/rooms").body) == 1


def test_a_request_that_still_runs_is_a_conflict(
    call: Call, still_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"expirationDate": still_clock() + HOUR}
    add = RoomRepository.add
    meanwhile: list[Any] = []

    def slow_add(self: RoomRepository, room: model.Room, **more: Any) -> None:
        if not meanwhile:
            meanwhile.append(None)
            meanwhile[0] = _copy_of_the_function()(_request(body), CONTEXT)
        add(self, room, **more)

    monkeypatch.setattr(RoomRepository, "add", slow_add)
    assert keyed(call, body).status == 200
    assert meanwhile[0] is not None
    second = Reply.of(meanwhile[0])
    assert second.status == 409
    assert second.body["code"] == 409
    assert set(second.body) == {"code", "message", "reason"}
    assert len(call("GET", "/rooms").body) == 1


def test_a_run_that_failed_may_be_repeated(
    call: Call, still_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"expirationDate": still_clock() + HOUR}

    def fail(self: RoomRepository, room: model.Room) -> None:
        raise RuntimeError("told to fail")

    with monkeypatch.context() as failing:
        failing.setattr(RoomRepository, "add", fail)
        assert keyed(call, body).status == 500
    assert keyed(call, body).status == 200
    assert len(call("GET", "/rooms").body) == 1


def test_a_refused_body_does_not_use_the_key_up(call: Call, still_clock: Clock) -> None:
    assert keyed(call, {"expirationDate": "soon"}).status == 422
    assert keyed(call, {"expirationDate": still_clock() + HOUR}).status == 200


def test_a_key_of_another_operation_is_another_key(call: Call, still_clock: Clock) -> None:
    other = idempotency.once(
        "createRecording",
        "k-1",
        {"x": 1},
        lambda: {"id": "r"},
        caller=":",
        store=clients.idempotency_store(),
        context=CONTEXT,
    )
    assert other == {"id": "r"}
    assert keyed(call, {"expirationDate": still_clock() + HOUR}).status == 200


def test_a_key_is_free_again_after_24_hours(call: Call, still_clock: Clock) -> None:
    body = {"expirationDate": still_clock() + 100 * HOUR}
    first = keyed(call, body)
    table = boto3.resource("dynamodb").Table("IdempotencyTable")
    (item,) = stored("IdempotencyTable")
    age = int(item["expiration"]["N"]) - datetime.now(UTC).timestamp()
    assert abs(age - 24 * 3600) < 60
    table.update_item(  # nothing waits a day here: the record grows older instead
        Key={"id": item["id"]["S"]},
        UpdateExpression="SET expiration = expiration - :day",
        ExpressionAttributeValues={":day": 24 * 3600 + 60},
    )
    assert keyed(call, body).body["roomName"] != first.body["roomName"]


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_cannot_be_one_is_refused(call: Call, still_clock: Clock, key: str) -> None:
    assert keyed(call, {"expirationDate": still_clock() + HOUR}, key).status == 422


def test_the_key_itself_may_be_any_text(call: Call, still_clock: Clock) -> None:
    body = {"expirationDate": still_clock() + HOUR}
    for key in ("ключ", "a b", "#", "k" * 255, '"quoted"'):
        assert keyed(call, body, key).body == keyed(call, body, key).body


def _request(body: Any) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k-1"}
    return event("POST", "/api/v1/rooms", body=json.dumps(body).encode(), headers=headers)


def _copy_of_the_function() -> Any:
    """Return the handler of a second execution environment."""
    spec = spec_from_file_location("create_room_copy", ROOT / "functions/create_room/app.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.handler


def test_of_20_requests_at_once_with_the_same_key_one_creates_the_room(
    call: Call, still_clock: Clock
) -> None:
    body = {"expirationDate": still_clock() + HOUR}
    copies = [_copy_of_the_function() for _ in range(20)]
    start = threading.Barrier(len(copies))
    replies: list[Reply] = []

    def send(handler: Any) -> None:
        start.wait()
        replies.append(Reply.of(handler(_request(body), CONTEXT)))

    threads = [threading.Thread(target=send, args=[handler]) for handler in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = [reply.status for reply in replies]
    assert len(statuses) == 20
    assert set(statuses) <= {200, 409}
    assert 200 in statuses
    assert len({reply.body["roomName"] for reply in replies if reply.status == 200}) == 1
    assert len(stored()) == 1
    assert len(invoke(event("GET", "/api/v1/rooms")).body) == 1
