"""The OpenAPI document is valid, up to date, and true of what runs."""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic.alias_generators import to_camel

from functions.get_room import app as get_room
from meet import wiring
from meet.access import API, OPERATIONS
from meet.clock import Milliseconds
from meet.errors import TemporarilyUnavailable
from meet.http import create_api
from meet.paging import MAX_ITEMS
from meet.participants.schemas import TokenRequest
from meet.rooms.model import Preferences, Role, Room
from meet.rooms.schemas import RoomOptions, RoomPreferences, RoomUpdate
from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import Reply, event, invoke
from tools import ROOT, openapi
from tools.openapi import __main__ as command
from tools.openapi.examples import EXPIRES, example
from tools.template import load_template

DOCUMENT = openapi.document()
JSON = "application/json"
ERROR = "#/components/schemas/Error"

NAME = "OpenVidu-k3v9x0q2m7t1c8z"

ABSENT = object()
VALUES: list[Any] = [
    *(None, True, False, -1, 0, 1, 1.5, 10.0, 10_000, 10_001, 2 * EXPIRES),
    *("", " ", ".", "..", "...", "5", "true", "é" * 50, "é" * 51, "x" * 128, "x" * 129),
    *([], ["enabled"], {}, {"enabled": True}, {"enabled": "true"}, {"unknown": 1}),
    ABSENT,
]

OPTIONS = example(RoomOptions)
BARE = OPTIONS["preferences"]
TOKEN = example(TokenRequest)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def validator(schema: dict[str, Any]) -> Any:
    whole = schema | {"components": DOCUMENT["components"]}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def test_the_document_is_valid_openapi_31() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_the_file_is_up_to_date() -> None:
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.text(), "run `make openapi`"


def test_the_document_is_the_same_whenever_and_wherever_it_is_made() -> None:
    program = "from tools import openapi; import sys; sys.stdout.write(openapi.text())"
    environment = os.environ | {"PYTHONHASHSEED": "7", "PUBLIC_URL": "https://example.com"}
    made = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=True,
    )
    assert made.stdout.decode() == openapi.text()


def test_the_check_says_what_to_do_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "openapi.json"
    monkeypatch.setattr(command, "FILE", file)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    assert command.main([]) == 0
    assert command.main(["--check"]) == 0
    file.write_text("{}")
    assert command.main(["--check"]) == 1
    file.unlink()
    assert command.main(["--check"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Out of date: openapi.json; run `make openapi`.\n" * 2
    assert command.main(["--chekc"]) == 2


def test_the_web_function_serves_the_file(aws: None) -> None:
    reply = invoke(event("GET", f"{API}/openapi.json"))
    assert reply.status == 200
    assert reply.headers["content-type"] == JSON
    assert reply.body == DOCUMENT


def test_every_example_is_what_its_schema_says() -> None:
    checked = 0
    for _, _, operation in operations():
        parts = [operation.get("requestBody", {}), *operation["responses"].values()]
        for part in parts:
            for media_type, media in part.get("content", {}).items():
                if media_type != JSON:
                    continue  # a video
                several = [each["value"] for each in media.get("examples", {}).values()]
                if media["schema"].get("format") == "binary":
                    continue
                for shown in several or [media["example"]]:
                    validator(media["schema"]).validate(shown)
                    checked += 1
    for schema in DOCUMENT["components"]["schemas"].values():
        for found in schema.get("properties", {}).values():
            for shown in found.get("examples", []):
                validator(found).validate(shown)
                checked += 1
    assert checked > 70


def test_every_answer_has_the_request_id_and_every_503_says_when_to_retry() -> None:
    for method, path, operation in operations():
        for status, answer in operation["responses"].items():
            assert "X-Request-Id" in answer["headers"], (method, path, status)
            assert ("Retry-After" in answer["headers"]) is (status == "503")


def test_every_error_lists_the_reasons_that_its_operation_may_give() -> None:
    known = DOCUMENT["components"]["schemas"]["Error"]["properties"]["reason"]["enum"]
    found = set()
    for method, path, operation in operations():
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get(JSON, {})
            if int(status) < 400 or content.get("schema", {}).get("$ref") != ERROR:
                continue  # or none at all, in answers to HEAD
            examples = [each["value"] for each in content.get("examples", {}).values()]
            shown = [each.get("reason") for each in examples or [content["example"]]]
            if status == "401":
                assert shown == [None]
                continue
            reasons = content["schema"]["properties"]["reason"]["enum"]
            assert reasons == shown, (method, path, status)
            found |= set(reasons)
    assert len(found) > 20
    assert found <= set(known)


def test_every_operation_says_what_may_happen_to_any_request() -> None:
    for method, path, operation in operations():
        expected = {"429", "500", "504"} | ({"401"} if operation["security"] else set())
        if "requestBody" in operation:
            expected |= {"400", "413", "415", "422"}
        assert operation["responses"].keys() >= expected, (method, path)


def test_every_operation_is_described_and_has_a_tag_that_is_described() -> None:
    tags = {each["name"] for each in DOCUMENT["tags"]}
    for method, path, operation in operations():
        assert operation["summary"], (method, path)
        assert operation["description"], (method, path)
        assert len(operation["tags"]) == 1, (method, path)
        assert tags >= set(operation["tags"]), (method, path)


def test_an_operation_that_does_not_declare_its_answers_has_no_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(get_room.get_room, "answers")
    with pytest.raises(TypeError, match="get_room does not declare"):
        openapi.document()


def test_a_parameter_without_a_description_has_no_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def undescribed(room_name: str) -> None: ...

    vars(undescribed)["answers"] = vars(get_room.get_room)["answers"]
    api = create_api()
    api.get("/api/v1/rooms/<room_name>")(undescribed)
    monkeypatch.setattr(get_room, "api", api)
    with pytest.raises(ValueError, match="the parameter room_name has no description"):
        openapi.document()


def test_the_credentials_are_those_of_the_access_table() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    for method, path, operation in operations():
        _, accepted = OPERATIONS[method, API + path]
        assert operation["security"] == [{each.value: []} for each in sorted(accepted)]
        assert {name for each in operation["security"] for name in each} <= schemes.keys()


def test_what_the_gateway_answers_is_what_the_template_lets_it_answer() -> None:
    api = load_template()["Resources"]["Api"]["Properties"]["GatewayResponses"]
    in_template = {
        each["StatusCode"]: json.loads(each["ResponseTemplates"][JSON])
        for each in api.values()
        if "StatusCode" in each
    }
    for _, _, operation in operations():
        for status in (401, 429, 500, 504):
            answer = operation["responses"].get(str(status), {})
            if "content" in answer:  # not in answers to HEAD
                assert answer["content"][JSON]["example"] == in_template[status]
    ours = TemporarilyUnavailable()
    assert in_template[503] == ours.body | {"reason": ours.reason}
    for each in api.values():
        headers = dict(each["ResponseParameters"]["Headers"])
        assert headers.pop("X-Request-Id") == "context.requestId"
        assert headers.pop("X-Content-Type-Options") == "'nosniff'"
        assert headers.pop("Strict-Transport-Security") == "'max-age=31536000'"
        retry = {name: f"'{value}'" for name, value in ours.headers.items()}
        assert headers == (retry if each.get("StatusCode") == 503 else {})


def test_lists_say_where_they_go_on() -> None:
    answers = [o["responses"]["200"] for _, path, o in operations() if path == "/rooms"]
    lists = [a for a in answers if a["content"][JSON]["schema"].get("type") == "array"]
    assert len(lists) == 1
    for answer in lists:
        assert answer["headers"].keys() >= {"Link", "X-Next-Page-Token"}


@pytest.fixture
def room(aws: None, still_clock: Clock, livekit: FakeLiveKit) -> None:
    """Store the room of the examples, in the time of the examples."""
    still_clock.moment = Milliseconds(EXPIRES - 3_600_000)
    wiring.room_repository().add(
        Room(
            name=NAME,
            prefix="OpenVidu",
            created_at=still_clock(),
            expires_at=EXPIRES,
            max_participants=10,
            preferences=Preferences(),
            secrets={role: f"{role}-secret" for role in Role},
        )
    )


def send(method: str, url: str, body: Any = None) -> Reply:
    data = None if body is None else json.dumps(body).encode()
    headers = {} if data is None else {"Content-Type": JSON}
    return invoke(event(method, API + url, body=data, headers=headers))


def variants(body: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Yield (path, value, the body with that value there) for each place in the body."""
    for path in _places(body):
        for value in VALUES:
            changed = copy.deepcopy(body)
            place = changed
            for name in path[:-1]:
                place = place[name]
            if value is ABSENT:
                del place[path[-1]]
            else:
                place[path[-1]] = value
            yield path, value, changed


def _places(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield (*path, name)
            yield from _places(child, (*path, name))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/rooms", OPTIONS),
        ("PUT", "/rooms/{roomName}", BARE),
        ("PUT", "/rooms/{roomName}", {"recordingPreferences": {"enabled": False}}),
        ("PUT", "/rooms/{roomName}", {"preferences": BARE}),
        ("PUT", "/rooms/{roomName}", {"preferences": BARE, "chatPreferences": {"enabled": 1}}),
        ("PUT", "/rooms/{roomName}", {"preferences": {"chatPreferences": {"enabled": True}}}),
        ("POST", "/participants/token", TOKEN | {"previousToken": "x"}),
    ],
)
def test_a_body_is_refused_exactly_when_its_schema_refuses_it(
    room: None, method: str, path: str, body: dict[str, Any]
) -> None:
    operation = DOCUMENT["paths"][path][method.lower()]
    check = validator(operation["requestBody"]["content"][JSON]["schema"])
    for place, value, changed in variants(body):
        reply = send(method, path.replace("{roomName}", NAME), changed)
        refused = not check.is_valid(changed)
        if place == ("expirationDate",) and not refused:
            continue  # no schema knows what time it is
        assert (reply.status == 422) is refused, (place, value, reply.text)
        answer = operation["responses"][str(reply.status)]
        validator(answer["content"][JSON]["schema"]).validate(reply.body)


@pytest.mark.parametrize("body", [[], "x", 1, None, True, {}])
def test_a_body_that_is_no_object_is_refused_as_the_schema_says(room: None, body: Any) -> None:
    for method, path, operation in operations():
        if "requestBody" in operation:
            data = json.dumps(body).encode()
            url = API + path.replace("{roomName}", NAME)
            reply = invoke(event(method, url, body=data, headers={"Content-Type": JSON}))
            schema = operation["requestBody"]["content"][JSON]["schema"]
            if body == {} and operation["operationId"] == "rotateWebhookSecret":
                continue  # all of its properties are optional
            assert not validator(schema).is_valid(body)
            assert reply.status == 422


def test_query_parameters_are_refused_exactly_when_their_schema_refuses_them(room: None) -> None:
    [items] = [
        each["schema"]
        for each in DOCUMENT["paths"]["/rooms"]["get"]["parameters"]
        if each["name"] == "maxItems"
    ]
    assert items == {"type": "integer", "minimum": 1, "maximum": MAX_ITEMS, "default": MAX_ITEMS}
    for number in (-1, 0, 1, MAX_ITEMS, MAX_ITEMS + 1):
        refused = not validator(items).is_valid(number)
        assert (send("GET", f"/rooms?maxItems={number}").status == 422) is refused
    operation = DOCUMENT["paths"]["/participants/{participantName}"]["delete"]
    [name] = [each for each in operation["parameters"] if each["name"] == "roomName"]
    for value, sent in (("", ""), (" ", "%20"), ("x", "x"), (NAME, NAME)):
        refused = not validator(name["schema"]).is_valid(value)
        reply = send("DELETE", f"/participants/Bob?roomName={sent}")
        assert (reply.status == 422) is refused


def test_whatever_is_answered_is_in_the_document(
    room: None, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    wrong = TOKEN | {"secret": "wrong"}
    elsewhere = TOKEN | {"roomName": "abcdefghijklmno"}
    requests: list[tuple[str, str, str, Any, int]] = [
        ("GET", "/rooms", "/rooms?fields=roomName", None, 200),
        ("GET", "/rooms", "/rooms?nextPageToken=x", None, 422),
        ("GET", "/rooms/{roomName}", f"/rooms/{NAME}?fields=roomName,preferences", None, 200),
        ("GET", "/rooms/{roomName}", "/rooms/abcdefghijklmno", None, 404),
        ("POST", "/participants/token", "/participants/token", wrong, 403),
        ("POST", "/participants/token", "/participants/token", elsewhere, 404),
        ("POST", "/participants/token", "/participants/token", TOKEN, 200),
        *(
            ("DELETE", "/participants/{participantName}", f"/participants/{n}", None, s)
            for n, s in (
                (f"Bob?roomName={NAME}", 404),
                ("Bob?roomName=abcdefghijklmno", 404),
                ("Bob", 422),
            )
        ),
        ("DELETE", "/rooms/{roomName}", f"/rooms/{NAME}", None, 204),
        ("DELETE", "/rooms/{roomName}", f"/rooms/{NAME}", None, 404),
    ]
    for method, path, url, body, status in requests:
        reply = send(method, url, body)
        assert reply.status == status, (method, url, reply.text)
        answer = DOCUMENT["paths"][path][method.lower()]["responses"][str(status)]
        if status == 204:
            assert reply.text == ""
        else:
            validator(answer["content"][JSON]["schema"]).validate(reply.body)


def test_a_full_room_and_a_livekit_that_is_down_are_answered_as_documented(
    room: None, livekit: FakeLiveKit
) -> None:
    responses = DOCUMENT["paths"]["/participants/token"]["post"]["responses"]
    for number in range(10):
        livekit.join(NAME, f"guest {number}")
    assert send("POST", "/participants/token", TOKEN).body == example_of(
        responses["409"], "roomFull"
    )
    livekit.down = True
    reply = send("POST", "/participants/token", TOKEN)
    assert reply.body == example_of(responses["503"], "mediaServerUnavailable")
    assert reply.headers["retry-after"].isdigit()


def example_of(answer: dict[str, Any], name: str | None = None) -> Any:
    content = answer["content"][JSON]
    return content["examples"][name]["value"] if name else content["example"]


def test_the_body_of_an_update_has_the_properties_that_the_code_reads() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    wrapped = schemas["WrappedRoomPreferences"]["properties"].keys()
    aliases = {field.alias for field in RoomUpdate.model_fields.values()}
    assert aliases == wrapped | {to_camel(name) for name in RoomPreferences.model_fields}
    assert "preferences" in wrapped
