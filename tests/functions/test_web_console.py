"""The console's sessions: log in, stay, log out, and who gets none."""

import base64
import json
from typing import Any

import boto3
import jwt
import pytest

from dev.aws import ADMIN_PASSWORD, ADMIN_USERNAME
from meet import wiring
from meet.clock import HOUR, MINUTE, SECOND
from meet.console.admin import Admin
from tests.conftest import Clock
from tests.functions.conftest import HOST, ORIGIN, REQUEST_ID, Logs
from tests.functions.console import KNOWN, RIGHT, SESSION, WRONG, Browser, claims_of

UNAUTHORIZED = {"message": "Unauthorized"}
OTHER_SITE = {"code": 403, "message": "The request does not come from this site"}
WRITES = [("POST", "/console/login"), ("POST", "/console/session"), ("POST", "/console/logout")]


@pytest.fixture
def browser(aws: None, still_clock: Clock) -> Browser:
    return Browser()


@pytest.fixture
def console(browser: Browser) -> Browser:
    """A browser that is logged in."""
    assert browser.log_in().status == 200
    return browser


def attributes(cookie: str) -> set[str]:
    return set(cookie.split("; ")[1:])


def test_the_right_name_and_password_begin_a_session(browser: Browser, still_clock: Clock) -> None:
    answer = browser.log_in()
    assert answer.status == 200
    ends = (still_clock() + 15 * MINUTE) // SECOND * SECOND
    assert answer.body == {"username": ADMIN_USERNAME, "expiresAt": ends}
    assert browser.who_am_i().body == answer.body
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"] == REQUEST_ID


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
    assert cookies.keys() == {SESSION, KNOWN}
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
    assert answer.body == {"code": 401, "message": "Wrong name or password"}
    assert answer.cookies == {}


def test_a_stack_whose_password_is_empty_lets_nobody_in(browser: Browser) -> None:
    store(password="")
    assert browser.log_in(RIGHT | {"password": ""}).status == 401
    assert not Admin("", "").is_right("", "")


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"{", 400, "Malformed JSON body"),
        (b'{"username": NaN}', 400, "Malformed JSON body"),
        (b"\xff", 400, "Malformed JSON body"),
        (b"x" * 4097, 413, "Request body too large"),
        (b" " * 4097 + json.dumps(RIGHT).encode(), 413, "Request body too large"),
    ],
)
def test_what_is_no_json_or_too_much_is_refused_as_everywhere(
    browser: Browser, body: bytes, status: int, message: str
) -> None:
    answer = browser.log_in(body, {"Content-Type": "application/json"})
    assert (answer.status, answer.body) == (status, {"code": status, "message": message})


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


def test_who_has_no_session_is_told_so(browser: Browser) -> None:
    for answer in (browser.who_am_i(), browser.renew()):
        assert (answer.status, answer.body) == (401, UNAUTHORIZED)
        assert answer.cookies == {}


def test_a_session_ends_by_itself(console: Browser, still_clock: Clock) -> None:
    still_clock.advance(15 * MINUTE - SECOND)
    assert console.who_am_i().status == 200
    still_clock.advance(SECOND)
    assert console.who_am_i().status == 401
    assert console.renew().status == 401


def test_a_session_that_is_renewed_goes_on(console: Browser, still_clock: Clock) -> None:
    before = console.jar[SESSION]
    still_clock.advance(10 * MINUTE)
    answer = console.renew()
    assert answer.status == 200
    assert console.jar[SESSION] != before
    assert answer.body["expiresAt"] == (still_clock() + 15 * MINUTE) // SECOND * SECOND
    still_clock.advance(10 * MINUTE)
    assert console.who_am_i().body == answer.body


def test_however_often_it_is_renewed_it_ends_twelve_hours_after_the_login(
    console: Browser, still_clock: Clock
) -> None:
    began = still_clock() // SECOND * SECOND
    ends = 0
    for _ in range(int(12 * HOUR / (10 * MINUTE)) - 1):
        still_clock.advance(10 * MINUTE)
        answer = console.renew()
        assert answer.status == 200
        assert answer.body["expiresAt"] <= began + 12 * HOUR
        ends = answer.body["expiresAt"]
    assert ends == began + 12 * HOUR
    still_clock.advance(9 * MINUTE)
    assert console.renew().body["expiresAt"] == ends
    still_clock.advance(MINUTE)
    assert console.renew().status == 401
    assert console.who_am_i().status == 401


def test_logging_out_takes_the_cookie_away_and_is_never_refused(console: Browser) -> None:
    for _ in range(2):
        answer = console.send("POST", "/console/logout")
        assert (answer.status, answer.text) == (204, "")
        assert "Max-Age=0" in attributes(answer.cookies[SESSION])
        assert "Path=/meet" in attributes(answer.cookies[SESSION])
        assert console.who_am_i().status == 401


def store(**changes: str) -> None:
    """Change the admin's secret, and let every function see it."""
    boto3.client("secretsmanager").put_secret_value(
        SecretId="AdminSecret", SecretString=json.dumps(RIGHT | changes)
    )
    wiring.reset()


@pytest.mark.parametrize("changes", [{"password": "another"}, {"username": "boss"}])
def test_another_password_or_name_ends_every_session(
    console: Browser, changes: dict[str, str]
) -> None:
    store(**changes)
    assert console.who_am_i().status == 401
    assert console.renew().status == 401
    assert console.log_in().status == 401
    assert console.log_in(RIGHT | changes).status == 200
    assert console.who_am_i().status == 200


def test_another_signing_secret_ends_every_session(console: Browser) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId="SigningSecret", SecretString="new")
    wiring.reset()
    assert console.who_am_i().status == 401


def test_a_session_of_another_stack_opens_nothing(
    console: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STACK_ID", "arn:aws:cloudformation:eu-west-1:123456789012:stack/meet/2")
    assert console.who_am_i().status == 401


def test_not_one_character_of_a_session_can_be_changed(console: Browser) -> None:
    token = console.jar[SESSION]
    for place in range(0, len(token) - 1, 7):  # the last one holds bits that nobody reads
        other = "A" if token[place] != "A" else "B"
        console.jar[SESSION] = token[:place] + other + token[place + 1 :]
        assert console.who_am_i().status == 401, place
    console.jar[SESSION] = token
    assert console.who_am_i().status == 200


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def test_only_our_own_signature_counts(console: Browser) -> None:
    claims, key = claims_of(console.jar[SESSION]), wiring.console_tokens().key
    required = ("exp", "iat", "iss", "aud")
    without = [{k: v for k, v in claims.items() if k != name} for name in required]
    for token in (
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, key * 2, algorithm="HS512"),
        f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(claims)}.",
        jwt.encode(claims, b"another key" * 4, algorithm="HS256"),
        jwt.encode(claims | {"aud": "known browser"}, key, algorithm="HS256"),
        jwt.encode(claims | {"iss": "meet-0"}, key, algorithm="HS256"),
        *(jwt.encode(each, key, algorithm="HS256") for each in without),
        console.jar[KNOWN],
        "",
        "x",
        "..",
        "é.é.é",
    ):
        console.jar[SESSION] = token
        assert console.who_am_i().status == 401, token
    console.jar[SESSION] = jwt.encode(claims, key, algorithm="HS256")
    assert console.who_am_i().status == 200


def test_neither_passwords_nor_cookies_are_logged(browser: Browser, logs: Logs) -> None:
    browser.log_in(WRONG | {"password": "a-wrong-guess"})
    browser.log_in()
    browser.renew()
    browser.log_in(b"{" + ADMIN_PASSWORD.encode(), {"Content-Type": "application/json"})
    said = str(logs())
    assert "wrong name or password" in said
    for secret in (ADMIN_PASSWORD, "a-wrong-guess", *browser.jar.values()):
        assert secret not in said
    assert ADMIN_PASSWORD not in repr(wiring.admin())


def test_other_methods_are_405(browser: Browser) -> None:
    for url in ("/console/session", "/console/logout"):
        answer = browser.send("PUT", url)
        assert (answer.status, answer.body) == (405, {"code": 405, "message": "Method not allowed"})
