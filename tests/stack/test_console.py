"""The console over HTTP: a session by name and password, and what it opens."""

from typing import Any

import pytest

from meet import clock
from tests.live import HOUR, Answer, Client

COOKIE = "OvMeetAccessToken"


def log_in(api: Client, password: str, origin: str) -> Answer:
    body = {"username": api.stack.admin_username, "password": password}
    url = f"{api.stack.origin}/meet/console/login"
    return api.call("POST", url, body, key=None, headers={"Origin": origin})


@pytest.fixture
def session(api: Client) -> dict[str, str]:
    """The header of a browser that logged in."""
    answer = log_in(api, api.stack.admin_password, api.stack.origin)
    assert answer.status == 200, answer
    assert answer.body["username"] == api.stack.admin_username
    assert answer.body["expiresAt"] > clock.now()
    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith(COOKIE)]
    pair, *attributes = cookie.split("; ")
    assert {"HttpOnly", "Path=/meet", "SameSite=strict"} <= set(attributes)
    assert "Secure" not in attributes, "browsers keep no Secure cookie of http://localhost"
    return {"Cookie": pair}


def test_the_cookie_reads_and_writes_as_the_api_key_does(
    api: Client, session: dict[str, str]
) -> None:
    ours = session | {"Origin": api.stack.origin}
    options = {"expirationDate": clock.now() + HOUR}
    created = api.call("POST", "/rooms", options, key=None, headers=ours)
    assert created.status == 200, created
    path = f"/rooms/{created.body['roomName']}"
    assert api.call("GET", path, key=None, headers=session).body == created.body
    assert api.call("DELETE", path, key=None, headers=ours).status == 204


def test_a_write_without_our_origin_is_refused(api: Client, session: dict[str, str]) -> None:
    options: dict[str, Any] = {"expirationDate": clock.now() + HOUR}
    for headers in (session, session | {"Origin": "https://evil.example.com"}):
        refused = api.call("POST", "/rooms", options, key=None, headers=headers)
        assert (refused.status, refused.body) == (401, {"message": "Unauthorized"})


def test_a_session_is_shown_prolonged_and_left(api: Client, session: dict[str, str]) -> None:
    url, ours = f"{api.stack.origin}/meet/console/session", session | {"Origin": api.stack.origin}
    assert api.call("GET", url, key=None, headers=session).status == 200
    assert api.call("POST", url, key=None, headers=ours).status == 200
    assert api.call("POST", url, key=None, headers=session).status == 403
    assert api.call("GET", url, key=None).status == 401
    left = api.call("POST", url.replace("session", "logout"), key=None, headers=ours)
    assert left.status == 204
    assert "Max-Age=0" in left.headers["Set-Cookie"]
    assert api.call("GET", url, key=None, headers=session).status == 401, "a copy of the cookie"
    assert api.call("GET", "/rooms", key=None, headers=session).status == 401


def test_a_wrong_password_and_another_site_get_no_session(api: Client) -> None:
    wrong = log_in(api, "a guess", api.stack.origin)
    assert (wrong.status, wrong.body) == (
        401,
        {"code": 401, "message": "Wrong name or password", "reason": "wrong_credentials"},
    )
    assert log_in(api, api.stack.admin_password, "https://evil.example.com").status == 403


def test_the_console_has_a_page_with_and_without_a_slash(api: Client) -> None:
    for path in ("/meet/console", "/meet/console/", "/meet/console/login"):
        page = api.call("GET", api.stack.origin + path, key=None)
        assert page.status == 200, path
        assert page.headers["Content-Type"].startswith("text/html")


def test_the_password_is_the_first_api_key_which_is_long(api: Client) -> None:
    assert (api.stack.admin_username, api.stack.admin_password) == ("first", api.stack.api_key)
    assert len(api.stack.admin_password) == 43
    assert api.stack.admin_password.isalnum()
