"""What the contract asks of every operation."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any, TypeAlias

import boto3
import pytest

from meet.powertools import APIGatewayRestResolver
from meet.recordings.lifecycle import Evidence
from meet.rooms.repository import RoomRepository
from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import REQUEST_ID, ROUTES, Call, Reply, event, invoke
from tests.functions.logs import Logs
from tests.functions.recordings import Studio
from tests.functions.rooms import HOUR, create_room, secret_of
from tools import openapi

MALFORMED = {"code": 400, "message": "Malformed JSON body", "reason": "malformed_body"}
UNSUPPORTED = {"code": 415, "message": "Unsupported Media Type", "reason": "unsupported_media_type"}
BROKEN = {"code": 500, "message": "Internal server error", "reason": "internal_server_error"}
LIMIT = 100 * 1024

Request: TypeAlias = tuple[str, str, dict[str, Any] | None]
"""Method, path with its query, and a good body."""


@pytest.fixture
def room(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> dict[str, Any]:
    created = create_room(call, still_clock)
    livekit.join(created["roomName"], "Bob")
    return created


@pytest.fixture
def with_body(room: dict[str, Any], still_clock: Clock) -> list[Request]:
    """Return a good request to each operation that takes a body."""
    join = {
        "roomName": room["roomName"],
        "participantName": "Alice",
        "secret": secret_of(room, "publisher"),
    }
    return [
        ("POST", "/rooms", {"expirationDate": still_clock() + HOUR}),
        ("PUT", f"/rooms/{room['roomName']}", {"chatPreferences": {"enabled": True}}),
        ("POST", "/participants/token", join),
    ]


@pytest.fixture
def without_body(room: dict[str, Any]) -> list[Request]:
    """Return a good request to each operation that takes none; the last ends the room."""
    name = room["roomName"]
    return [
        ("GET", "/rooms", None),
        ("GET", f"/rooms/{name}", None),
        ("DELETE", f"/participants/Bob?roomName={name}", None),
        ("DELETE", f"/rooms/{name}", None),
    ]


def send(
    request: Request, body: bytes | None, media_type: str | None = "application/json"
) -> Reply:
    method, path, _ = request
    headers = {} if media_type is None else {"Content-Type": media_type}
    return invoke(event(method, f"/api/v1{path}", body=body, headers=headers))


def encoded(request: Request) -> bytes:
    return json.dumps(request[2]).encode()


def send_good(request: Request) -> Reply:
    return send(request, None if request[2] is None else encoded(request))


def with_extra(request: Request, extra: str) -> bytes:
    """Return the good body with one more property in front, as JSON text."""
    return b"{" + extra.encode() + b", " + encoded(request)[1:]


def test_what_may_stand_once_in_a_query_does_not_stand_twice(room: dict[str, Any]) -> None:
    checked = 0
    for path, methods in openapi.document()["paths"].items():
        for method, operation in methods.items():
            if method == "head" or path.endswith("/stream"):
                continue  # whose code validates nothing
            for each in operation.get("parameters", []):
                if each["in"] != "query":
                    continue
                url = re.sub("{.*?}", room["roomName"], path.replace("{role}", "viewer"))
                reply = send(
                    (method.upper(), f"{url}?{each['name']}=1&{each['name']}=2", None), None
                )
                assert reply.status == 422, (method, path, each["name"])
                said = {detail["field"]: detail["message"] for detail in reply.body["details"]}
                assert said[each["name"]] == "Expected string, received array"
                checked += 1
    assert checked > 10


# --------------------------------------------------------------------------- media type, size


def test_parameters_and_case_of_the_media_type_do_not_matter(with_body: list[Request]) -> None:
    for request in with_body:
        for media_type in (
            "application/json",
            "application/json; charset=utf-8",
            "application/json;charset=latin-1",
            "Application/JSON",
            " application/json ; x=y",
        ):
            assert send(request, encoded(request), media_type).status == 200, media_type


def test_a_body_of_another_media_type_is_415(
    with_body: list[Request], without_body: list[Request]
) -> None:
    for request in with_body + without_body:
        for media_type in (
            None,
            "",
            "text/plain",
            "application/xml",
            "application/json-patch+json",
            "text/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=application/json",
            "json",
        ):
            reply = send(request, encoded(request), media_type)
            assert (reply.status, reply.body) == (415, UNSUPPORTED), (request, media_type)


def test_the_media_type_is_found_in_any_case_of_its_header(with_body: list[Request]) -> None:
    for request in with_body:
        for name in ("content-type", "CONTENT-TYPE"):
            method, path, _ = request
            headers = {name: "application/json"}
            sent = event(method, f"/api/v1{path}", body=encoded(request), headers=headers)
            assert invoke(sent).status == 200


def test_a_request_without_a_body_needs_no_type(
    with_body: list[Request], without_body: list[Request]
) -> None:
    for media_type in (None, "text/plain"):
        for request in with_body:
            for body in (None, b""):
                assert send(request, body, media_type).status == 422, request
    for request in without_body:
        assert send(request, None, None).status in {200, 204}, request


def test_a_body_of_100_kib_is_taken_and_one_byte_more_is_413(with_body: list[Request]) -> None:
    for request in with_body:
        padding = LIMIT - len(with_extra(request, '"x": ""'))
        exact = with_extra(request, f'"x": "{"y" * padding}"')
        assert len(exact) == LIMIT
        assert send(request, exact).status == 200
        reply = send(request, exact.replace(b"y", b"yy", 1))
        assert reply.status == 413
        assert reply.body["code"] == 413
        assert set(reply.body) == {"code", "message", "reason"}
        assert send(request, b"x" * (LIMIT + 1)).status == 413


def test_the_size_is_counted_in_bytes(with_body: list[Request]) -> None:
    for request in with_body:
        big = with_extra(request, f'"x": "{"é" * (LIMIT // 2)}"')
        assert send(request, big).status == 413


# ------------------------------------------------------------------------------- empty answers


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES), ids=" ".join)
def test_an_answer_without_content_has_an_empty_body_never_null(
    call: Call, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    """Gateways differ on null; Reply.of holds every other answer of these tests to it."""

    def nothing(*_: object) -> dict[str, Any]:
        return {"statusCode": 204, "body": None, "isBase64Encoded": False, "multiValueHeaders": {}}

    monkeypatch.setattr(APIGatewayRestResolver, "resolve", nothing)
    body = b"{}" if method in {"POST", "PUT"} else None
    reply = invoke(event(method, path, body=body, headers={"Content-Type": "application/json"}))
    assert reply.text == "" or ROUTES[method, path] == "web"


# ---------------------------------------------------------------------------------- bad JSON


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b" ",
        b"garbage",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 1} x',
        b'{"a": 1}{"a": 1}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"expirationDate": NaN}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\xc0\xaf"}',
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b'{"a": 01}',
        b'{"a": +1}',
        b'{"a": "\n"}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": ' + b"[" * 50_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_json_is_400(with_body: list[Request], body: bytes) -> None:
    for request in with_body:
        reply = send(request, body)
        assert (reply.status, reply.body) == (400, MALFORMED), request


@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_deep_nesting_is_taken_or_refused_but_never_a_failure(
    with_body: list[Request], brackets: str
) -> None:
    opening = "[" if brackets == "[]" else '{"a":'
    inner = "" if brackets == "[]" else "1"
    for depth in (50, 300, 500, 700, *range(800, 1000, 6), 1500, 5000, 16_000, 50_000):
        extra = f'"x": {opening * depth}{inner}{brackets[1] * depth}'
        for request in with_body:
            body = with_extra(request, extra)
            if len(body) <= LIMIT:
                reply = send(request, body)
                refused = reply.status == 400 and reply.body == MALFORMED
                assert reply.status == 200 or refused, (depth, reply)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[]", "array"),
        (b"null", "null"),
        (b'"{}"', "string"),
        (b"5", "number"),
        (b"true", "boolean"),
    ],
)
def test_a_body_that_is_json_but_no_object_is_422(
    with_body: list[Request], body: bytes, kind: str
) -> None:
    for request in with_body:
        reply = send(request, body)
        assert reply.status == 422
        assert reply.body["error"] == "Unprocessable Entity"
        assert reply.body["message"] == "Invalid request body"
        (detail,) = reply.body["details"]
        assert detail["message"] == f"Expected object, received {kind}"


def test_unknown_properties_are_dropped_in_silence(
    with_body: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    for request in with_body:
        for extra in (
            '"x-unknown": 1',
            '"__proto__": {"x-unknown": 1}',
            '"": "x-unknown"',
            '"\\ud800": "x-unknown"',
            '"x-unknown": "\\udfff"',
            '"x-unknown": 1e999',
            '"x-unknown": null',
        ):
            reply = send(request, with_extra(request, extra))
            assert reply.status == 200, (request, extra, reply.text)
            assert "x-unknown" not in reply.text
    for name in (room["roomName"] for room in invoke(event("GET", "/api/v1/rooms")).body):
        item = boto3.client("dynamodb").get_item(
            TableName="RoomsTable", Key={"roomName": {"S": name}}
        )["Item"]
        assert "x-unknown" not in str(item)


@pytest.mark.parametrize("name", ["expiration_date", "ExpirationDate", "expirationdate"])
def test_a_property_in_another_spelling_is_an_unknown_one(
    call: Call, still_clock: Clock, name: str
) -> None:
    reply = call("POST", "/rooms", {name: still_clock() + HOUR})
    assert reply.status == 422
    assert reply.body["details"] == [{"field": "expirationDate", "message": "Required"}]


@pytest.mark.parametrize("half", ["\\ud800", "\\udc00", "a\\udfffb", "\\udc00\\ud800"])
def test_half_a_surrogate_pair_is_a_failing_field(with_body: list[Request], half: str) -> None:
    fields = {"/rooms": ["roomNamePrefix"], "/participants/token": list(with_body[2][2] or {})}
    for request in with_body:
        for field in fields.get(request[1], []):
            body = json.dumps((request[2] or {}) | {field: "@"}).replace("@", half)
            reply = send(request, body.encode())
            assert reply.status == 422, reply.text
            assert [each["field"] for each in reply.body["details"]] == [field]


def test_a_whole_surrogate_pair_is_a_character(with_body: list[Request]) -> None:
    body = json.dumps((with_body[2][2] or {}) | {"participantName": "🎥"})
    assert "\\ud83c" in body
    assert send(with_body[2], body.encode()).body["participantName"] == "🎥"


# ------------------------------------------------------------------------- events as they come


def test_a_body_may_come_as_base64_or_as_it_is(with_body: list[Request]) -> None:
    for request in with_body:
        method, path, _ = request
        sent = event(method, f"/api/v1{path}", headers={"Content-Type": "application/json"})
        body = with_extra(request, '"x": "é 🎥"')
        as_it_is = sent | {"body": body.decode(), "isBase64Encoded": False}
        as_base64 = sent | {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
        assert invoke(as_it_is).status == 200
        assert invoke(as_base64).status == 200
        broken = sent | {"body": "{not base64}", "isBase64Encoded": True}
        assert (invoke(broken).status, invoke(broken).body) == (400, MALFORMED)


def test_an_event_is_understood_with_nulls_and_without_multi_values(
    without_body: list[Request], with_body: list[Request]
) -> None:
    for request in with_body + without_body:
        method, path, _ = request
        body = None if request[2] is None else encoded(request)
        headers = {"Content-Type": "application/json"}
        sent = event(method, f"/api/v1{path}", body=body, headers=headers)
        if "?" not in path:
            assert sent["queryStringParameters"] is None
            assert sent["multiValueQueryStringParameters"] is None
        assert invoke(sent).status in {200, 204}, request


def test_a_custom_domain_hands_over_its_base_path(
    without_body: list[Request], with_body: list[Request]
) -> None:
    for request in with_body + without_body:
        method, path, _ = request
        body = None if request[2] is None else encoded(request)
        headers = {"Content-Type": "application/json", "Host": "meet.example.com"}
        sent = event(method, f"/api/v1{path}", body=body, headers=headers)
        sent["path"] = f"/meet{sent['path']}"
        reply = invoke(sent)
        assert reply.status in {200, 204}, request
        assert "/meet/meet/" not in reply.text
        if "moderatorURL" in reply.text:
            assert "https://meet.example.com/meet/" in reply.text


SEGMENTS = [
    "%2F",
    "a%2Fb",
    "%2e%2e",
    "..%2F..",
    "%00",
    "%0A",
    "%25",
    "%2541",
    "%",
    "%zz",
    "%FF",
    "%C3%28",
    "%ED%A0%80",
    "%E4%BC%9A",
    "%F0%9F%8E%A5",
    "%20",
    "+",
    "*",
    "%22",
    "%3Cscript%3E",
    "a;b=c",
    "%23",
    "%3F",
    "%5C",
    "~!$&'()*+,;=:@",
    "%60%7B%7C%7D%5E",
    "abcdefghijklmno%0A",
    "%7B%7D" * 300,
]


def test_a_path_segment_is_data_and_names_no_room(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)["roomName"]
    no_room = (404, {"code": 404, "message": "Room not found", "reason": "room_not_found"})
    nobody = (
        404,
        {"code": 404, "message": "Participant not found", "reason": "participant_not_found"},
    )
    change = {"chatPreferences": {"enabled": False}}
    for segment in SEGMENTS:
        for method, body in (("GET", None), ("DELETE", None), ("PUT", change)):
            reply = call(method, f"/rooms/{segment}", body)
            assert (reply.status, reply.body) == no_room, (method, segment)
        reply = call("DELETE", f"/participants/{segment}?roomName={room}")
        assert (reply.status, reply.body) == nobody, segment
    assert call("GET", "/rooms").body[0]["roomName"] == room


# ------------------------------------------------------------------- request ids, errors, logs


Spoiled: TypeAlias = Callable[[Request], Reply]

SPOILED: list[Spoiled] = [
    send_good,
    lambda request: send(request, b"{"),
    lambda request: send(request, b"{}", "text/plain"),
    lambda request: send(request, b"x" * (LIMIT + 1)),
    lambda request: send(request, b"[]"),
    lambda request: send(request, b'{"preferences": 5}'),
    lambda request: send((request[0], request[1].replace("Bob", "%FF"), None), None),
]


def test_every_answer_carries_the_request_id_and_every_log_line_the_same(
    with_body: list[Request], without_body: list[Request], logs: Logs
) -> None:
    for request in with_body + without_body:
        for spoil in SPOILED[::-1]:
            before = len(logs())
            reply = spoil(request)
            assert reply.headers["x-request-id"] == REQUEST_ID, (request, reply)
            lines = logs()[before:]
            assert lines, "an operation is logged"
            assert {line.get("correlation_id") for line in lines} == {REQUEST_ID}


def test_log_lines_about_livekit_being_down_carry_the_request_id_too(
    with_body: list[Request], without_body: list[Request], livekit: FakeLiveKit, logs: Logs
) -> None:
    livekit.down = True
    for request in with_body + without_body:
        send_good(request)
    without = [line["message"] for line in logs() if line.get("correlation_id") != REQUEST_ID]
    assert without == []


def test_an_operation_writes_one_log_line_without_secrets_tokens_or_bodies(
    with_body: list[Request], without_body: list[Request], room: dict[str, Any], logs: Logs
) -> None:
    for request in with_body + without_body:
        before = len(logs())
        extra = with_extra(request, '"note": "from-the-body"') if request[2] else None
        reply = send(request, extra)
        (line,) = logs()[before:]
        assert line["status"] == reply.status
        text = json.dumps(line, default=str)
        assert "from-the-body" not in text
        assert not any(secret_of(room, role) in text for role in ("moderator", "publisher"))
        assert "eyJ" not in text, "no token"


def test_no_caller_fills_the_logs(
    call: Call, room: dict[str, Any], studio: Studio, logs: Logs
) -> None:
    long, segment = "x" * 96 * 1024, "é" * 2500
    join = {"roomName": long, "participantName": "Alice", "secret": "x"}
    refused = [
        call("POST", "/participants/token", join),
        call("POST", "/participants/token", join | {"roomName": room["roomName"]}),
        call("POST", "/recordings", {"roomName": long}),
        call("POST", "/rooms", {"expirationDate": 1, "roomNamePrefix": long}),
        call("GET", f"/recordings?roomName={segment}"),
        call("GET", f"/rooms/{segment}"),
        call("DELETE", f"/participants/{segment}?roomName={segment}"),
        call("DELETE", f"/recordings/{segment}"),
        call("GET", f"/recordings/{segment}/stream"),
        call("PUT", f"/recordings/{segment}"),
    ]
    assert [each.status for each in refused] == [404, 403, 404, 422, 200, 404, 404, 404, 404, 404]
    for line in logs():
        assert len(json.dumps(line, default=str, ensure_ascii=False).encode()) < 4096
    named = [line["room"] for line in logs() if "xxx" in str(line.get("room"))]
    assert len(named) == 2
    assert all(each.startswith("x" * 100) and "98304 characters" in each for each in named)


def test_browsers_are_told_not_to_guess_types_and_to_come_back_by_tls(
    with_body: list[Request], without_body: list[Request]
) -> None:
    for request in with_body + without_body:
        for reply in (SPOILED[1](request), send_good(request)):
            assert reply.headers["x-content-type-options"] == "nosniff"
            assert reply.headers["strict-transport-security"] == "max-age=31536000"
    plain = event("GET", "/api/v1/rooms", headers={"X-Forwarded-Proto": "http"})
    reply = invoke(plain)
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" not in reply.headers


def test_errors_are_json_with_code_message_and_reason(
    with_body: list[Request], without_body: list[Request]
) -> None:
    for request in with_body + without_body:
        for spoil in SPOILED[1:4]:
            reply = spoil(request)
            assert reply.headers["content-type"] == "application/json"
            assert set(reply.body) == {"code", "message", "reason"}
            assert reply.body["code"] == reply.status


def test_a_bug_is_500_without_a_word_about_it(
    with_body: list[Request],
    without_body: list[Request],
    logs: Logs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*arguments: object, **named: object) -> None:
        raise RuntimeError("told to fail arn:aws:secret")

    for name in ("add", "get", "page", "close", "change"):
        monkeypatch.setattr(RoomRepository, name, fail)
    for request in with_body + without_body:
        reply = send_good(request)
        assert reply.status == 500
        assert reply.body == BROKEN
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["x-request-id"] == REQUEST_ID
    assert sum("told to fail" in str(line) for line in logs()) == len(with_body + without_body)


def test_what_aws_says_stays_inside(with_body: list[Request], without_body: list[Request]) -> None:
    boto3.client("dynamodb").delete_table(TableName="RoomsTable")
    for request in with_body + without_body:
        reply = send_good(request)
        assert reply.status == 500
        assert reply.body == BROKEN


def test_a_livekit_that_is_down_is_503_where_its_answer_is_needed(
    with_body: list[Request], without_body: list[Request], livekit: FakeLiveKit
) -> None:
    livekit.down = True
    statuses = [send_good(r).status for r in with_body + without_body]
    # A token needs LiveKit only in a room with a limit: test_generate_participant_token.
    assert statuses == [200, 200, 200, 200, 200, 503, 204]


def test_a_log_line_names_the_room_and_the_recording_that_it_is_about(
    studio: Studio, logs: Logs
) -> None:
    def last(message: str) -> dict[str, Any]:
        return next(line for line in reversed(logs()) if line["message"].startswith(message))

    room = studio.room()
    assert last("POST /api/v1/rooms")["room"] == room
    recording_id = studio.start(room)
    line = last("POST /api/v1/recordings")
    assert (line["room"], line["recording"]) == (room, recording_id)
    studio.call("GET", f"/rooms/{room}")
    assert last("GET /api/v1/rooms")["room"] == room
    studio.stop(recording_id)
    line = last("PUT /api/v1/recordings")
    assert line["recording"] == recording_id
    assert "room" not in line, "nothing stays of the request before"
    studio.hear(recording_id, Evidence.EGRESS_ENDING)
    line = last("egress status changed")
    assert (line["room"], line["recording"]) == (room, recording_id)
    studio.call("DELETE", f"/participants/Alice?roomName={room}")
    line = last("DELETE /api/v1/participants")
    assert (line["room"], line["participant"]) == (room, "Alice")
