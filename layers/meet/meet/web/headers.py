"""Response headers of the pages, and the policies in them."""

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from meet import wiring
from meet.headers import for_every_answer
from meet.http import REQUEST_ID_HEADER
from meet.settings import settings
from meet.web.built import BuiltPage

POLICY = "Content-Security-Policy"
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}

HEADERS = {
    POLICY: (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
    "Referrer-Policy": "no-referrer",
}

UNUSED = (
    *("accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
    *("idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "serial"),
    *("screen-wake-lock", "storage-access", "usb", "xr-spatial-tracking"),
)
"""Browser features that the console's page and that of share links may not use."""


class GatewayHeaders:
    """Adds the security headers and the request id to every answer; sends no body for HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        event = scope["aws.event"]
        request_id = event["requestContext"]["requestId"]
        ours = {**HEADERS, **for_every_answer(event), REQUEST_ID_HEADER: request_id}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.decode().lower() for name, _ in message["headers"]}
                added = [(k.encode(), v.encode()) for k, v in ours.items() if k.lower() not in own]
                message["headers"] = [*message["headers"], *added]
            elif scope["method"] == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def of_console(page: BuiltPage) -> dict[str, str]:
    """Return the headers of the console's page."""
    return {
        "Cache-Control": "no-cache",
        POLICY: console_policy(page),
        "Permissions-Policy": _nothing(),
    }


def _nothing() -> str:
    return ", ".join(f"{feature}=()" for feature in UNUSED)


def of_watching(page: BuiltPage) -> dict[str, str]:
    """Return the headers of the page of share links: it plays what comes from us, in no frame."""
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *page.scripts],
        "style-src": ["'self'", *page.styles],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return {
        "Cache-Control": "no-cache",
        POLICY: _policy(directives),
        "Permissions-Policy": _nothing(),
    }


def of_meeting(page: BuiltPage) -> dict[str, str]:
    """Return the headers of the meeting's page."""
    return {"Cache-Control": "no-cache", POLICY: meeting_policy(page)}


def allowed_embedders() -> list[str]:
    """Return the origins whose pages may frame the meeting, and receive its events."""
    return settings.allowed_embedders


def meeting_policy(page: BuiltPage) -> str:
    """Return the meeting page's policy: only our scripts, connections to us and to LiveKit."""
    directives = {
        "default-src": ["'none'"],
        # WebAssembly separates the person from the background.
        "script-src": ["'self'", *page.scripts, "'wasm-unsafe-eval'"],
        # Where a browser has no track processors, a worker made from a blob times the pictures.
        "worker-src": ["'self'", "blob:"],
        "style-src": ["'self'", *page.styles],
        "img-src": ["'self'", "blob:", "data:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'", *livekit_origins(settings.livekit_url)],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": allowed_embedders() or ["'none'"],
    }
    return _policy(directives)


def console_policy(page: BuiltPage) -> str:
    """Return the console's policy: only our scripts, connections to us, media from the bucket."""
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *page.scripts],
        "style-src": ["'self'", *page.styles],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", wiring.media_store().origin],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return _policy(directives)


def _policy(directives: dict[str, list[str]]) -> str:
    return "; ".join(f"{name} {' '.join(values)}" for name, values in directives.items())


def livekit_origins(url: str) -> list[str]:
    """Return the origins that a browser connects to: WebSocket to join, HTTP for error details.

    LiveKit Cloud directs participants to their nearest region, each with its own host.
    """
    parts = urlsplit(url)
    if not parts.hostname:
        return []
    secure = "s" if parts.scheme == "wss" else ""
    hosts = [parts.netloc]
    if parts.hostname.endswith(".livekit.cloud"):
        hosts.append("*.livekit.cloud")
    return [f"{scheme}{secure}://{host}" for host in hosts for scheme in ("ws", "http")]
