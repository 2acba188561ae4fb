"""The console's sessions: how long they live, what ends them, and what is none."""

import base64
import json
from typing import Any

import boto3
import jwt
import pytest

from dev.aws import ADMIN_PASSWORD
from meet import wiring
from meet.clock import HOUR, MINUTE, SECOND
from tests.conftest import Clock
from tests.functions.conftest import Logs
from tests.functions.console import KNOWN, RIGHT, SESSION, WRONG, Browser, claims_of, set_admin

UNAUTHORIZED = {"message": "Unauthorized"}
OTHER_SITE = {
    "code": 403,
    "message": "The request does not come from this site",
    "reason": "other_site",
}
WRITES = [("POST", "/console/login"), ("POST", "/console/session"), ("POST", "/console/logout")]


def attributes(cookie: str) -> set[str]:
    return set(cookie.split("; ")[1:])


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


@pytest.mark.parametrize("changes", [{"password": "another"}, {"username": "boss"}])
def test_another_password_or_name_ends_every_session(
    console: Browser, changes: dict[str, str]
) -> None:
    set_admin(**changes)
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
        assert (answer.status, answer.body) == (
            405,
            {"code": 405, "message": "Method not allowed", "reason": "method_not_allowed"},
        )
