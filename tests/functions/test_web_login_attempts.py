"""Guessing the console's password: ever slower, however many guess, and the admin comes in."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dev.template import functions
from meet import wiring
from meet.clock import DAY, HOUR, MINUTE, SECOND
from meet.console.attempts import OF_ALL, OF_ONE, PREFIX, of_address
from meet.errors import TooManyAttempts
from tests.conftest import Clock
from tests.functions.conftest import AwsCalls
from tests.functions.console import KNOWN, RIGHT, WRONG, Answer, Browser

TOO_MANY = {"code": 429, "message": "Too many attempts", "reason": "too_many_attempts"}


@pytest.fixture(autouse=True)
def quick_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make digests that cost nothing: these tests make hundreds."""
    monkeypatch.setattr("meet.console.admin._COST", {"n": 2, "r": 1, "p": 1, "dklen": 32})


def guess(browser: Browser, times: int) -> list[int]:
    return [browser.log_in(WRONG).status for _ in range(times)]


def wait(answer: Answer) -> int:
    """Return how long somebody has to wait, in milliseconds; 0 for who need not."""
    return int(answer.headers.get("retry-after", 0)) * SECOND


def test_after_some_failures_nobody_gets_in_for_a_while(
    browser: Browser, still_clock: Clock
) -> None:
    assert guess(browser, OF_ONE.free) == [401] * OF_ONE.free
    refused = browser.log_in()
    assert (refused.status, refused.body) == (429, TOO_MANY)
    assert refused.headers["retry-after"] == "1"
    still_clock.advance(SECOND)
    assert browser.log_in().status == 200


def test_the_wait_doubles_and_has_an_end(browser: Browser, still_clock: Clock) -> None:
    guess(browser, OF_ONE.free)
    waits = []
    for _ in range(13):
        waits.append(wait(browser.log_in(WRONG)))
        still_clock.advance(waits[-1])
        assert browser.log_in(WRONG).status == 401
    longest = OF_ONE.longest_wait
    assert waits[:10] == [2**n * SECOND for n in range(10)]
    assert waits[10:] == [longest] * 3
    still_clock.advance(longest)
    assert browser.log_in().status == 200, "the right password gets in"


def test_the_wait_is_told_in_seconds_never_too_few(browser: Browser, still_clock: Clock) -> None:
    guess(browser, OF_ONE.free)
    still_clock.advance(SECOND)
    guess(browser, 1)
    told = []
    for _ in range(4):
        told.append(browser.log_in().headers["retry-after"])
        still_clock.advance(SECOND // 2)
    assert told == ["2", "2", "1", "1"]
    assert browser.log_in().status == 200


def test_a_success_makes_up_for_the_failures_before(browser: Browser) -> None:
    for _ in range(5):
        assert guess(browser, OF_ONE.free - 1) == [401] * (OF_ONE.free - 1)
        assert Browser().log_in().status == 200


def test_a_day_later_failures_are_forgotten(browser: Browser, still_clock: Clock) -> None:
    guess(browser, OF_ONE.free)
    still_clock.advance(DAY)
    assert guess(browser, OF_ONE.free) == [401] * OF_ONE.free
    assert browser.log_in().status == 429


def test_who_is_refused_is_not_counted_and_asks_for_no_digest(
    browser: Browser, still_clock: Clock, aws_calls: AwsCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess(browser, OF_ONE.free)
    aws_calls.forget()

    def fail(*_: object) -> bool:
        raise AssertionError("a digest was made")

    with monkeypatch.context() as patched:
        patched.setattr("meet.console.admin.Admin.is_right", fail)
        assert {browser.log_in().status for _ in range(20)} == {429}
    assert set(aws_calls.names) == {"GetItem"}
    still_clock.advance(SECOND)
    assert browser.log_in().status == 200


def test_one_address_that_fails_keeps_nobody_else_out(browser: Browser) -> None:
    guess(browser, 3 * OF_ONE.free)
    assert browser.log_in().status == 429
    assert Browser("198.51.100.7").log_in().status == 200


def test_all_addresses_of_one_ipv6_network_are_one(browser: Browser) -> None:
    for number in range(OF_ONE.free):
        assert Browser(f"2001:db8:0:1::{number}").log_in(WRONG).status == 401
    assert Browser("2001:db8:0:1:ffff::9").log_in().status == 429
    assert Browser("2001:db8:0:2::1").log_in().status == 200


def test_guesses_from_many_addresses_are_slowed_down_too(
    browser: Browser, still_clock: Clock
) -> None:
    strangers = (Browser(f"198.51.{high}.{low}") for high in range(9) for low in range(200))
    assert [next(strangers).log_in(WRONG).status for _ in range(OF_ALL.free)] == [401] * OF_ALL.free
    made = 0
    began = still_clock()
    while still_clock() < began + HOUR:
        answer = next(strangers).log_in(WRONG)
        made += answer.status == 401
        still_clock.advance(wait(answer))
    assert made < HOUR / OF_ALL.longest_wait + 10
    assert OF_ALL.longest_wait <= MINUTE, "the admin at a new browser comes in between"
    still_clock.advance(OF_ALL.longest_wait)
    assert browser.log_in().status == 200


def test_no_stranger_can_keep_the_admin_out_of_a_browser_that_logged_in_before(
    browser: Browser, still_clock: Clock
) -> None:
    assert browser.log_in().status == 200
    for number in range(OF_ALL.free):
        Browser(f"198.51.100.{number}").log_in(WRONG)
    guess(Browser(browser.address), OF_ONE.free)
    assert Browser(browser.address).log_in().status == 429
    assert Browser("203.0.113.1").log_in().status == 429
    assert browser.log_in().status == 200


def test_a_browser_that_is_known_has_no_more_guesses_than_an_address(
    browser: Browser, still_clock: Clock
) -> None:
    browser.log_in()
    assert guess(browser, OF_ONE.free) == [401] * OF_ONE.free
    assert browser.log_in().status == 429
    browser.address = "203.0.113.1"
    assert browser.log_in().status == 429


def test_nobody_makes_a_browser_known_but_us(browser: Browser) -> None:
    browser.log_in()
    guess(Browser(browser.address), OF_ONE.free)
    token = browser.jar[KNOWN]
    for made_up in ("", "x", token[:-9], token.upper(), "browser#1"):
        browser.jar[KNOWN] = made_up
        assert browser.log_in().status == 429
    browser.jar[KNOWN] = token
    assert browser.log_in().status == 200


def test_parallel_guesses_get_no_further_than_those_one_after_the_other(
    aws: None, still_clock: Clock
) -> None:
    limits, attempts = of_address("192.0.2.1"), wiring.login_attempts()

    def begin(_: int) -> bool:
        try:
            attempts.begin(limits)
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        let_through = sum(pool.map(begin, range(40)))
    assert 0 < let_through <= OF_ONE.free


def test_the_template_lets_the_web_function_count_attempts_and_touch_nothing_else(
    browser: Browser, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    [statement] = [
        statement
        for policy in functions()["web"]["Policies"]
        for statement in policy["Statement"]
        if statement["Resource"] == {"GetAtt": "IdempotencyTable.Arn"}
    ]
    condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{PREFIX}*"]}}
    assert statement["Condition"] == condition
    aws_calls.forget()
    browser.log_in(WRONG)
    browser.log_in()
    made = {
        (action, request["TableName"], request["Key"]["id"]["S"])
        for operation, parameters, _ in aws_calls.made
        if operation != "GetSecretValue"
        for action, request in requests(operation, parameters)
    }
    assert {action for action, _, _ in made} == set(statement["Action"])
    assert {table for _, table, _ in made} == {"IdempotencyTable"}
    assert all(key.startswith(PREFIX) for _, _, key in made)


def requests(operation: str, parameters: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return what an operation takes permission for, and what it is about."""
    if operation != "TransactWriteItems":
        return [(f"dynamodb:{operation}", parameters)]
    return [
        (f"dynamodb:{kind}Item", request)
        for item in parameters["TransactItems"]
        for kind, request in item.items()
    ]


def test_the_counters_go_by_themselves(browser: Browser, still_clock: Clock) -> None:
    browser.log_in(WRONG)
    items = wiring.room_repository().client.query(
        TableName="IdempotencyTable",
        KeyConditionExpression="id = :id",
        ExpressionAttributeValues={":id": {"S": f"login#from#{browser.address}"}},
    )["Items"]
    assert [item["expiration"]["N"] for item in items] == [str((still_clock() + DAY) // SECOND)]


def test_a_request_that_is_no_attempt_is_not_counted(browser: Browser) -> None:
    for _ in range(2 * OF_ONE.free):
        assert browser.log_in({"username": "admin"}).status == 422
        assert browser.log_in(RIGHT, {"Origin": "https://evil.example.com"}).status == 403
    assert browser.log_in().status == 200
