"""The authorizer in front of every operation with an API key."""

import json
import subprocess
import sys
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from meet.clock import SECOND
from meet.http import actor_of
from meet.wiring import clients
from tests.fakes import Clock
from tests.functions.aws_calls import AwsCalls
from tests.functions.console import set_keys
from tests.functions.gateway import CONTEXT, event
from tests.functions.logs import Logs
from tools import ROOT
from tools.memory_aws import API_KEY
from tools.template import functions

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/meet/GET/api/v1/rooms"
OPEN = {
    ("POST", "/api/v1/participants/token"),
    ("POST", "/livekit/webhook"),
    ("POST", "/api/v1/recordings/{recordingId}/links/{linkId}/open"),
    ("GET", "/api/v1/recordings/{recordingId}/links/{linkId}/stream"),
}


def authorize(
    headers: dict[str, str] | None, method: str = "GET", url: str = "/api/v1/rooms"
) -> dict[str, Any]:
    request = event(method, url) | {"type": "REQUEST", "methodArn": ARN}
    request["headers"] = headers
    answer: dict[str, Any] = import_module("functions.authorize.app").handler(request, CONTEXT)
    return answer


def is_let_in(key: str) -> bool:
    try:
        authorize({"X-API-KEY": key})
    except Exception as error:
        assert type(error) is Exception
        assert str(error) == "Unauthorized"
        return False
    return True


def test_a_right_key_is_let_in_for_this_request_alone(aws: None) -> None:
    policy = authorize({"X-API-KEY": API_KEY})["policyDocument"]
    assert policy == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": ARN}],
    }


def test_a_keys_name_passes_the_gateway_in_ascii_and_is_itself_again_behind_it(aws: None) -> None:
    set_keys(**{"José & co": "the-key-of-jose"})
    answer = authorize({"X-API-KEY": "the-key-of-jose"})
    assert answer["context"]["apiKey"].isascii()
    request = {"authorizer": answer["context"] | {"principalId": answer["principalId"]}}
    api: Any = SimpleNamespace(current_event={"requestContext": request})
    assert actor_of(api).name == "José & co"


@pytest.mark.parametrize("name", ["X-API-KEY", "x-api-key", "X-Api-Key", "x-API-kEY"])
def test_the_header_is_matched_in_any_case(aws: None, name: str) -> None:
    assert authorize({"Host": "h", name: API_KEY})["principalId"]


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        {"X-API-KEY": ""},
        {"X-API-KEY": " "},
        {"X-API-KEY": "another-key"},
        {"X-API-KEY": API_KEY[:-1]},
        {"X-API-KEY": API_KEY + "x"},
        {"X-API-KEY": API_KEY + " "},
        {"X-API-KEY": API_KEY.upper()},
        {"X-API-KEY": f"{API_KEY},{API_KEY}"},
        {"X-API-KEY": "first"},
        {"X-API-KEY": json.dumps({"first": API_KEY})},
        {"X-API-KEY": "ключ\udcff"},
        {"X-API-KEYS": API_KEY},
        {"Authorization": f"Bearer {API_KEY}"},
        {"Cookie": f"X-API-KEY={API_KEY}"},
    ],
)
def test_no_key_or_a_wrong_one_raises_exactly_unauthorized(
    aws: None, headers: dict[str, str] | None
) -> None:
    with pytest.raises(Exception, match=r"\AUnauthorized\Z") as refused:
        authorize(headers)
    assert type(refused.value) is Exception


def test_a_key_in_the_query_is_no_key(aws: None) -> None:
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        authorize({}, url=f"/api/v1/rooms?X-API-KEY={API_KEY}&x-api-key={API_KEY}")


def test_several_keys_are_valid_at_once(aws: None) -> None:
    set_keys(first=API_KEY, second="the-second-key")
    assert [is_let_in(key) for key in (API_KEY, "the-second-key", "third")] == [True, True, False]


def test_a_key_is_rotated_without_an_interruption(aws: None, still_clock: Clock) -> None:
    assert is_let_in(API_KEY)
    set_keys(first=API_KEY, second="the-second-key")
    assert is_let_in(API_KEY)
    still_clock.advance((clients.MAX_AGE + 1) * SECOND)
    assert is_let_in(API_KEY)
    assert is_let_in("the-second-key")


def test_a_key_that_was_removed_is_refused_once_the_cache_is_old(
    aws: None, still_clock: Clock
) -> None:
    set_keys(first=API_KEY, second="the-second-key")
    assert is_let_in(API_KEY)
    set_keys(second="the-second-key")
    still_clock.advance((clients.MAX_AGE + 1) * SECOND)
    assert not is_let_in(API_KEY)
    assert is_let_in("the-second-key")


def test_the_cache_is_minutes_old_at_most(aws: None) -> None:
    assert clients.MAX_AGE <= 600


def test_with_no_keys_at_all_nobody_is_let_in(aws: None) -> None:
    set_keys()
    assert not is_let_in(API_KEY)
    assert not is_let_in("")


def test_an_empty_key_opens_nothing_even_where_one_is_stored(aws: None) -> None:
    set_keys(first="")
    assert not is_let_in("")


def test_secrets_manager_is_asked_once_for_many_requests(aws: None, aws_calls: AwsCalls) -> None:
    aws_calls.forget()
    for key in [API_KEY, "wrong"] * 20:
        is_let_in(key)
    assert aws_calls.names == ["GetSecretValue"]


def test_a_request_without_a_key_asks_nobody(aws: None, aws_calls: AwsCalls) -> None:
    aws_calls.forget()
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        authorize({})
    assert aws_calls.names == []


def test_a_refusal_is_logged_with_the_request_id_and_without_the_key(aws: None, logs: Logs) -> None:
    assert not is_let_in("a-wrong-key")
    (line,) = logs()
    assert line["correlation_id"] == event("GET", "/")["requestContext"]["requestId"]
    assert "a-wrong-key" not in str(line)
    assert API_KEY not in str(line)


def test_every_route_that_is_not_open_by_contract_passes_the_authorizer() -> None:
    for name, function in functions().items():
        for source in function.get("Events", {}).values():
            if source["Type"] != "Api" or name in {"web", "console_session"}:
                continue
            route = source["Properties"]["Method"], source["Properties"]["Path"]
            has_none = source["Properties"].get("Auth", {}).get("Authorizer") == "NONE"
            assert has_none == (route in OPEN), route


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "/api/v1/rooms"),
        ("POST", "/api/v1/rooms"),
        ("GET", "/api/v1/rooms/a"),
        ("PUT", "/api/v1/rooms/a"),
        ("DELETE", "/api/v1/rooms/a"),
        ("DELETE", "/api/v1/participants/Alice"),
    ],
)
def test_every_operation_knows_its_key(aws: None, method: str, url: str) -> None:
    assert authorize({"X-API-KEY": API_KEY}, method, url)
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        authorize({"X-API-KEY": "wrong"}, method, url)


def test_importing_it_pulls_in_next_to_nothing() -> None:
    code = (
        "import sys, functions.authorize.app\n"
        "print([n for n in ('pydantic', 'livekit', 'google.protobuf', 'starlette', 'mangum', 'jwt',"
        " 'aws_lambda_powertools.event_handler') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
