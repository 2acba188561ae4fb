"""An Idempotency-Key belongs to its caller: an API key, the console, or a moderator's room."""

import json
from importlib import import_module
from typing import Any

import pytest

from meet.clock import SECOND
from meet.wiring import clients
from tests.fakes import Clock, FakeLiveKit, FakeRecorder
from tests.functions.console import SESSION, Browser, set_keys
from tests.functions.gateway import CONTEXT, ORIGIN, Call, Reply, event, invoke
from tests.functions.rooms import HOUR, create_room, secret_of
from tools.memory_aws import API_KEY

OTHER_KEY = "another-key-of-the-same-stack"


def send(caller: dict[str, str], path: str, body: dict[str, Any], key: str = "nightly") -> Reply:
    """Send a POST through the authorizer, as the gateway does."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": key, **caller}
    raw = json.dumps(body).encode()
    request = event("POST", f"/api/v1{path}", body=raw, headers=headers)
    asked = request | {"type": "REQUEST", "methodArn": "arn:aws:execute-api:x"}
    answer = import_module("functions.authorize.app").handler(asked, CONTEXT)
    context = {"principalId": answer["principalId"], **answer.get("context", {})}
    request["requestContext"]["authorizer"] = context
    return invoke(request)


def test_two_api_keys_and_the_console_do_not_share_them(
    call: Call, console: Browser, still_clock: Clock
) -> None:
    set_keys(first=API_KEY, second=OTHER_KEY)
    still_clock.advance(clients.MAX_AGE * SECOND)  # the login has read them
    callers = (
        {"X-API-KEY": API_KEY},
        {"X-API-KEY": OTHER_KEY},
        {"Cookie": f"{SESSION}={console.jar[SESSION]}", "Origin": ORIGIN},
    )
    body = {"expirationDate": still_clock() + HOUR}
    made = [send(each, "/rooms", body).body["roomName"] for each in callers]
    assert len(set(made)) == len(callers)
    assert [send(each, "/rooms", body).body["roomName"] for each in callers] == made


def test_an_api_key_that_was_rotated_keeps_them(call: Call, still_clock: Clock) -> None:
    body = {"expirationDate": still_clock() + HOUR}
    set_keys(first=API_KEY)
    before = send({"X-API-KEY": API_KEY}, "/rooms", body).body
    set_keys(first=OTHER_KEY)
    import_module("meet.wiring").reset()
    assert send({"X-API-KEY": OTHER_KEY}, "/rooms", body).body == before


def test_a_moderator_cannot_take_the_admins(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, recorder: FakeRecorder
) -> None:
    room = create_room(call, still_clock)
    name = room["roomName"]
    join = {
        "roomName": name,
        "participantName": "Mallory",
        "secret": secret_of(room, "moderator"),
    }
    answer = call("POST", "/participants/token", join).body
    moderator = {"Authorization": f"Bearer {answer.get('apiToken') or answer['token']}"}
    livekit.join(name, "Mallory", is_publishing=True)
    body = {"roomName": name}
    taken = send(moderator, "/recordings", body)
    assert send(moderator, "/recordings", body).body == taken.body
    admins = send({"X-API-KEY": API_KEY}, "/recordings", body)
    assert (admins.status, admins.body["reason"]) == (409, "already_recording"), "its own answer"


@pytest.mark.parametrize("key", ["x" * 256, ""])
def test_one_has_1_to_255_characters(call: Call, still_clock: Clock, key: str) -> None:
    body = {"expirationDate": still_clock() + HOUR}
    assert send({"X-API-KEY": API_KEY}, "/rooms", body, key).status == 422
