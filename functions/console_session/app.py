"""The session of the console's page: log in, who am I, stay, log out."""

import json
from http import HTTPStatus

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from meet import clock, wiring
from meet.console import browser
from meet.console.tokens import Session
from meet.errors import MeetError, OtherSite
from meet.http import Event, create_api, entrypoint, logger, read_body
from meet.settings import settings
from meet.types import Text, WireModel

MAX_BODY_BYTES = 4 * 1024

api: APIGatewayRestResolver = create_api(validate=False)


class Login(WireModel):
    """Body of POST /console/login."""

    username: Text
    password: Text


@api.post("/console/login")
def log_in() -> Response[str]:
    """Begin a session."""
    event = _from_our_page()
    given = read_body(event, Login, max_bytes=MAX_BODY_BYTES)
    admin = wiring.admin()
    try:
        admin.check(given.username, given.password)
    except MeetError as refused:
        logger.warning("login refused", extra={"reason": type(refused).__name__})
        raise
    return _with_cookie(event, Session.begin(admin.username))


@api.route("/console/session", method=["GET", "HEAD"])
def get_session() -> Response[str]:
    """Return whose session this is and how long it lasts."""
    return _answer(_current(api.current_event.raw_event))


@api.post("/console/session")
def renew_session() -> Response[str]:
    """Prolong the session."""
    event = _from_our_page()
    return _with_cookie(event, _current(event).renewed())


@api.post("/console/logout")
def log_out() -> Response[str]:
    """End the session, wherever its cookie was copied to; succeed without one, too."""
    event = _from_our_page()
    wiring.console_sessions().end(browser.cookies(event, browser.SESSION_COOKIE))
    cookie = browser.session_cookie(event, "", lifetime=0)
    return Response(HTTPStatus.NO_CONTENT, body="", headers={"Set-Cookie": cookie})


def _from_our_page() -> Event:
    """Return the event of a request that only a page of ours may send; raise OtherSite."""
    event: Event = api.current_event.raw_event
    if not browser.is_same_origin(event, settings.public_url):
        raise OtherSite
    return event


def _current(event: Event) -> Session:
    """Return the session that a cookie is of; raise Unauthorized."""
    shown = browser.cookies(event, browser.SESSION_COOKIE)
    return wiring.console_sessions().current(shown)


def _with_cookie(event: Event, session: Session) -> Response[str]:
    token = wiring.console_tokens().encode(session)
    lifetime = session.expires_at - clock.now()
    return _answer(session, browser.session_cookie(event, token, lifetime=lifetime))


def _answer(session: Session, cookie: str | None = None) -> Response[str]:
    body = json.dumps({"username": session.username, "expiresAt": session.expires_at})
    headers = {} if cookie is None else {"Set-Cookie": cookie}
    return Response(HTTPStatus.OK, "application/json", body, headers=headers)


handler = entrypoint(api, json_body=False)
