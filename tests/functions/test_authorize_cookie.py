"""What the console's cookie opens, and to whom."""

import os
import subprocess
import sys
from importlib import import_module

import jwt
import pytest

from meet import wiring
from meet.access import OPERATIONS, Credential
from meet.clock import MINUTE
from tests.fakes import Clock
from tests.functions.aws_calls import AwsCalls
from tests.functions.console import HOME, SESSION, Browser, authorize, claims_of
from tests.functions.gateway import ORIGIN, event
from tests.functions.logs import Logs
from tools import ROOT
from tools.memory_aws import API_KEY, ENVIRONMENT

READS = {"GET", "HEAD"}
WRITE = ("POST", "/api/v1/rooms")


@pytest.fixture
def cookie(console: Browser) -> str:
    return f"{SESSION}={console.jar[SESSION]}"


def test_it_opens_exactly_what_the_api_key_opens(cookie: str) -> None:
    by_key = {route for route, (_, accepted) in OPERATIONS.items() if "apiKeyInHeader" in accepted}
    for method, resource in OPERATIONS:
        url = resource.replace("{", "").replace("}", "")
        answer = authorize({"Cookie": cookie, **HOME}, method, url)
        assert (answer is not None) is ((method, resource) in by_key), (method, resource)
        if answer:
            assert answer["principalId"] == Credential.CONSOLE_COOKIE
            assert "context" not in answer, "no room: the admin has all of them"
    assert ("POST", "/api/v1/participants/token") not in by_key


def test_a_read_needs_no_origin_and_a_write_needs_our_own(cookie: str) -> None:
    for (method, resource), (_, accepted) in OPERATIONS.items():
        if Credential.API_KEY not in accepted:
            continue  # a link's, or a token's: nothing of the admin's
        url = resource.replace("{", "").replace("}", "")
        assert (authorize({"Cookie": cookie}, method, url) is not None) is (method in READS)
        assert authorize({"Cookie": cookie, **HOME}, method, url)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "https://evil.example.com"},
        {"Origin": ORIGIN.replace("https", "http")},
        {"Origin": f"{ORIGIN}.evil.example.com"},
        {"Referer": f"{ORIGIN}/meet/console"},
        {**HOME, "Sec-Fetch-Site": "cross-site"},
        {**HOME, "Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_write_from_another_site_is_refused(cookie: str, headers: dict[str, str]) -> None:
    assert authorize({"Cookie": cookie, **headers}, *WRITE) is None


def test_a_page_at_the_public_url_may_write(cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    front = {"Cookie": cookie, "Origin": "https://meet.example.com"}
    assert authorize(front, *WRITE) is None
    monkeypatch.setenv("PUBLIC_URL", "https://meet.example.com")
    assert authorize(front, *WRITE)
    assert authorize({"Cookie": cookie, **HOME}, *WRITE)


def test_several_origins_are_none(cookie: str) -> None:
    sent = [("Cookie", cookie), ("Origin", ORIGIN), ("Origin", "https://evil.example.com")]
    assert authorize(sent, *WRITE) is None


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "a=1; {}; b=2",
        "a=1;{};b=2",
        "  {}  ",
        "; ; {}",
        "broken; =; {}",
        f"{SESSION}=; {{}}",
        f"{SESSION}=x.y.z; {{}}",
        f"{{}}; {SESSION}=x.y.z",
        f'{SESSION.lower()}=x; a="quoted; {{}}',
    ],
)
def test_it_is_found_among_other_cookies(cookie: str, around: str) -> None:
    assert authorize({"Cookie": around.format(cookie)})
    assert authorize({"cookie": around.format(cookie)})


def test_it_is_found_in_any_of_several_headers(cookie: str) -> None:
    for lines in (["a=1", cookie], [cookie, "a=1"], [f"{SESSION}=x", cookie]):
        assert authorize([("Cookie", line) for line in lines])


def test_it_is_found_where_a_gateway_gives_each_header_once(cookie: str) -> None:
    request = event("GET", "/api/v1/rooms", headers={"Cookie": cookie})
    request |= {"multiValueHeaders": None, "type": "REQUEST", "methodArn": "arn:x"}
    handler = import_module("functions.authorize.app").handler
    assert handler(request, None)["principalId"] == Credential.CONSOLE_COOKIE


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{token}",
        "x{pair}",
        "{pair}x",
        "X-{pair}",
        '"{pair}"',
        "{name}",
        "{name}={name}={token}",
    ],
)
def test_what_only_looks_like_it_opens_nothing(cookie: str, line: str) -> None:
    name, _, token = cookie.partition("=")
    assert authorize({"Cookie": line.format(pair=cookie, name=name, token=token)}) is None


def test_it_counts_as_a_cookie_alone(cookie: str) -> None:
    _, _, token = cookie.partition("=")
    for headers in ({"Authorization": f"Bearer {token}"}, {"X-API-KEY": token}, {SESSION: token}):
        assert authorize(headers) is None
    assert authorize({}, url=f"/api/v1/rooms?{cookie}") is None


def test_an_expired_one_opens_nothing(cookie: str, still_clock: Clock) -> None:
    still_clock.advance(15 * MINUTE - 1000)
    assert authorize({"Cookie": cookie})
    still_clock.advance(1000)
    assert authorize({"Cookie": cookie}) is None


def test_an_edited_one_opens_nothing(console: Browser) -> None:
    claims, key = claims_of(console.jar[SESSION]), wiring.console_tokens().key
    for token in (
        jwt.encode(claims | {"exp": claims["exp"] + 9999}, b"our key?" * 4, algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims | {"aud": ["another"]}, key, algorithm="HS256"),
    ):
        assert authorize({"Cookie": f"{SESSION}={token}"}) is None


def test_one_of_another_stack_opens_nothing(cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK_ID", "arn:aws:cloudformation:eu-west-1:123456789012:stack/meet/2")
    assert authorize({"Cookie": cookie}) is None


def test_a_wrong_api_key_takes_nothing_from_a_good_cookie_nor_the_other_way_round(
    cookie: str,
) -> None:
    good = authorize({"Cookie": cookie, "X-API-KEY": "wrong"})
    assert good
    assert good["principalId"] == Credential.CONSOLE_COOKIE
    assert authorize({"Cookie": cookie, "X-API-KEY": "wrong"}, *WRITE) is None
    other = authorize({"Cookie": f"{SESSION}=x", "X-API-KEY": API_KEY}, *WRITE)
    assert other
    assert other["principalId"] == Credential.API_KEY


def test_who_shows_no_cookie_costs_no_look_at_secrets(
    browser: Browser, aws_calls: AwsCalls
) -> None:
    wiring.reset()
    aws_calls.forget()
    assert authorize({"Cookie": "theme=dark"}) is None
    assert authorize({"Cookie": f"{SESSION}=x"}, *WRITE) is None, "no origin, so no need to look"
    assert aws_calls.names == []


def test_only_who_shows_a_cookie_makes_the_authorizer_load_the_jwt_library() -> None:
    code = (
        "import sys\n"
        "from functions.authorize.app import handler\n"
        "event = {'httpMethod': 'GET', 'resource': '/api/v1/rooms', 'headers': {'Cookie': 'a=1'},"
        " 'queryStringParameters': None, 'requestContext': {}}\n"
        "try: handler(event, None)\n"
        "except Exception as refused: print(refused, 'jwt' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "Unauthorized False"


def test_the_cookie_is_not_logged(cookie: str, logs: Logs) -> None:
    assert authorize({"Cookie": cookie}, *WRITE) is None
    (line,) = [each for each in logs() if each["message"] == "request denied"]
    assert cookie.partition("=")[2] not in str(line)
