"""The console's sessions: how long they live, what ends them, and what is not one."""

import base64
import hashlib
import json
import re
from typing import Any

import jwt
import pytest

from meet import wiring
from meet.clock import HOUR, MINUTE, SECOND
from meet.console.accounts import Accounts
from meet.console.sessions import PREFIX
from meet.console.tokens import LONGEST_SESSION, SESSION_LIFETIME, Session
from meet.signing import Purpose
from meet.wiring import clients
from tests.fakes import Clock
from tests.functions.aws_calls import AwsCalls
from tests.functions.console import (
    SESSION,
    WRONG,
    Browser,
    attributes,
    authorize,
    claims_of,
    forget_key,
    set_keys,
)
from tests.functions.logs import Logs
from tools.memory_aws import ADMIN_PASSWORD, API_KEY

UNAUTHORIZED = {"message": "Unauthorized"}


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


def may_read(browser: Browser) -> bool:
    """True if the browser's cookies open the API."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.jar.items())
    return authorize({"Cookie": cookies}) is not None


def test_a_copied_cookie_is_worth_nothing_after_logging_out(
    console: Browser, still_clock: Clock
) -> None:
    copy = console.copy()
    still_clock.advance(5 * MINUTE)
    assert copy.renew().status == 200
    older = console.copy()
    assert [may_read(each) for each in (copy, older)] == [True, True]
    assert console.log_out().status == 204
    for each in (copy, older):
        assert not may_read(each)
        assert each.who_am_i().status == 401
        assert each.renew().status == 401
    still_clock.advance(SESSION_LIFETIME)
    assert copy.renew().status == 401


def test_logging_out_ends_no_other_session(console: Browser, browser: Browser) -> None:
    other = Browser("203.0.113.1")
    assert other.log_in().status == 200
    console.log_out()
    assert may_read(other)
    assert other.renew().status == 200
    assert browser.log_in().status == 200, "and the next login is a session of its own"
    assert may_read(browser)


def test_with_several_cookies_of_the_name_each_session_is_ended(console: Browser) -> None:
    other = Browser("203.0.113.1")
    other.log_in()
    both = f"{SESSION}=x; {SESSION}={console.jar[SESSION]}; {SESSION}={other.jar[SESSION]}"
    assert console.copy().send("POST", "/console/logout", headers={"Cookie": both}).status == 204
    assert not may_read(console)
    assert not may_read(other)


def test_another_session_counts_where_the_first_cookie_is_of_one_that_was_ended(
    console: Browser,
) -> None:
    ended = console.jar[SESSION]
    console.log_out()
    console.log_in()
    assert authorize({"Cookie": f"{SESSION}={ended}; {SESSION}={console.jar[SESSION]}"})


def test_an_ended_session_is_remembered_until_no_renewal_of_it_could_be_good(
    console: Browser, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    began = still_clock()
    still_clock.advance(10 * MINUTE)
    console.renew()
    aws_calls.forget()
    console.log_out()
    ((_, written, _),) = aws_calls.made
    item = written["Item"]
    assert int(item["expiration"]["N"]) == (began // SECOND * SECOND + LONGEST_SESSION) // SECOND
    assert item["id"]["S"].startswith(PREFIX)
    assert item.keys() == {"id", "expiration"}, "nothing that says whose session it was"


def test_only_a_signed_cookie_makes_us_look_whether_it_was_ended(
    console: Browser, aws_calls: AwsCalls
) -> None:
    good = console.jar[SESSION]
    for made_up in ("x", "a.b.c", f"{good[:-5]}AAAAA"):
        console.jar[SESSION] = made_up
        aws_calls.forget()
        assert not may_read(console)
        assert console.log_out().status == 204
        assert aws_calls.names == []
    console.jar[SESSION] = good
    assert may_read(console)
    assert aws_calls.names == ["GetItem"]


def test_logging_out_takes_the_cookie_away_and_is_never_refused(console: Browser) -> None:
    for _ in range(2):
        answer = console.log_out()
        assert (answer.status, answer.text) == (204, "")
        assert "Max-Age=0" in attributes(answer.cookies[SESSION])
        assert "Path=/meet" in attributes(answer.cookies[SESSION])
        assert console.who_am_i().status == 401


OTHER = {"username": "grace", "password": "the-key-of-grace"}


@pytest.mark.parametrize(
    "left",
    [
        {},
        {"first": "the-first-key-from-now-on"},
        {"renamed": API_KEY},
        {"first": ""},
        {"first": OTHER["password"]},
    ],
)
def test_a_session_ends_with_its_key_and_those_of_others_go_on(
    browser: Browser, still_clock: Clock, left: dict[str, str]
) -> None:
    hers = {OTHER["username"]: OTHER["password"]}
    set_keys(first=API_KEY, **hers)
    ours, her = browser, Browser("203.0.113.1")
    assert (ours.log_in().status, her.log_in(OTHER).status) == (200, 200)
    set_keys(**left, **hers)
    assert may_read(ours), "functions keep secrets in memory"
    still_clock.advance(clients.MAX_AGE * SECOND)
    assert not may_read(ours)
    assert ours.who_am_i().status == 401
    assert ours.renew().status == 401
    assert ours.log_in().status == 401
    assert may_read(her)
    assert her.who_am_i().body["username"] == "grace"
    assert her.renew().status == 200
    assert may_read(her)
    for name, key in left.items():
        answer = ours.log_in({"username": name, "password": key})
        assert answer.status == (200 if key else 401)


def test_a_key_that_is_added_ends_no_session(console: Browser, still_clock: Clock) -> None:
    set_keys(first=API_KEY, second="another-key")
    still_clock.advance(clients.MAX_AGE * SECOND)
    assert may_read(console)
    assert console.renew().status == 200


def test_a_key_that_was_changed_and_came_back_lets_its_sessions_go_on(
    console: Browser, still_clock: Clock
) -> None:
    for key, works in (("an-interim-api-key", False), (API_KEY, True)):
        set_keys(first=key)
        still_clock.advance(clients.MAX_AGE * SECOND)
        assert may_read(console) is works


def test_a_login_is_bound_to_the_key_that_was_checked_although_it_changes_meanwhile(
    browser: Browser, still_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_right = Accounts.is_right

    def check_slowly(accounts: Accounts, username: str, password: str) -> bool:
        right = is_right(accounts, username, password)
        set_keys(first="the-first-key-from-now-on")
        still_clock.advance(clients.MAX_AGE * SECOND)
        return right

    monkeypatch.setattr(Accounts, "is_right", check_slowly)
    assert browser.log_in().status == 200
    assert not may_read(browser)
    assert browser.renew().status == 401


def test_a_renewal_is_bound_to_the_key_of_before_although_it_changes_meanwhile(
    console: Browser, still_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed = Session.renewed

    def renew_slowly(session: Session) -> Session:
        set_keys(first="the-first-key-from-now-on")
        still_clock.advance(clients.MAX_AGE * SECOND)
        return renewed(session)

    monkeypatch.setattr(Session, "renewed", renew_slowly)
    assert console.renew().status == 200
    assert not may_read(console)


def test_what_binds_a_session_to_its_key_tells_nothing_of_the_key(
    console: Browser, browser: Browser, still_clock: Clock
) -> None:
    bound = claims_of(console.jar[SESSION])["key"]
    assert re.fullmatch("[0-9a-f]{32}", bound)
    for digest in ("sha256", "sha512", "md5"):
        for text in (API_KEY, json.dumps(["first", API_KEY])):
            assert not hashlib.new(digest, text.encode()).hexdigest().startswith(bound)
    forget_key(Purpose.CONSOLE)
    still_clock.advance(clients.MAX_AGE * SECOND)
    browser.log_in()
    assert claims_of(browser.jar[SESSION])["key"] != bound


def test_another_signing_key_ends_every_session(console: Browser, still_clock: Clock) -> None:
    forget_key(Purpose.CONSOLE)
    assert console.who_am_i().status == 200, "functions keep keys in memory"
    still_clock.advance(clients.MAX_AGE * SECOND)
    assert console.who_am_i().status == 401
    assert console.log_in().status == 200


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
    required = ("exp", "iat", "iss", "aud", "sid", "sub", "key")
    without = [{k: v for k, v in claims.items() if k != name} for name in required]
    for token in (
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, key * 2, algorithm="HS512"),
        f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(claims)}.",
        jwt.encode(claims, b"another key" * 4, algorithm="HS256"),
        jwt.encode(claims | {"aud": "another"}, key, algorithm="HS256"),
        jwt.encode(claims | {"iss": "meet-0"}, key, algorithm="HS256"),
        jwt.encode(claims | {"key": claims["key"][:-1]}, key, algorithm="HS256"),
        jwt.encode(claims | {"key": ""}, key, algorithm="HS256"),
        jwt.encode(claims | {"sub": "second"}, key, algorithm="HS256"),
        *(jwt.encode(each, key, algorithm="HS256") for each in without),
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
    assert "login refused" in said
    for secret in (ADMIN_PASSWORD, "a-wrong-guess", *browser.jar.values()):
        assert secret not in said
    assert ADMIN_PASSWORD not in repr(wiring.console_tokens().accounts)


def test_head_answers_as_get_does(console: Browser) -> None:
    url = "/console/session"
    assert console.send("HEAD", url).status == 200
    console.log_out()
    assert console.send("HEAD", url).status == 401


def test_other_methods_are_405(browser: Browser) -> None:
    for url in ("/console/session", "/console/logout"):
        answer = browser.send("PUT", url)
        assert (answer.status, answer.body) == (
            405,
            {"code": 405, "message": "Method not allowed", "reason": "method_not_allowed"},
        )
