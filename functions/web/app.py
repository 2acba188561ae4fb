"""Everything that is no operation of the API: pages, their assets, and what does not exist."""

import logging
import re
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext
from mangum import Mangum
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from meet import wiring
from meet.access import API, OPERATIONS
from meet.errors import RoomNotFound
from meet.http import REQUEST_ID_HEADER, logger
from meet.rooms.model import NAME

HERE = Path(__file__).parent

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

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
        added = [(k.encode(), v.encode()) for k, v in HEADERS.items()]
        if not scope["path"].startswith("/assets/"):
            added.append((b"Cache-Control", b"no-store"))
        added.append((REQUEST_ID_HEADER.encode(), request_id.encode()))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, send_with_headers)


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
        return _page("Room not found", text, HTTPStatus.NOT_FOUND)
    return _page(room.name, "This is the room of your meeting.")


def openapi(request: Request) -> Response:
    """Serve the description of the API."""
    return FileResponse(HERE / "openapi.json", media_type="application/json")


def not_served(request: Request, error: HTTPException) -> Response:
    """Answer what no route takes, in the API's error body."""
    path, method = request.scope["aws.event"]["path"], request.method  # as sent, not decoded
    allowed = sorted({verb for pattern, verb in _PATTERNS if pattern.fullmatch(path)})
    if allowed and method not in allowed:
        return _problem(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": ", ".join(allowed)})
    return _problem(HTTPStatus(error.status_code), dict(error.headers or {}))


def failed(request: Request, error: Exception) -> Response:
    """Answer a bug without a word about it."""
    logger.error("unhandled error", exc_info=error)  # Starlette calls this in another thread
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, {})


def _problem(status: HTTPStatus, headers: dict[str, str]) -> Response:
    body = {"code": status.value, "message": status.phrase.capitalize()}
    return JSONResponse(body, status, headers=headers)


def _page(title: str, text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    html = PAGE.replace("{title}", escape(title)).replace("{text}", escape(text))
    return HTMLResponse(html, status)


handlers: dict[Any, Any] = {HTTPException: not_served, Exception: failed}

app = Starlette(
    routes=[
        Route("/", home),
        Route(f"{API}/openapi.json", openapi),
        Mount("/assets", StaticFiles(directory=HERE / "static")),
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
