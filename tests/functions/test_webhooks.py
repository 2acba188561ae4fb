"""Webhooks are created, shown, changed, rotated and deleted; secrets are shown once."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from meet import clock, wiring
from meet.webhooks import items
from meet.webhooks.errors import TooManyWebhooks
from meet.webhooks.model import MAX_WEBHOOKS, Definition, Webhook
from tests.fakes import Clock
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call, Reply
from tests.functions.logs import Logs

URL = "https://example.com/webhooks/meet"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DAY = 86_400_000


def create(call: Call, **body: Any) -> dict[str, Any]:
    reply = call("POST", "/webhooks", {"url": URL} | body)
    assert reply.status == 201, reply.text
    webhook: dict[str, Any] = reply.body
    return webhook


def details(reply: Reply) -> list[tuple[str, str]]:
    assert reply.status == 422, reply.text
    return [(each["field"], each["message"]) for each in reply.body["details"]]


def test_a_webhook_is_created_with_a_secret_that_is_shown_once(
    call: Call, still_clock: Clock
) -> None:
    made = create(call, events=["recording.*"], description="Billing")
    assert made == {
        "webhookId": made["webhookId"],
        "url": URL,
        "events": ["recording.*"],
        "enabled": True,
        "format": "standard",
        "description": "Billing",
        "creationDate": still_clock(),
        "secret": made["secret"],
    }
    assert made["webhookId"].startswith("wh-")
    assert len(made["webhookId"]) == 18
    assert made["secret"].startswith("whsec_")
    shown = {key: value for key, value in made.items() if key != "secret"}
    assert call("GET", f"/webhooks/{made['webhookId']}").body == shown
    assert call("GET", "/webhooks").body == {"webhooks": [shown]}


def test_they_are_listed_newest_first_and_there_are_20_at_most(
    call: Call, still_clock: Clock
) -> None:
    made = []
    for _ in range(MAX_WEBHOOKS):
        still_clock.advance(1)
        made.append(create(call)["webhookId"])
    listed = [each["webhookId"] for each in call("GET", "/webhooks").body["webhooks"]]
    assert listed == made[::-1]
    key = {"Idempotency-Key": "one-too-many"}
    over = call("POST", "/webhooks", {"url": URL}, key)
    assert (over.status, over.body["message"]) == (409, "At most 20 webhooks")
    assert over.body["reason"] == "too_many_webhooks"
    assert call("DELETE", f"/webhooks/{made[0]}").status == 204
    assert call("POST", "/webhooks", {"url": URL}, key).status == 201, "a refusal is not kept"
    assert call("POST", "/webhooks", {"url": URL}).status == 409


def test_many_that_are_created_at_once_are_not_more_than_20(call: Call) -> None:
    for _ in range(MAX_WEBHOOKS - 5):
        create(call)
    definition, now = Definition(URL), clock.now()

    def add(number: int) -> bool:
        webhook = Webhook(f"wh-{number:015}", now, definition)
        try:
            wiring.webhook_repository().add(webhook, SECRET)
        except TooManyWebhooks:
            return False
        return True

    # Not through the handler: a function serves one request at a time.
    with ThreadPoolExecutor(12) as pool:
        added = list(pool.map(add, range(12)))
    assert added.count(True) == 5
    assert len(call("GET", "/webhooks").body["webhooks"]) == MAX_WEBHOOKS
    assert call("POST", "/webhooks", {"url": URL}).status == 409


def test_without_any_the_list_is_empty(call: Call) -> None:
    assert call("GET", "/webhooks").body == {"webhooks": []}
    call("DELETE", f"/webhooks/{create(call)['webhookId']}")
    assert call("GET", "/webhooks").body == {"webhooks": []}


@pytest.mark.parametrize("webhook_id", ["wh-0123456789abcde", "all", "x", "wh-%00"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PUT", "", {"url": URL}),
        ("DELETE", "", None),
        ("POST", "/test", None),
        ("POST", "/secret", {}),
        ("POST", "/secret", {"overlap": 0}),
        ("GET", "/deliveries", None),
        ("POST", "/replay", {"eventIds": ["evt_1"]}),
    ],
)
def test_an_unknown_webhook_is_not_found(
    call: Call, webhook_id: str, method: str, path: str, body: Any
) -> None:
    reply = call(method, f"/webhooks/{webhook_id}{path}", body)
    assert (reply.status, reply.body["message"]) == (404, "Webhook not found")


def test_a_deleted_webhook_is_gone_and_cannot_be_deleted_twice(call: Call) -> None:
    path = f"/webhooks/{create(call)['webhookId']}"
    assert call("DELETE", path).status == 204
    assert call("DELETE", path).status == 404
    assert call("PUT", path, {"url": URL}).status == 404
    assert call("POST", f"{path}/secret", {"overlap": 0}).status == 404


def test_an_update_replaces_everything_but_id_and_secret(call: Call) -> None:
    made = create(call, events=["room.created"], roomName="team-7yj8dfcycq1n0gr", description="x")
    path = f"/webhooks/{made['webhookId']}"
    changed = call("PUT", path, {"url": "https://example.org/", "enabled": False, "secret": SECRET})
    assert changed.body == {
        "webhookId": made["webhookId"],
        "url": "https://example.org/",
        "enabled": False,
        "format": "standard",
        "creationDate": made["creationDate"],
    }
    assert call("GET", path).body == changed.body
    again = call("PUT", path, {"url": URL, "events": ["room.*"]})
    assert (again.body["events"], again.body["enabled"]) == (["room.*"], True)
    assert secrets_of(made["webhookId"])["secret"]["S"] == made["secret"]


def secrets_of(webhook_id: str) -> Any:
    key = items.secrets_key(webhook_id)
    return boto3.client("dynamodb").get_item(TableName="WebhooksTable", Key=key).get("Item")


def test_room_id_is_another_name_of_room_name(call: Call) -> None:
    assert create(call, roomId="team-1")["roomName"] == "team-1"
    assert create(call, roomName="team-2", roomId="team-1")["roomName"] == "team-2"
    assert create(call, roomNamePrefix="Tëam A")["roomNamePrefix"] == "Team-A"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "ftp://example.com",
        "example.com",
        "https://",
        "https://u:p@example.com",
        "https://u@example.com/",
        "https://example.com/#x",
        "https://example.com/a b",
        "https://exämple.com",
        "https://example.com:99999",
        "https://[::1",
        "//example.com",
        "",
        "https://example.com/\x00",
        f"https://example.com/{'x' * 2048}",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_breaks_a_rule_is_refused(call: Call, url: str) -> None:
    ((field, _),) = details(call("POST", "/webhooks", {"url": url}))
    assert field == "url"


def test_http_is_for_stacks_that_allow_it(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOW_HTTP_WEBHOOKS", "true")
    assert create(call, url="http://example.com")["url"] == "http://example.com"


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({}, "url", "Required"),
        ({"url": 1}, "url", "Expected string, received number"),
        ({"events": []}, "events", "Must have at least 1 items"),
        ({"events": ["room.created"] * 51}, "events", "Must have at most 50 items"),
        ({"events": "room.*"}, "events", "Expected array, received string"),
        ({"events": ["room.renamed"]}, "events.0", "Is not the name of an event"),
        ({"events": ["*"]}, "events.0", "Is not the name of an event"),
        ({"events": ["webhook.test"]}, "events.0", "Is not the name of an event"),
        ({"events": ["room.*", "meetingEnded"]}, "events", "Must be names of one format"),
        (
            {"events": ["room.*"], "format": "openvidu"},
            "events",
            "Must be names of the format openvidu",
        ),
        (
            {"events": ["meetingEnded"], "format": "standard"},
            "events",
            "Must be names of the format standard",
        ),
        ({"format": "xml"}, "format", "Must be one of standard, openvidu"),
        ({"format": 1}, "format", "Must be one of standard, openvidu"),
        ({"enabled": "yes"}, "enabled", "Expected boolean, received string"),
        ({"description": "x" * 201}, "description", "Must be at most 200 characters"),
        ({"roomNamePrefix": "!"}, "roomNamePrefix", "Must contain a letter or a digit"),
        ({"secret": "short"}, "secret", "Must be whsec_ and 24 to 64 bytes in base64"),
        ({"secret": "whsec_AAAA"}, "secret", "Must be whsec_ and 24 to 64 bytes in base64"),
        ({"secret": "x", "format": "openvidu"}, "secret", "Must be 16 to 256 characters"),
        ({"secret": "x" * 257, "format": "openvidu"}, "secret", "Must be 16 to 256 characters"),
    ],
)
def test_what_else_breaks_a_rule_is_refused(
    call: Call, body: dict[str, Any], field: str, message: str
) -> None:
    sent = {"url": URL} | body if body else {}
    assert details(call("POST", "/webhooks", sent)) == [(field, message)]


@pytest.mark.parametrize(
    ("body", "format"),
    [
        ({}, "standard"),
        ({"events": ["room.*", "recording.ready"]}, "standard"),
        ({"events": ["meetingEnded", "recordingEnded"]}, "openvidu"),
        ({"format": "openvidu"}, "openvidu"),
    ],
)
def test_the_names_say_the_format_unless_it_is_said(
    call: Call,
    body: dict[str, Any],
    format: str,  # noqa: A002
) -> None:
    assert create(call, **body)["format"] == format


def test_a_secret_may_be_brought_along(call: Call) -> None:
    assert create(call, secret=SECRET)["secret"] == SECRET
    key = "ovmeet-0123456789abcdef"
    theirs = create(call, secret=key, format="openvidu")
    assert theirs["secret"] == key
    path = f"/webhooks/{theirs['webhookId']}"
    refused = call("PUT", path, {"url": URL, "format": "standard"})
    assert details(refused) == [
        ("format", "Needs a secret that begins with whsec_: rotate it first")
    ]
    assert call("POST", f"{path}/secret", {"overlap": 0}).status == 200
    assert call("PUT", path, {"url": URL, "format": "standard"}).status == 200


# -------------------------------------------------------------------------------------- rotation


def test_a_new_secret_overlaps_with_the_one_before(call: Call, still_clock: Clock) -> None:
    made = create(call)
    path = f"/webhooks/{made['webhookId']}/secret"
    first = call("POST", path).body
    assert first["secret"] != made["secret"]
    assert first["previousUntil"] == still_clock() + DAY
    assert secrets_of(made["webhookId"])["previousSecret"]["S"] == made["secret"]
    again = call("POST", path, {"overlap": 60})
    assert (again.status, again.body["message"]) == (409, "Two secrets are valid already")
    still_clock.advance(DAY)
    second = call("POST", path, {"overlap": 60}).body
    assert second["previousUntil"] == still_clock() + 60_000
    assert secrets_of(made["webhookId"])["previousSecret"]["S"] == first["secret"]


def test_without_an_overlap_the_old_secrets_end_at_once(call: Call) -> None:
    made = create(call)
    path = f"/webhooks/{made['webhookId']}/secret"
    call("POST", path)
    last = call("POST", path, {"overlap": 0})
    assert last.body.keys() == {"secret"}
    assert "previousSecret" not in secrets_of(made["webhookId"])
    assert call("POST", path).status == 200


@pytest.mark.parametrize("overlap", [-1, 604_801, 1.5, "1", True, None])
def test_an_overlap_that_breaks_a_rule_is_refused(call: Call, overlap: Any) -> None:
    path = f"/webhooks/{create(call)['webhookId']}/secret"
    assert details(call("POST", path, {"overlap": overlap}))[0][0] == "overlap"


# --------------------------------------------------------------------------------- secrets stay


def test_secrets_are_stored_apart_from_the_webhook_and_are_gone_with_it(call: Call) -> None:
    made = create(call, secret=SECRET)
    call("POST", f"/webhooks/{made['webhookId']}/secret")
    key = items.key(made["webhookId"])
    stored = boto3.client("dynamodb").get_item(TableName="WebhooksTable", Key=key)["Item"]
    assert "whsec_" not in json.dumps(stored)
    assert SECRET in json.dumps(secrets_of(made["webhookId"]))
    assert call("DELETE", f"/webhooks/{made['webhookId']}").status == 204
    assert secrets_of(made["webhookId"]) is None


def test_a_new_webhook_is_not_read_and_a_repeated_request_reads_only_its_secrets(
    call: Call, aws_calls: AwsCalls
) -> None:
    def reads() -> list[Any]:
        asked = (each for operation, each, _ in aws_calls.made if operation == "GetItem")
        return [each["Key"] for each in asked if each["TableName"] == "WebhooksTable"]

    key = {"Idempotency-Key": "nightly"}
    made = call("POST", "/webhooks", {"url": URL}, key).body
    assert reads() == []
    assert call("POST", "/webhooks", {"url": URL}, key).body == made
    assert reads() == [items.secrets_key(made["webhookId"])]


def test_a_repeated_request_gets_the_same_webhook_and_its_secret_is_stored_nowhere_else(
    call: Call, aws_calls: AwsCalls
) -> None:
    key = {"Idempotency-Key": "nightly"}
    first = call("POST", "/webhooks", {"url": URL, "secret": SECRET}, key)
    again = call("POST", "/webhooks", {"url": URL, "secret": SECRET}, key)
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert again.body["secret"] == SECRET
    assert len(call("GET", "/webhooks").body["webhooks"]) == 1
    for operation, asked, _ in aws_calls.made:
        if "IdempotencyTable" in json.dumps(asked, default=str):
            assert "whsec_" not in json.dumps(asked, default=str), operation


def test_no_other_answer_and_no_log_line_has_a_secret(call: Call, logs: Logs) -> None:
    made = create(call, secret=SECRET)
    path = f"/webhooks/{made['webhookId']}"
    answers = [
        call("GET", path),
        call("GET", "/webhooks"),
        call("PUT", path, {"url": URL, "secret": SECRET}),
        call("POST", "/webhooks", {"url": URL, "secret": f"{SECRET}?"}),
        call("GET", f"{path}/deliveries"),
    ]
    for answer in answers:
        assert "whsec_Mf" not in answer.text
    lines = logs()
    assert lines
    assert "whsec_Mf" not in json.dumps(lines, default=str)
