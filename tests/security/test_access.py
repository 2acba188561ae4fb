"""Every operation times every kind of caller, as the table in the code says: in memory, by HTTP."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias

import pytest

from meet import wiring
from meet.access import API, OPERATIONS, Credential
from meet.console.sessions import ConsoleSessions
from tests.functions.console import set_keys
from tests.functions.gateway import CONTEXT, ORIGIN, event, invoke
from tests.functions.recordings import Studio
from tests.live import Client
from tests.security.callers import (
    READS,
    Caller,
    Target,
    everybody,
    honest,
    key_in_header,
    request_of,
)
from tests.security.leaks import assert_says_nothing
from tools.memory_aws import API_KEY

# One of the tokens is signed by HS512 with the server's own secret, which is long enough for HS256.
pytestmark = pytest.mark.filterwarnings("ignore:The HMAC key is:jwt.InsecureKeyLengthWarning")

REFUSED = {401, 403}

Send: TypeAlias = Callable[[str, str, Caller, str, dict[str, Any] | None], tuple[int, str]]
"""(method, resource, caller, path with query, body) -> status, text."""


def check(method: str, resource: str, target: Target, send: Send) -> None:
    """Send one operation as everybody, and compare with the table."""
    for name, caller in everybody(target).items():
        may = caller.may(method, resource)
        harmless = may and method not in READS and not caller.of_other_room
        path, body = request_of(method, resource, target, harmless=harmless)
        path = f"{path}&{caller.query}" if caller.query else path
        status, text = send(method, resource, caller, path, body)
        who = f"{name}: {method} {path} {status}"
        _, accepted = OPERATIONS[method, resource]
        if may and accepted and caller.of_other_room:
            # The function decides; a recording of another room is answered as unknown.
            assert status in REFUSED | {404}, who
        elif may:
            assert status < 500, who
            assert status not in REFUSED, who
        else:
            assert status in REFUSED, who
            assert json.loads(text or '{"message": "Unauthorized"}') in (
                {"message": "Unauthorized"},
                {"code": 403, "message": "Forbidden", "reason": "forbidden"},
            ), who
        if status >= 400:
            assert_says_nothing(text)


# ------------------------------------------------------------------------------------ in memory


def _ended(sessions: ConsoleSessions) -> str:
    token = sessions.tokens.encode(sessions.tokens.begin("first"))
    sessions.end([token])
    return token


@pytest.fixture
def in_memory(studio: Studio) -> Target:
    old_key = "a-key-of-last-year"
    set_keys(first=API_KEY, second=old_key)
    rooms = [studio.room(), studio.room()]
    recordings = [studio.ready(room=each) for each in rooms]
    old = key_in_header(old_key)
    assert through_the_authorizer("GET", f"{API}/rooms", old, "/rooms", None)[0] == 200
    set_keys(first=API_KEY)
    wiring.reset()  # as functions forget after MAX_AGE
    studio.livekit.inside.clear()
    return Target(
        ORIGIN,
        API_KEY,
        old_key,
        wiring.access_tokens(),
        wiring.api_tokens(),
        wiring.console_tokens(),
        _ended(wiring.console_sessions()),
        wiring.playback_key(),
        *rooms,
        *recordings,
    )


def through_the_authorizer(
    method: str, resource: str, caller: Caller, path: str, body: dict[str, Any] | None
) -> tuple[int, str]:
    headers = dict(caller.headers)
    raw = None
    if body is not None:
        headers["Content-Type"], raw = "application/json", json.dumps(body).encode()
    request = event(method, API + path, body=raw, headers=headers)
    request["resource"] = request["requestContext"]["resourcePath"] = resource
    if OPERATIONS[method, resource][1]:
        asked = request | {"type": "REQUEST", "methodArn": "arn:aws:execute-api:x"}
        try:
            answer = import_module("functions.authorize.app").handler(asked, CONTEXT)
        except Exception as error:
            assert (type(error), str(error)) == (Exception, "Unauthorized")
            return 401, '{"message": "Unauthorized"}'
        who = {"principalId": answer["principalId"], **answer.get("context", {})}
        request["requestContext"]["authorizer"] = who
    reply = invoke(request)
    return reply.status, reply.text if method != "HEAD" else ""


def test_the_table_holds_behind_the_authorizer(in_memory: Target) -> None:
    for method, resource in OPERATIONS:
        check(method, resource, in_memory, through_the_authorizer)


def test_everybody_is_somebody_for_each_credential_of_the_table(in_memory: Target) -> None:
    assert honest(in_memory).keys() == set(Credential)
    assert len(everybody(in_memory)) > 50


# -------------------------------------------------------------------------------------- by HTTP


@pytest.mark.parametrize(("method", "resource"), OPERATIONS)
def test_the_table_holds_over_http(api: Client, target: Target, method: str, resource: str) -> None:
    def send(
        method: str, _: str, caller: Caller, path: str, body: dict[str, Any] | None
    ) -> tuple[int, str]:
        answer = api.call(method, path, body, key=None, headers=caller.headers)
        return answer.status, answer.data.decode("latin-1") if method != "HEAD" else ""

    check(method, resource, target, send)


def test_after_all_that_everything_is_still_there(api: Client, target: Target) -> None:
    for path in (f"/rooms/{target.room}", f"/rooms/{target.other_room}"):
        room = api.call("GET", path)
        assert room.status == 200
        assert room.body["preferences"]["recordingPreferences"] == {"enabled": True}
    for recording in (target.recording, target.other_recording):
        assert api.call("GET", f"/recordings/{recording}").body["status"] == "READY"
