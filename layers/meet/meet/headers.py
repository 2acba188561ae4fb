"""Reads request headers, and defines the headers that every answer has."""

from typing import Any, TypeAlias

Event: TypeAlias = dict[str, Any]

_NOSNIFF = {"X-Content-Type-Options": "nosniff"}
_FOR_HTTPS = {"Strict-Transport-Security": f"max-age={365 * 24 * 60 * 60}"}


def all_values(event: Event, name: str) -> list[str]:
    """Return the values of a header. `name` is in lower case; the event's may be in any."""
    several = event.get("multiValueHeaders") or {}
    found = [value for key, values in several.items() if key.lower() == name for value in values]
    return found or [v for k, v in (event.get("headers") or {}).items() if k.lower() == name]


def scheme(event: Event) -> str:
    """Return "https" or "http", as the gateway saw the request."""
    return next(iter(all_values(event, "x-forwarded-proto")), "https")


def for_every_answer(event: Event) -> dict[str, str]:
    """Return the security headers of every answer: no sniffing and, over https, HSTS."""
    return _NOSNIFF | (_FOR_HTTPS if scheme(event) == "https" else {})
