"""The console's session: log in, show it, renew it, log out."""

import json
from http import HTTPStatus

from meet import clock, wiring
from meet.console import browser
from meet.console.schemas import Login, SessionView
from meet.console.tokens import Session
from meet.errors import MeetError
from meet.http import JSON, Event, create_api, entrypoint, logger, read_body
from meet.powertools import APIGatewayRestResolver, Response
from meet.settings import settings

MAX_BODY_BYTES = 4 * 1024

api: APIGatewayRestResolver = create_api(validate=False)


@api.post("/console/login")
def log_in() -> Response[str]:
    """Begin a session."""
    event = _from_our_page()
    login = read_body(event, Login, max_bytes=MAX_BODY_BYTES)
    tokens = wiring.console_tokens()  # once: the key that is checked is the one it is bound to
    try:
        tokens.accounts.check(login.username, login.password)
    except MeetError as error:
        logger.warning("login refused", extra={"reason": type(error).__name__})
        raise
    return _with_cookie(event, tokens.begin(login.username))


@api.route("/console/session", method=["GET", "HEAD"])
def get_session() -> Response[str]:
    """Return the user of the session, and its expiry."""
    return _answer(_current(api.current_event.raw_event))


@api.post("/console/session")
def renew_session() -> Response[str]:
    """Extend the session."""
    event = _from_our_page()
    return _with_cookie(event, _current(event).renewed())


@api.post("/console/logout")
def log_out() -> Response[str]:
    """End the session for every copy of its cookie; succeed without a session, too."""
    event = _from_our_page()
    wiring.console_sessions().end(browser.cookies(event, browser.SESSION_COOKIE))
    cookie = browser.session_cookie(event, "", lifetime=0)
    return Response(HTTPStatus.NO_CONTENT, body="", headers={"Set-Cookie": cookie})


def _from_our_page() -> Event:
    event: Event = api.current_event.raw_event
    browser.check_origin(event, settings.public_url)
    return event


def _current(event: Event) -> Session:
    return wiring.console_sessions().current(browser.cookies(event, browser.SESSION_COOKIE))


def _with_cookie(event: Event, session: Session) -> Response[str]:
    token = wiring.console_tokens().encode(session)
    lifetime = session.expires_at - clock.now()
    return _answer(session, {"Set-Cookie": browser.session_cookie(event, token, lifetime=lifetime)})


def _answer(session: Session, headers: dict[str, str] | None = None) -> Response[str]:
    body = json.dumps(SessionView.of(session, trash=settings.recording_trash).to_json())
    return Response(HTTPStatus.OK, JSON, body, headers=headers or {})


handler = entrypoint(api, json_body=False)
