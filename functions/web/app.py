"""Everything that is no operation of the API: pages, their assets, and what does not exist."""

import logging
import mimetypes
import os
import re
from functools import cache
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext
from mangum import Mangum
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from meet import wiring
from meet.access import API, OPERATIONS
from meet.console import browser, endpoints
from meet.errors import InternalServerError, MeetError, MethodNotAllowed, NotFound, RoomNotFound
from meet.http import REQUEST_ID_HEADER, logger
from meet.rooms.model import NAME

HERE = Path(__file__).parent

STATIC = HERE / "static"
"""What web/ was built to, where it was."""

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
    "X-Content-Type-Options": "nosniff",
}
FOR_HTTPS = {"Strict-Transport-Security": f"max-age={365 * 24 * 60 * 60}"}

UNUSED = (
    *("accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
    *("idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "serial"),
    *("screen-wake-lock", "storage-access", "usb", "xr-spatial-tracking"),
)
"""What no page of the console may ask a browser for."""

PAGE = (HERE / "page.html").read_text()

_PATTERNS = [
    (re.compile(re.sub(r"{\w+}", "[^/]+", resource)), method) for method, resource in OPERATIONS
]


class GatewayHeaders:
    """Adds the security headers and the request id to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request_id = scope["aws.event"]["requestContext"]["requestId"]
        ours = {**HEADERS, REQUEST_ID_HEADER: request_id}
        if browser.scheme(scope["aws.event"]) == "https":
            ours |= FOR_HTTPS

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.decode().lower() for name, _ in message["headers"]}
                added = [(k.encode(), v.encode()) for k, v in ours.items() if k.lower() not in own]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Assets(StaticFiles):
    """The built pages' files: named after their content, so kept for ever, and packed."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve one file, packed where there is a packed copy and the browser takes it."""
        if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            packed = self._packed(path) if scope["method"] in {"GET", "HEAD"} else ""
            if packed:
                kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
                headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", **FOR_EVER}
                return FileResponse(packed, media_type=kind, headers=headers)
        response = await super().get_response(path, scope)
        response.headers.update(FOR_EVER)
        return response

    async def check_config(self) -> None:
        """Find nothing, rather than fail, where the pages are not built."""

    def _packed(self, path: str) -> str:
        try:
            return self.lookup_path(f"{path}.gz")[0]
        except (OSError, ValueError):  # too long, or with a NUL: no file has such a name
            return ""


def home(request: Request) -> Response:
    """Tell somebody without a link what this is."""
    return _page("Meet", "Open the link that you were given to join a meeting.")


def join(request: Request) -> Response:
    """Show the room that a join link leads to, or that it is gone."""
    name = request.path_params["room_name"]
    if NAME.fullmatch(name) is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    try:
        room = wiring.room_service().get(name)
    except RoomNotFound:
        text = "This room does not exist, or it is over."
        return _meeting("Room not found", text, HTTPStatus.NOT_FOUND)
    return _meeting(room.name, "This is the room of your meeting.")


def console(request: Request) -> Response:
    """Show the console, which asks for the password by itself."""
    html = built("console.html")
    if html is None:
        return _page("Console", "The console is not built here.")
    headers = {
        "Cache-Control": "no-cache",
        POLICY: console_policy(),
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
    }
    return HTMLResponse(html, headers=headers)


def plain_style(request: Request) -> Response:
    """Serve the style of the plain pages."""
    return FileResponse(HERE / "page.css")


def icon(request: Request) -> Response:
    """Serve the icon of the built pages."""
    file = STATIC / "icon.svg"
    if not file.exists():
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return FileResponse(file)


def openapi(request: Request) -> Response:
    """Serve the description of the API."""
    return FileResponse(HERE / "openapi.json", media_type="application/json")


def not_served(request: Request, error: HTTPException) -> Response:
    """Answer what no route takes, in the API's error body."""
    path, method = request.scope["aws.event"]["path"], request.method  # as sent, not decoded
    allowed = sorted({verb for pattern, verb in _PATTERNS if pattern.fullmatch(path)})
    if allowed and method not in allowed:
        return _problem(MethodNotAllowed(", ".join(allowed)))
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:  # a page, whose route knows its methods
        return _problem(MethodNotAllowed((error.headers or {}).get("Allow", "GET, HEAD")))
    return _problem(NotFound())


def refused(request: Request, error: MeetError) -> Response:
    """Answer what a caller can be told about."""
    headers = {"Cache-Control": "no-store", **error.headers}
    return JSONResponse(error.body, error.status, headers=headers)


def failed(request: Request, error: Exception) -> Response:
    """Answer a bug without a word about it."""
    logger.error("unhandled error", exc_info=error)  # Starlette calls this in another thread
    return _problem(InternalServerError())


def _problem(error: MeetError) -> Response:
    return JSONResponse(error.body, error.status, headers=error.headers)


def _meeting(title: str, text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return the meeting page, which finds out by itself; where it is not built, the text."""
    html = built("meeting.html")
    if html is None:
        return _page(title, text, status)
    embedders = " ".join(allowed_embedders())
    html = html.replace("{title}", escape(title)).replace("{embedders}", escape(embedders))
    headers = {"Cache-Control": "no-cache", POLICY: meeting_policy()}
    return HTMLResponse(html, status, headers=headers)


@cache
def built(page: str) -> str | None:
    """Return a built page, None where the pages are not built."""
    file = STATIC / page
    return file.read_text() if file.exists() else None


def allowed_embedders() -> list[str]:
    """Return the origins whose pages may frame the meeting, and are told what happens in it."""
    return os.environ.get("ALLOWED_EMBEDDERS", "").split()


def meeting_policy() -> str:
    """Return what the meeting page may do: run our files, and talk to us and to LiveKit."""
    directives = {
        "default-src": ["'none'"],
        # WebAssembly finds the person in front of a chosen background.
        "script-src": ["'self'", "'wasm-unsafe-eval'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'", *livekit_origins(wiring.livekit_url())],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": allowed_embedders() or ["'none'"],
    }
    return _policy(directives)


def console_policy() -> str:
    """Return what the console may do: run our files, talk to us, and play from the bucket."""
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
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
    """Return what a browser connects to when it joins: WebSocket, and HTTP to find out why not.

    LiveKit Cloud sends people to the nearest of its regions, each a host of its own.
    """
    parts = urlsplit(url)
    if not parts.hostname:
        return []
    secure = "s" if parts.scheme == "wss" else ""
    hosts = [parts.netloc]
    if parts.hostname.endswith(".livekit.cloud"):
        hosts.append("*.livekit.cloud")
    return [f"{scheme}{secure}://{host}" for host in hosts for scheme in ("ws", "http")]


def _page(title: str, text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    html = PAGE.replace("{title}", escape(title)).replace("{text}", escape(text))
    return HTMLResponse(html, status)


handlers: dict[Any, Any] = {HTTPException: not_served, MeetError: refused, Exception: failed}

app = Starlette(
    routes=[
        Route("/", home),
        Route(f"{API}/openapi.json", openapi),
        Route("/assets/page.css", plain_style),
        Route("/icon.svg", icon),
        Mount("/assets", Assets(directory=STATIC / "assets", check_dir=False)),
        *endpoints.ROUTES,
        Route("/console", console),
        Route("/console/{page:path}", console),
        Route("/{room_name:str}", join),
        Route("/{room_name:str}/", join),
    ],
    exception_handlers=handlers,
)
app.router.redirect_slashes = False

logging.getLogger("mangum").setLevel(logging.CRITICAL)  # failed logs, with the request id

_mangum = Mangum(GatewayHeaders(app), lifespan="off")


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_REST, clear_state=True
)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Serve one request."""
    path = event["path"]
    if path == "/meet" or path.startswith("/meet/"):  # a custom domain hands over its base path
        event = event | {"path": path.removeprefix("/meet") or "/"}
    reply: dict[str, Any] = _mangum(event, context)  # type: ignore[arg-type]
    logger.info(f"{event['httpMethod']} page {reply['statusCode']}")
    return reply
