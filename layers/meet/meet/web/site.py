"""The pages as one small web application behind API Gateway."""

import logging
from pathlib import Path

from aws_lambda_powertools.utilities.typing import LambdaContext
from mangum import Mangum
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route

from meet.access import API
from meet.http import Event, Reply
from meet.web.assets import Assets
from meet.web.headers import GatewayHeaders
from meet.web.pages import Pages
from meet.web.problems import HANDLERS

BASE_PATH = "/meet"
PACKED = [Middleware(GZipMiddleware)]
"""For pages, which have their style and first script in them; files are compressed when built."""

logging.getLogger("mangum").setLevel(logging.CRITICAL)  # problems.failed logs, with the request id


class Site:
    """Serves the plain pages in a folder, and the built pages if there are any."""

    def __init__(self, files: Path, static: Path | None = None) -> None:
        static = static or files / "static"
        pages = Pages(files, static)
        app = Starlette(
            routes=[
                Route("/", pages.home),
                Route(f"{API}/openapi.json", pages.openapi),
                Route("/assets/page.css", pages.plain_style),
                Route("/icon.svg", pages.icon),
                Mount("/assets", Assets(directory=static / "assets", check_dir=False)),
                Route("/console", pages.console, middleware=PACKED),
                Route("/console/{page:path}", pages.console, middleware=PACKED),
                Route("/watch/{recording_id:str}", pages.watch, middleware=PACKED),
                Route("/{room_name:str}", pages.join, middleware=PACKED),
                Route("/{room_name:str}/", pages.join, middleware=PACKED),
            ],
            exception_handlers=HANDLERS,
        )
        app.router.redirect_slashes = False
        self._application = Mangum(GatewayHeaders(app), lifespan="off")

    def serve(self, event: Event, context: LambdaContext) -> Reply:
        """Answer a request; on a custom domain, its path includes the base path."""
        path = event["path"]
        if path == BASE_PATH or path.startswith(f"{BASE_PATH}/"):
            event = event | {"path": path.removeprefix(BASE_PATH) or "/"}
        reply: Reply = self._application(event, context)  # type: ignore[arg-type]
        return reply
