"""What a request's headers say about how it came, and the headers of every answer."""

from typing import Any, TypeAlias

Event: TypeAlias = dict[str, Any]

_NOSNIFF = {"X-Content-Type-Options": "nosniff"}
_FOR_HTTPS = {"Strict-Transport-Security": f"max-age={365 * 24 * 60 * 60}"}


def all_values(event: Event, name: str) -> list[str]:
    """Return the values of a header, whose name comes in any case; name is in lower case."""
    several = event.get("multiValueHeaders") or {}
    found = [value for key, values in several.items() if key.lower() == name for value in values]
    return found or [v for k, v in (event.get("headers") or {}).items() if k.lower() == name]


def scheme(event: Event) -> str:
    """Return how the caller reached us, which the gateway says."""
    return next(iter(all_values(event, "x-forwarded-proto")), "https")


def for_every_answer(event: Event) -> dict[str, str]:
    """Return what every answer tells browsers: how to read it, and to come back by TLS."""
    return _NOSNIFF | (_FOR_HTTPS if scheme(event) == "https" else {})
