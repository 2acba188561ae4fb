"""Logging in to the console: who gets a session, and which pages may ask for one."""

import json
import math
import string
import unicodedata
from typing import Any

import pytest

from meet.clock import MINUTE, SECOND
from meet.console.accounts import MIN_LENGTH, Accounts
from meet.wiring import clients
from tests.fakes import Clock
from tests.functions.aws_calls import AwsCalls
from tests.functions.console import RIGHT, SESSION, WRONG, Browser, attributes, set_keys
from tests.functions.gateway import HOST, ORIGIN, REQUEST_ID
from tests.functions.logs import Logs
from tools.memory_aws import ADMIN_PASSWORD, ADMIN_USERNAME, API_KEY
from tools.template import resources

MALFORMED = {"code": 400, "message": "Malformed JSON body", "reason": "malformed_body"}
TOO_LARGE = {"code": 413, "message": "Request body too large", "reason": "body_too_large"}
OTHER_SITE = {
    "code": 403,
    "message": "The request does not come from this site",
    "reason": "other_site",
}
WRITES = [("POST", "/console/login"), ("POST", "/console/session"), ("POST", "/console/logout")]


def test_the_right_name_and_password_begin_a_session(browser: Browser, still_clock: Clock) -> None:
    answer = browser.log_in()
    assert answer.status == 200
    ends = (still_clock() + 15 * MINUTE) // SECOND * SECOND
    assert answer.body == {"username": ADMIN_USERNAME, "expiresAt": ends, "trashDays": 0}
    assert browser.who_am_i().body == answer.body
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"] == REQUEST_ID


def test_it_says_for_how_long_deleting_can_be_undone(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECORDING_TRASH_DAYS", "7")
    assert browser.log_in().body["trashDays"] == 7


def test_its_cookie_is_for_this_site_alone_and_out_of_reach_of_scripts(browser: Browser) -> None:
    cookie = browser.log_in().cookies[SESSION]
    wanted = {"HttpOnly", "Secure", "SameSite=strict", "Path=/meet"}
    assert attributes(cookie) - {f"Max-Age={seconds}" for seconds in (899, 900)} == wanted


@pytest.mark.parametrize("host", ["localhost:6080", "127.0.0.1:6080", "localhost", "LOCALHOST"])
def test_on_this_machine_without_tls_the_cookie_is_not_secure(browser: Browser, host: str) -> None:
    local = {"Host": host, "Origin": f"http://{host}", "X-Forwarded-Proto": "http"}
    cookies = browser.log_in(headers=dict(local)).cookies
    assert all("Secure" not in attributes(cookie) for cookie in cookies.values())


@pytest.mark.parametrize(
    ("host", "scheme"),
    [("localhost", "https"), ("localhost.example.com", "http"), ("192.0.2.7", "http")],
)
def test_anywhere_else_it_is_secure(browser: Browser, host: str, scheme: str) -> None:
    there = {"Host": host, "Origin": f"{scheme}://{host}", "X-Forwarded-Proto": scheme}
    cookies = browser.log_in(headers=dict(there)).cookies
    assert cookies.keys() == {SESSION}
    assert all("Secure" in attributes(cookie) for cookie in cookies.values())


@pytest.mark.parametrize(
    "body",
    [
        WRONG,
        RIGHT | {"username": "root"},
        RIGHT | {"username": ADMIN_USERNAME.upper()},
        RIGHT | {"password": ADMIN_PASSWORD + " "},
        RIGHT | {"password": ADMIN_PASSWORD[:-1]},
        RIGHT | {"password": ""},
        {"username": "", "password": ""},
        {"username": ADMIN_PASSWORD, "password": ADMIN_USERNAME},
        RIGHT | {"password": "пароль 🎥"},
    ],
)
def test_a_wrong_name_and_a_wrong_password_are_one_and_the_same(
    browser: Browser, body: Any
) -> None:
    answer = browser.log_in(body)
    assert answer.status == 401
    assert answer.body == {
        "code": 401,
        "message": "Wrong name or password",
        "reason": "wrong_credentials",
    }
    assert answer.cookies == {}


def test_a_stack_whose_password_is_empty_lets_nobody_in(browser: Browser) -> None:
    set_keys(first="")
    assert browser.log_in(RIGHT | {"password": ""}).status == 401
    assert not Accounts({"": ""}).is_right("", "")
    assert not Accounts({}).is_right("", "")


@pytest.mark.parametrize(("stored", "typed"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_a_name_is_the_same_however_its_accents_are_written(
    browser: Browser, stored: Any, typed: Any
) -> None:
    set_keys(**{unicodedata.normalize(stored, "José"): API_KEY})
    name = unicodedata.normalize(typed, "José")
    assert browser.log_in({"username": name, "password": API_KEY}).status == 200
    assert browser.who_am_i().status == 200


def test_each_name_has_its_own_key_and_no_other(browser: Browser) -> None:
    keys = {"first": API_KEY, "grace": "the-key-of-grace", '"first", "': "a-name-with-quotes"}
    set_keys(**keys)
    for name in keys:
        for owner, key in keys.items():
            answer = browser.log_in({"username": name, "password": key})
            assert answer.status == (200 if name == owner else 401)
            if name == owner:
                assert answer.body["username"] == name


def test_however_many_fail_the_right_password_gets_in_at_once(
    browser: Browser, aws_calls: AwsCalls
) -> None:
    strangers = [Browser(f"198.51.100.{number}") for number in range(1, 20)]
    browser.log_in(WRONG)
    aws_calls.forget()
    for each in [*strangers, *[browser] * 40]:
        answer = each.log_in(WRONG)
        assert (answer.status, answer.body["message"]) == (401, "Wrong name or password")
    assert aws_calls.names == [], "a guess is written down nowhere, so none is in another's way"
    for each in (browser, strangers[0], Browser("203.0.113.1")):
        assert each.log_in().status == 200


def test_a_password_that_can_be_guessed_opens_nothing_and_whoever_knows_it_is_told(
    browser: Browser, logs: Logs, still_clock: Clock
) -> None:
    short, long_enough = "x" * (MIN_LENGTH - 1), "x" * MIN_LENGTH
    set_keys(first=short)
    assert browser.log_in(RIGHT | {"password": "guess"}).status == 401
    answer = browser.log_in(RIGHT | {"password": short})
    assert answer.status == 403
    assert answer.body["message"] == "This API key is too short for the console: store a longer one"
    assert answer.cookies == {}
    assert "PasswordTooShort" in str(logs())
    set_keys(first=long_enough)
    still_clock.advance(clients.MAX_AGE * SECOND)
    assert browser.log_in(RIGHT | {"password": long_enough}).status == 200


def test_the_deployment_generates_a_key_that_needs_no_limit_on_guesses() -> None:
    generated = resources("AWS::SecretsManager::Secret")["ApiKeysSecret"]["GenerateSecretString"]
    assert generated["GenerateStringKey"] == ADMIN_USERNAME
    assert generated["PasswordLength"] > MIN_LENGTH
    left_out = set(string.printable) & set(generated.get("ExcludeCharacters", ""))
    letters = set(string.ascii_letters + string.digits) - left_out
    assert generated["PasswordLength"] * math.log2(len(letters)) > 128


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (b"{", MALFORMED),
        (b'{"username": NaN}', MALFORMED),
        (b"\xff", MALFORMED),
        (b"x" * 4097, TOO_LARGE),
        (b" " * 4097 + json.dumps(RIGHT).encode(), TOO_LARGE),
    ],
)
def test_what_is_no_json_or_too_much_is_refused_as_everywhere(
    browser: Browser, body: bytes, refused: dict[str, Any]
) -> None:
    answer = browser.log_in(body, {"Content-Type": "application/json"})
    assert (answer.status, answer.body) == (refused["code"], refused)


@pytest.mark.parametrize(
    ("body", "details"),
    [
        (None, [("username", "Required"), ("password", "Required")]),
        ({}, [("username", "Required"), ("password", "Required")]),
        (RIGHT | {"password": 5}, [("password", "Expected string, received number")]),
        (RIGHT | {"username": None}, [("username", "Expected string, received null")]),
        (RIGHT | {"username": ["admin"]}, [("username", "Expected string, received array")]),
        (RIGHT | {"password": "\ud800"}, [("password", "Must be valid Unicode")]),
        ([], [("", "Expected object, received array")]),
    ],
)
def test_a_body_of_another_shape_is_422(
    browser: Browser, body: Any, details: list[tuple[str, str]]
) -> None:
    answer = browser.log_in(body)
    assert answer.status == 422
    assert answer.body == {
        "error": "Unprocessable Entity",
        "message": "Invalid request body",
        "details": [{"field": field, "message": message} for field, message in details],
    }


def test_a_form_of_another_site_is_no_login(browser: Browser) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.log_in(b"username=admin", dict(form)).status == 415


@pytest.mark.parametrize(("method", "url"), WRITES)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": None},
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "https://evil.example.com"},
        {"Origin": f"http://{HOST}"},
        {"Origin": f"{ORIGIN}:444"},
        {"Origin": f"{ORIGIN}.evil.example.com"},
        {"Origin": f"https://evil.example.com/{ORIGIN}"},
        {"Origin": None, "Referer": f"{ORIGIN}/meet/console"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_nothing_is_done_for_a_page_of_another_site(
    console: Browser, method: str, url: str, headers: dict[str, str | None]
) -> None:
    answer = console.send(method, url, RIGHT, headers)
    assert (answer.status, answer.body) == (403, OTHER_SITE)
    assert answer.cookies == {}


def test_a_page_of_ours_is_at_the_public_url_or_where_the_caller_reached_us(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://Meet.Example.com/")
    for origin in ("https://meet.example.com", ORIGIN):
        assert browser.log_in(headers={"Origin": origin}).status == 200
    assert browser.log_in(headers={"Origin": "https://example.com"}).status == 403
    same = {"Sec-Fetch-Site": "same-origin"}
    assert browser.log_in(headers={"Origin": ORIGIN, **same}).status == 200
