"""What the console's page asks: log in, who am I, stay, log out."""

import os
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from meet import clock, wiring
from meet.clock import SECOND
from meet.console import attempts, browser
from meet.errors import OtherSite, Unauthorized, WrongCredentials
from meet.http import Event, logger, read_body
from meet.types import Text, WireModel

if TYPE_CHECKING:
    from meet.console.tokens import Session

MAX_BODY_BYTES = 4 * 1024

_SESSION_PATH = "/meet"
_LOGIN_PATH = "/meet/console/login"
_NO_STORE = {"Cache-Control": "no-store"}


class Login(WireModel):
    """Body of POST /console/login."""

    username: Text
    password: Text


def login(request: Request) -> Response:
    """Begin a session."""
    event = _from_our_page(request)
    given = read_body(event, Login, max_bytes=MAX_BODY_BYTES)
    admin, counted = wiring.admin(), wiring.login_attempts()
    limits = _limits(event)
    counted.begin(limits)
    if not admin.is_right(given.username, given.password):
        logger.warning("wrong name or password")
        raise WrongCredentials
    counted.forget(limits)
    tokens = wiring.console_tokens()
    answer = _session(event, tokens.session(admin.username, began_at=clock.now()))
    known = tokens.of_new_browser()
    _set_cookie(
        event, answer, browser.KNOWN_COOKIE, known, browser.KNOWN_LIFETIME, path=_LOGIN_PATH
    )
    return answer


def session(request: Request) -> Response:
    """Tell whose session this is and how long it lasts; a POST prolongs it."""
    if request.method != "POST":
        return _answer(_session_of(request.scope["aws.event"]))
    event = _from_our_page(request)
    current = _session_of(event)
    renewed = wiring.console_tokens().session(current.username, began_at=current.began_at)
    return _session(event, renewed)


def logout(request: Request) -> Response:
    """Have the browser forget its session."""
    event = _from_our_page(request)
    answer = Response(status_code=HTTPStatus.NO_CONTENT, headers=_NO_STORE)
    _set_cookie(event, answer, browser.SESSION_COOKIE, "", 0, path=_SESSION_PATH)
    return answer


def _from_our_page(request: Request) -> Event:
    """Return the event of a request that only a page of ours may send; raise OtherSite."""
    event: Event = request.scope["aws.event"]
    if not browser.is_same_origin(event, os.environ["PUBLIC_URL"]):
        raise OtherSite
    return event


def _limits(event: Event) -> dict[str, attempts.Limit]:
    """Return what counts for whoever tries to log in."""
    shown = browser.cookies(event, browser.KNOWN_COOKIE)
    try:
        return attempts.of_browser(wiring.console_tokens().read_browser(shown))
    except Unauthorized:
        return attempts.of_address(event["requestContext"]["identity"]["sourceIp"])


def _session_of(event: Event) -> "Session":
    """Return the session that a cookie is of; raise Unauthorized."""
    return wiring.console_tokens().read_session(browser.cookies(event, browser.SESSION_COOKIE))


def _session(event: Event, current: "Session") -> Response:
    """Answer with a session, and its cookie."""
    answer = _answer(current)
    token = wiring.console_tokens().of_session(current)
    lifetime = current.expires_at - clock.now()
    _set_cookie(event, answer, browser.SESSION_COOKIE, token, lifetime, path=_SESSION_PATH)
    return answer


def _answer(current: "Session") -> Response:
    body = {"username": current.username, "expiresAt": current.expires_at}
    return JSONResponse(body, headers=_NO_STORE)


def _set_cookie(
    event: Event, answer: Response, name: str, value: str, lifetime: int, *, path: str
) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=lifetime // SECOND,
        path=path,
        secure=not browser.is_local(event),
        httponly=True,
        samesite="strict",
    )


ROUTES = [
    Route("/console/login", login, methods=["POST"]),
    Route("/console/session", session, methods=["GET", "POST"]),
    Route("/console/logout", logout, methods=["POST"]),
]
