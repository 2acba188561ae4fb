"""The parts of a request that only browsers send: cookies, and the origin of the page."""

from http.cookies import SimpleCookie

from meet.clock import SECOND
from meet.errors import OtherSite
from meet.headers import Event, all_values, scheme

SESSION_COOKIE = "OvMeetAccessToken"
_COOKIE_PATH = "/meet"

_LOCAL = {"localhost", "127.0.0.1"}


def cookies(event: Event, name: str) -> list[str]:
    """Return every value of a cookie: another site on the same domain can set one too."""
    pairs = [
        pair.strip().partition("=")
        for line in all_values(event, "cookie")
        for pair in line.split(";")
    ]
    return [value for key, _, value in pairs if key == name]


def session_cookie(event: Event, token: str, *, lifetime: int) -> str:
    """Return the session's Set-Cookie header; a lifetime of 0 milliseconds deletes the cookie."""
    cookie: SimpleCookie = SimpleCookie({SESSION_COOKIE: token})
    attributes = cookie[SESSION_COOKIE]
    attributes["path"] = _COOKIE_PATH
    attributes["max-age"] = str(lifetime // SECOND)
    attributes["httponly"] = True
    attributes["samesite"] = "strict"
    if not is_local(event):
        attributes["secure"] = True
    return cookie.output(header="").strip()


def is_same_origin(event: Event, public_url: str) -> bool:
    """True if one of our own pages sent this request.

    Browsers send Origin with every write, and pages cannot change it. Behind CloudFront it is the
    stack's public URL rather than the Host of the request.
    """
    origins = [origin.lower() for origin in all_values(event, "origin")]
    ours = {f"{scheme(event)}://{_host(event)}", public_url.rstrip("/").lower()} - {""}
    is_ours = len(origins) == 1 and origins[0] in ours
    return is_ours and set(all_values(event, "sec-fetch-site")) <= {"same-origin"}


def check_origin(event: Event, public_url: str) -> None:
    """Raises OtherSite unless one of our own pages sent this request."""
    if not is_same_origin(event, public_url):
        raise OtherSite


def is_local(event: Event) -> bool:
    """True for plain HTTP on localhost, where a Secure cookie would not be stored."""
    return scheme(event) == "http" and _host(event).partition(":")[0] in _LOCAL


def _host(event: Event) -> str:
    return next(iter(all_values(event, "host")), "").lower()
